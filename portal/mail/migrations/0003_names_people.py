from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0002_forget_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboundemail',
            name='names_people',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
