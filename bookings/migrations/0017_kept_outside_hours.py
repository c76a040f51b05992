from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0016_ahead_as_dates'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='kept_outside_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
