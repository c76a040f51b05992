from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0021_calendar_visit'),
    ]

    operations = [
        migrations.AddField(
            model_name='calendarsource',
            name='unanswered_blocks',
            field=models.BooleanField(default=True, verbose_name='no calls at the time of an invitation I have not answered yet'),
        ),
        migrations.AddField(
            model_name='calendarsource',
            name='unknown_zones',
            field=models.JSONField(default=list, editable=False),
        ),
    ]
