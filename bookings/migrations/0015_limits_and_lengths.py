import datetime
import django.core.validators
import django.db.models.expressions
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0014_hours_never_overlap'),
    ]

    operations = [
        migrations.AlterField(
            model_name='calltype',
            name='max_per_day',
            field=models.PositiveSmallIntegerField(blank=True, default=4, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most a day'),
        ),
        migrations.AlterField(
            model_name='calltype',
            name='max_per_week',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most a week'),
        ),
        migrations.AddConstraint(
            model_name='blockedtime',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.expressions.CombinedExpression(models.F('period__endswith'), '-', models.F('period__startswith')), datetime.timedelta(days=366)), name='bookings_blockedtime_at_most_a_year', violation_error_message='That is longer than a year. Make it shorter.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_per_day', None), ('max_per_day__gte', 1), _connector='OR'), models.Q(('max_per_week', None), ('max_per_week__gte', 1), _connector='OR')), name='bookings_calltype_limits', violation_error_message='A limit is at least one call. To stop offering this call, switch it off.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(('cancel_notice_minutes__lte', 43200), ('minimum_notice_minutes__lte', 129600)), name='bookings_calltype_notice', violation_error_message='The notice is at most 90 days, and that to move or cancel at most 30 days.'),
        ),
    ]
