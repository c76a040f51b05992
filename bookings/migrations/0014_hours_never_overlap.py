import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.constraints
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0013_tidy_hours_and_limits'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='availabilityrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], expressions=[('host', '='), (models.Func('weekday', 'start_time', 'end_time', function='bookings_seconds_of_week', output_field=django.contrib.postgres.fields.ranges.IntegerRangeField()), '&&')], name='bookings_rule_no_overlap', violation_error_message='These hours overlap others. Make them one, or leave time between them.'),
        ),
        migrations.AddConstraint(
            model_name='overridewindow',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], expressions=[('override', '='), (models.Func(models.Value(1), 'start_time', 'end_time', function='bookings_seconds_of_week', output_field=django.contrib.postgres.fields.ranges.IntegerRangeField()), '&&')], name='bookings_overridewindow_no_overlap', violation_error_message='These hours overlap others. Make them one, or leave time between them.'),
        ),
    ]
