from itertools import pairwise

from django.db import migrations

DAY, WEEK = 86400, 7 * 86400


def seconds(row):
    """From when until when, in seconds since Monday 00:00."""
    midnight = (getattr(row, 'weekday', 1) - 1) * DAY
    start, end = ((at.hour * 60 + at.minute) * 60 + at.second for at in (row.start_time, row.end_time))
    return midnight + start, midnight + (end if end > start else end + DAY)


def part(rows):
    """Let overlapping hours touch instead: together they open the same time, so no start on offer changes."""
    while True:
        rows.sort(key=seconds)
        pairs = [(one, other, 0) for one, other in pairwise(rows)]
        pairs += [(rows[-1], rows[0], WEEK)] if len(rows) > 1 else []
        clash = next((p for p in pairs if seconds(p[1])[0] + p[2] < seconds(p[0])[1]), None)
        if clash is None:
            return
        one, other, round_the_week = clash
        if seconds(other)[1] + round_the_week <= seconds(one)[1]:
            rows.remove(other)
            other.delete()
        elif seconds(one)[0] == seconds(other)[0] + round_the_week:
            rows.remove(one)
            one.delete()
        else:
            one.end_time = other.start_time
            one.save()


def tidy(apps, schema_editor):
    """What only the forms kept until now: hours of one host or date apart, limits of at least one, a year."""
    for host in apps.get_model('bookings', 'Host').objects.all():
        part(list(host.rules.all()))
    for override in apps.get_model('bookings', 'DateOverride').objects.all():
        part(list(override.windows.all()))
    call_types = apps.get_model('bookings', 'CallType').objects
    for limit in ('max_per_day', 'max_per_week'):
        # Nothing could be booked; that is what switching off is for.
        call_types.filter(**{limit: 0}).update(**{limit: None, 'is_active': False})
    call_types.filter(minimum_notice_minutes__gt=129600).update(minimum_notice_minutes=129600)
    call_types.filter(cancel_notice_minutes__gt=43200).update(cancel_notice_minutes=43200)


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0012_seconds_of_week'),
    ]

    operations = [
        migrations.RunPython(tidy, migrations.RunPython.noop),
    ]
