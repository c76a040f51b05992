from django.db import migrations

# Seconds since Monday 00:00 that hours take. A night runs on into the next day; what runs past the end of the
# week lies at its beginning. Only immutable parts, because an exclusion constraint indexes it. A day that does
# not exist is left to the check on the day.
CREATE = """
CREATE FUNCTION bookings_seconds_of_week(weekday integer, start_time time, end_time time)
RETURNS int4multirange LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
    WITH week AS (
        SELECT 604800 AS length, (weekday - 1) * 86400 + extract(epoch FROM start_time)::integer AS starts,
            (weekday - 1) * 86400 + extract(epoch FROM end_time)::integer
                + CASE WHEN end_time > start_time THEN 0 ELSE 86400 END AS ends
    )
    SELECT int4multirange(
        int4range(least(starts, length), least(ends, length)), int4range(0, greatest(ends - length, 0))
    ) FROM week
)
"""
DROP = "DROP FUNCTION bookings_seconds_of_week(integer, time, time)"


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0011_planned_reminders_say_their_distance'),
    ]

    operations = [
        migrations.RunSQL(CREATE, DROP),
    ]
