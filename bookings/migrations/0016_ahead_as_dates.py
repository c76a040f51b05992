import datetime
import django.core.validators
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0015_limits_and_lengths'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='calltype',
            name='bookings_calltype_horizon',
        ),
        migrations.AddField(
            model_name='calltype',
            name='first_on',
            field=models.DateField(blank=True, null=True, verbose_name='first day'),
        ),
        migrations.AddField(
            model_name='calltype',
            name='last_on',
            field=models.DateField(blank=True, null=True, verbose_name='last day'),
        ),
        migrations.AlterField(
            model_name='calltype',
            name='horizon_days',
            field=models.PositiveSmallIntegerField(blank=True, default=30, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days ahead'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_on', None), ('horizon_days__isnull', False), ('horizon_days__range', (1, 365)), ('last_on', None)), models.Q(('first_on__isnull', False), ('horizon_days', None), ('last_on__isnull', False), ('last_on__range', (models.F('first_on'), django.db.models.expressions.CombinedExpression(models.F('first_on'), '+', models.Value(datetime.timedelta(days=365)))))), _connector='OR'), name='bookings_calltype_ahead', violation_error_message='Calls can be booked 1 to 365 days ahead, or between two dates at most a year apart.'),
        ),
    ]
