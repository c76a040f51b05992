import bookings.models.call_type
import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0009_booking_place'),
    ]

    operations = [
        migrations.AddField(
            model_name='calltype',
            name='coach_reminder_minutes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), blank=True, default=bookings.models.call_type.hour_before, size=None, verbose_name='reminders to the coach'),
        ),
        migrations.AddField(
            model_name='calltype',
            name='reminder_minutes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), blank=True, default=bookings.models.call_type.day_before, size=None, verbose_name='reminders to the visitor'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=bookings.models.call_type.AreReminders(models.F('reminder_minutes')), name='bookings_calltype_reminders', violation_error_message='At most five reminders, from a quarter of an hour to two weeks before.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=bookings.models.call_type.AreReminders(models.F('coach_reminder_minutes')), name='bookings_calltype_coach_reminders', violation_error_message='At most five reminders, from a quarter of an hour to two weeks before.'),
        ),
    ]
