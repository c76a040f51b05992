from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0003_one_lease'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboundemail',
            name='names_people',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
