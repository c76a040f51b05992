import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import bookings.models.booking
import bookings.models.call_type
import bookings.models.host
import portal.common.ids
import portal.common.times

# Seconds since Monday 00:00 that hours take. A night runs on into the next day; what runs past the end of the
# week lies at its beginning. Only immutable parts, because an exclusion constraint indexes it. A day that does
# not exist is left to the check on the day.
SECONDS_OF_WEEK = """
CREATE OR REPLACE FUNCTION bookings_seconds_of_week(weekday integer, start_time time, end_time time)
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
NO_SECONDS_OF_WEEK = "DROP FUNCTION bookings_seconds_of_week(integer, time, time)"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),  # the exclusion constraint compares a row number and a range in one index
        migrations.RunSQL(SECONDS_OF_WEEK, NO_SECONDS_OF_WEEK),  # a constraint below uses it
        migrations.CreateModel(
            name='Host',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=40, unique=True, verbose_name='short name')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('time_zone', models.CharField(default='Europe/Amsterdam', max_length=64, validators=[bookings.models.host.check_zone], verbose_name='time zone')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('public_id', models.CharField(default=portal.common.ids.new_public_id, editable=False, max_length=24, unique=True)),
                ('feed_generation', models.PositiveIntegerField(default=0, editable=False)),
                ('feed_shows_names', models.BooleanField(default=False, verbose_name='show names in the calendar feed')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='hosts', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'coach',
                'verbose_name_plural': 'coaches',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='DateOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='date')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='bookings.host', verbose_name='coach')),
            ],
            options={
                'verbose_name': 'day with other hours',
                'verbose_name_plural': 'days with other hours',
                'ordering': ['on'],
            },
        ),
        migrations.CreateModel(
            name='CallType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=40, verbose_name='short name')),
                ('name_nl', models.CharField(max_length=80, verbose_name='name in Dutch')),
                ('name_en', models.CharField(max_length=80, verbose_name='name in English')),
                ('duration_minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(480)], verbose_name='duration in minutes')),
                ('slot_interval_minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(1440)], verbose_name='minutes between starts')),
                ('buffer_before_minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(480)], verbose_name='buffer before in minutes')),
                ('buffer_after_minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(480)], verbose_name='buffer after in minutes')),
                ('minimum_notice_minutes', models.PositiveIntegerField(default=1440, help_text='How long before the start a call can still be booked.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(129600)], verbose_name='latest booking, in minutes before')),
                ('horizon_days', models.PositiveSmallIntegerField(blank=True, default=30, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days ahead')),
                ('first_on', models.DateField(blank=True, null=True, verbose_name='first day')),
                ('last_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('max_per_day', models.PositiveSmallIntegerField(blank=True, default=4, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most a day')),
                ('max_per_week', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most a week')),
                ('cancel_notice_minutes', models.PositiveIntegerField(default=240, help_text='How long before the start the visitor can still move or cancel.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(43200)], verbose_name='latest move or cancel, in minutes before')),
                ('location_kind', models.CharField(choices=[('phone_host_calls', 'By phone: you call the visitor'), ('phone_visitor_calls', 'By phone: the visitor calls you'), ('address', 'At an address'), ('link', 'Online, always by the same link'), ('jitsi', 'Online, in a private Jitsi room for each call'), ('text', 'In your own words')], default='text', max_length=20, verbose_name='where')),
                ('location_nl', models.CharField(blank=True, max_length=200, verbose_name='address or words, in Dutch')),
                ('location_en', models.CharField(blank=True, max_length=200, verbose_name='address or words, in English')),
                ('location_phone', models.CharField(blank=True, max_length=16, verbose_name='the coach’s number')),
                ('location_url', models.URLField(blank=True, max_length=300, validators=[django.core.validators.URLValidator(schemes=['https'])], verbose_name='the link')),
                ('reminder_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), blank=True, default=bookings.models.call_type.day_before, size=None, verbose_name='reminders to the visitor')),
                ('coach_reminder_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), blank=True, default=bookings.models.call_type.hour_before, size=None, verbose_name='reminders to the coach')),
                ('needs_code', models.BooleanField(default=True, help_text='Whoever is not signed in types a code from the mail before the booking counts.', verbose_name='confirm with a mailed code')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='call_types', to='bookings.host', verbose_name='coach')),
            ],
            options={
                'verbose_name': 'call type',
                'verbose_name_plural': 'call types',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='CalendarSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('lease_token', models.UUIDField(blank=True, editable=False, null=True)),
                ('kind', models.CharField(choices=[('ics', 'calendar file (ICS), only to read'), ('caldav', 'calendar on a server (CalDAV), to read and to write')], default='ics', max_length=10, verbose_name='kind')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('sealed_address', models.TextField(editable=False)),
                ('sealed_login', models.TextField(blank=True, default='', editable=False)),
                ('sealed_choices', models.TextField(blank=True, default='', editable=False)),
                ('sealed_collection', models.TextField(blank=True, default='', editable=False)),
                ('writes', models.BooleanField(default=False, verbose_name='put my calls in this calendar')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('on_stale', models.CharField(choices=[('keep', 'go on with what was read last'), ('close', 'offer no times until it can be read again')], default='keep', max_length=10, verbose_name='when it cannot be read for six hours')),
                ('unanswered_blocks', models.BooleanField(default=True, verbose_name='no calls at the time of an invitation I have not answered yet')),
                ('added_at', models.DateTimeField(default=portal.common.times.now, editable=False, verbose_name='added at')),
                ('last_tried_at', models.DateTimeField(editable=False, null=True, verbose_name='last tried at')),
                ('last_good_at', models.DateTimeField(editable=False, null=True, verbose_name='last read at')),
                ('imported_at', models.DateTimeField(editable=False, null=True)),
                ('last_problem', models.CharField(blank=True, choices=[('address', 'The address is not a plain https address.'), ('unreachable', 'No calendar can be reached at this address.'), ('certificate', 'The certificate of this server is not valid for this address.'), ('login', 'The user name or password is not right.'), ('forbidden', 'The server does not allow this with this user name.'), ('gone', 'This calendar does not exist on the server, or no longer.'), ('full', 'There is no room left on the server.'), ('trouble', 'The server has trouble of its own; it is tried again.'), ('refused', 'The server refuses what it was asked.'), ('not_dav', 'At this address is something else than a calendar server.'), ('none_found', 'No calendar was found on the server under this user name.'), ('elsewhere', 'The server sends us on to another one. Your password only goes to the address you filled in.'), ('answer', 'The other side answers, but does not give the calendar.'), ('unusable', 'The server answers with an address that cannot be used.'), ('slow', 'Reading took too long.'), ('big', 'The calendar is larger than 2 MB.'), ('not_calendar', 'At this address is something else than a calendar file.'), ('truncated', 'The file breaks off half-way.'), ('broken', 'The calendar holds a date, a time or a repetition that cannot be read.'), ('too_much', 'The calendar holds more events or repetitions than can be read.'), ('sealed', 'The address cannot be opened with the present secret key; fill it in again.'), ('fault', 'Something went wrong on our side.')], default='', editable=False, max_length=20, verbose_name='problem')),
                ('points_at', models.CharField(blank=True, default='', editable=False, max_length=253)),
                ('unknown_zones', models.JSONField(default=list, editable=False)),
                ('etag', models.CharField(blank=True, default='', editable=False, max_length=200)),
                ('stale_told_at', models.DateTimeField(editable=False, null=True)),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='bookings.host', verbose_name='coach')),
            ],
            options={
                'verbose_name': 'connected calendar',
                'verbose_name_plural': 'connected calendars',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='BusyTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period')),
                ('uid_digest', models.CharField(max_length=64)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='busy', to='bookings.calendarsource', verbose_name='connected calendar')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='busy', to='bookings.host', verbose_name='coach')),
            ],
            options={
                'verbose_name': 'imported busy time',
                'verbose_name_plural': 'imported busy time',
                'ordering': ['period'],
            },
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period')),
                ('public_id', models.CharField(default=portal.common.ids.new_public_id, editable=False, max_length=24, unique=True)),
                ('status', models.CharField(choices=[('held', 'held for a moment'), ('confirmed', 'confirmed'), ('cancelled', 'cancelled'), ('completed', 'went ahead'), ('no_show', 'did not show up')], default='held', max_length=10, verbose_name='status')),
                ('footprint', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period with buffers')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='held until')),
                ('visitor', models.CharField(blank=True, max_length=64)),
                ('client', models.CharField(blank=True, max_length=64)),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('language', models.CharField(default='nl', max_length=2, verbose_name='language')),
                ('time_zone', models.CharField(default='Europe/Amsterdam', max_length=64, verbose_name="visitor's time zone")),
                ('remark', models.TextField(blank=True, max_length=1000, verbose_name='remark')),
                ('topics', models.JSONField(blank=True, default=list, verbose_name='topics')),
                ('shared_scan', models.CharField(blank=True, max_length=24, verbose_name='shared scan')),
                ('location_kind', models.CharField(choices=[('phone_host_calls', 'By phone: you call the visitor'), ('phone_visitor_calls', 'By phone: the visitor calls you'), ('address', 'At an address'), ('link', 'Online, always by the same link'), ('jitsi', 'Online, in a private Jitsi room for each call'), ('text', 'In your own words')], default='text', max_length=20, verbose_name='kind of place')),
                ('location', models.CharField(blank=True, max_length=200, verbose_name='where')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone number')),
                ('join_url', models.URLField(blank=True, max_length=300, verbose_name='link to the call')),
                ('ics_uid', models.CharField(default=bookings.models.booking.new_uid, editable=False, max_length=120, unique=True)),
                ('sequence', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('manage_generation', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=portal.common.times.now, verbose_name='made at')),
                ('changed_at', models.DateTimeField(default=portal.common.times.now, verbose_name='changed at')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled at')),
                ('kept_outside_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('cancelled_by', models.CharField(blank=True, choices=[('invitee', 'the visitor'), ('host', 'the coach')], max_length=10, verbose_name='cancelled by')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bookings', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('call_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookings.calltype', verbose_name='call type')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookings.host', verbose_name='coach')),
            ],
            options={
                'verbose_name': 'booking',
                'verbose_name_plural': 'bookings',
                'ordering': ['-period'],
            },
        ),
        migrations.CreateModel(
            name='BlockedTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period')),
                ('reason', models.CharField(blank=True, max_length=120, verbose_name='reason')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocked', to='bookings.host', verbose_name='coach')),
            ],
            options={
                'verbose_name': 'blocked time',
                'verbose_name_plural': 'blocked times',
                'ordering': ['period'],
            },
        ),
        migrations.CreateModel(
            name='AvailabilityRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')], verbose_name='day')),
                ('start_time', models.TimeField(verbose_name='from')),
                ('end_time', models.TimeField(verbose_name='until')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='bookings.host', verbose_name='coach')),
            ],
            options={
                'verbose_name': 'weekly hours',
                'verbose_name_plural': 'weekly hours',
                'ordering': ['host', 'weekday', 'start_time'],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('request_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(default=portal.common.times.now)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='idempotency_keys', to='bookings.booking')),
            ],
            options={
                'verbose_name': 'used form',
                'verbose_name_plural': 'used forms',
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('language', models.CharField(default='nl', max_length=2, verbose_name='language')),
                ('time_zone', models.CharField(default='Europe/Amsterdam', max_length=64, verbose_name="visitor's time zone")),
                ('public_id', models.CharField(default=portal.common.ids.new_public_id, editable=False, max_length=24, unique=True)),
                ('generation', models.PositiveIntegerField(default=0, editable=False)),
                ('reason', models.CharField(choices=[('freed', 'a time came free'), ('no_show', 'missed a call')], max_length=10, verbose_name='reason')),
                ('starts', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), size=None, verbose_name='starts')),
                ('status', models.CharField(choices=[('open', 'open'), ('taken', 'taken'), ('declined', 'declined'), ('lapsed', 'lapsed'), ('withdrawn', 'withdrawn')], default='open', max_length=10, verbose_name='status')),
                ('created_at', models.DateTimeField(default=portal.common.times.now, verbose_name='made at')),
                ('expires_at', models.DateTimeField(verbose_name='held until')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('call_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='bookings.calltype', verbose_name='call type')),
                ('missed', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='offer_afterwards', to='bookings.booking', verbose_name='missed call')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'offered time',
                'verbose_name_plural': 'offered times',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='booking',
            name='offer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='times', to='bookings.offer', verbose_name='offered time'),
        ),
        migrations.CreateModel(
            name='OverrideWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start_time', models.TimeField(verbose_name='from')),
                ('end_time', models.TimeField(verbose_name='until')),
                ('override', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='windows', to='bookings.dateoverride', verbose_name='date')),
            ],
            options={
                'verbose_name': 'hours',
                'verbose_name_plural': 'hours',
                'ordering': ['start_time'],
            },
        ),
        migrations.CreateModel(
            name='WaitlistEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('language', models.CharField(default='nl', max_length=2, verbose_name='language')),
                ('time_zone', models.CharField(default='Europe/Amsterdam', max_length=64, verbose_name="visitor's time zone")),
                ('public_id', models.CharField(default=portal.common.ids.new_public_id, editable=False, max_length=24, unique=True)),
                ('kind', models.SlugField(max_length=40, verbose_name='kind of call')),
                ('until_on', models.DateField(verbose_name='up to and including')),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('offered', 'a time is held'), ('taken', 'took a time'), ('withdrawn', 'stopped waiting'), ('lapsed', 'the date has passed')], default='waiting', max_length=10, verbose_name='status')),
                ('created_at', models.DateTimeField(default=portal.common.times.now, verbose_name='waits since')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('host', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='waiting', to='bookings.host', verbose_name='coach')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'person on the waitlist',
                'verbose_name_plural': 'people on the waitlist',
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='offer',
            name='entry',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='bookings.waitlistentry', verbose_name='person on the waitlist'),
        ),
        migrations.CreateModel(
            name='CalendarCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('lease_token', models.UUIDField(blank=True, editable=False, null=True)),
                ('wanted', models.CharField(choices=[('present', 'in the calendar'), ('absent', 'not in the calendar')], default='present', max_length=10, verbose_name='wanted')),
                ('status', models.CharField(choices=[('waiting', 'not written yet'), ('written', 'in the calendar'), ('removed', 'taken out of the calendar'), ('failed', 'cannot be written'), ('differs', 'differs')], default='waiting', max_length=10, verbose_name='status')),
                ('version', models.PositiveIntegerField(default=0)),
                ('file_name', models.CharField(max_length=250)),
                ('etag', models.TextField(blank=True, default='')),
                ('written_sequence', models.PositiveIntegerField(null=True)),
                ('written_start_at', models.DateTimeField(null=True)),
                ('written_end_at', models.DateTimeField(null=True)),
                ('written_digest', models.CharField(blank=True, default='', max_length=64)),
                ('written_at', models.DateTimeField(null=True, verbose_name='written at')),
                ('there', models.CharField(blank=True, choices=[('time', 'at another time'), ('gone', 'not there any more')], default='', max_length=10, verbose_name='there')),
                ('there_start_at', models.DateTimeField(null=True)),
                ('there_end_at', models.DateTimeField(null=True)),
                ('there_etag', models.TextField(blank=True, default='')),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(default=portal.common.times.now)),
                ('last_problem', models.CharField(blank=True, choices=[('address', 'The address is not a plain https address.'), ('unreachable', 'No calendar can be reached at this address.'), ('certificate', 'The certificate of this server is not valid for this address.'), ('login', 'The user name or password is not right.'), ('forbidden', 'The server does not allow this with this user name.'), ('gone', 'This calendar does not exist on the server, or no longer.'), ('full', 'There is no room left on the server.'), ('trouble', 'The server has trouble of its own; it is tried again.'), ('refused', 'The server refuses what it was asked.'), ('not_dav', 'At this address is something else than a calendar server.'), ('none_found', 'No calendar was found on the server under this user name.'), ('elsewhere', 'The server sends us on to another one. Your password only goes to the address you filled in.'), ('answer', 'The other side answers, but does not give the calendar.'), ('unusable', 'The server answers with an address that cannot be used.'), ('slow', 'Reading took too long.'), ('big', 'The calendar is larger than 2 MB.'), ('not_calendar', 'At this address is something else than a calendar file.'), ('truncated', 'The file breaks off half-way.'), ('broken', 'The calendar holds a date, a time or a repetition that cannot be read.'), ('too_much', 'The calendar holds more events or repetitions than can be read.'), ('sealed', 'The address cannot be opened with the present secret key; fill it in again.'), ('fault', 'Something went wrong on our side.')], default='', max_length=20, verbose_name='problem')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='bookings.booking', verbose_name='booking')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='bookings.calendarsource', verbose_name='connected calendar')),
            ],
            options={
                'verbose_name': 'copy of a call',
                'verbose_name_plural': 'copies of calls',
                'indexes': [models.Index(condition=models.Q(('status__in', ['waiting', 'failed'])), fields=['source', 'next_try_at'], name='bookings_copy_due')],
                'constraints': [models.UniqueConstraint(fields=('booking', 'source'), name='bookings_copy_one_per_calendar', violation_error_message='This call already has a copy in this calendar.'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'differs'), models.Q(('there', ''), _negated=True)), models.Q(models.Q(('status', 'differs'), _negated=True), ('there', '')), _connector='OR'), name='bookings_copy_says_what_differs', violation_error_message='Only a copy that differs has a difference.')],
            },
        ),
        migrations.CreateModel(
            name='CalendarVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('lease_token', models.UUIDField(blank=True, editable=False, null=True)),
                ('writes', models.BooleanField(default=False)),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='bookings.calendarsource')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='bookings_calendarvisit_only_one')],
            },
        ),
        migrations.AddConstraint(
            model_name='dateoverride',
            constraint=models.UniqueConstraint(fields=('host', 'on'), name='bookings_override_once_per_date', violation_error_message='This date already has its own hours.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.UniqueConstraint(fields=('host', 'slug'), name='bookings_calltype_slug_per_host'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(('duration_minutes__range', (5, 480)), ('slot_interval_minutes__range', (5, 1440))), name='bookings_calltype_lengths', violation_error_message='A call lasts 5 minutes to 8 hours, with a start at least every day.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(('buffer_after_minutes__lte', 480), ('buffer_before_minutes__lte', 480)), name='bookings_calltype_buffers', violation_error_message='A buffer is at most 8 hours.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_on', None), ('horizon_days__isnull', False), ('horizon_days__range', (1, 365)), ('last_on', None)), models.Q(('first_on__isnull', False), ('horizon_days', None), ('last_on__isnull', False), ('last_on__range', (models.F('first_on'), django.db.models.expressions.CombinedExpression(models.F('first_on'), '+', models.Value(datetime.timedelta(days=365)))))), _connector='OR'), name='bookings_calltype_ahead', violation_error_message='Calls can be booked 1 to 365 days ahead, or between two dates at most a year apart.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_per_day', None), ('max_per_day__gte', 1), _connector='OR'), models.Q(('max_per_week', None), ('max_per_week__gte', 1), _connector='OR')), name='bookings_calltype_limits', violation_error_message='A limit is at least one call. To stop offering this call, switch it off.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(('cancel_notice_minutes__lte', 43200), ('minimum_notice_minutes__lte', 129600)), name='bookings_calltype_notice', violation_error_message='The notice is at most 90 days, and that to move or cancel at most 30 days.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(('location_kind__in', ['phone_host_calls', 'jitsi']), models.Q(('location_kind', 'phone_visitor_calls'), ('location_phone__regex', '^\\+[1-9][0-9]{6,14}$')), models.Q(('location_kind', 'link'), ('location_url__startswith', 'https://')), models.Q(('location_kind', 'address'), models.Q(('location_en', ''), ('location_nl', ''), _negated=True)), models.Q(('location_kind', 'text'), models.Q(('location_nl', ''), _negated=True), models.Q(('location_en', ''), _negated=True)), _connector='OR'), name='bookings_calltype_place_is_filled_in', violation_error_message='Fill in what belongs to the place you chose.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=bookings.models.call_type.AreReminders(models.F('reminder_minutes')), name='bookings_calltype_reminders', violation_error_message='At most five reminders, from a quarter of an hour to two weeks before.'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=bookings.models.call_type.AreReminders(models.F('coach_reminder_minutes')), name='bookings_calltype_coach_reminders', violation_error_message='At most five reminders, from a quarter of an hour to two weeks before.'),
        ),
        migrations.AddConstraint(
            model_name='calendarsource',
            constraint=models.CheckConstraint(condition=models.Q(('sealed_address', ''), _negated=True), name='bookings_source_has_address', violation_error_message='Fill in the address of the calendar.'),
        ),
        migrations.AddConstraint(
            model_name='calendarsource',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['ics', 'caldav']), ('on_stale__in', ['keep', 'close'])), name='bookings_source_known_choices', violation_error_message='Choose what to do when it cannot be read.'),
        ),
        migrations.AddConstraint(
            model_name='calendarsource',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'caldav'), models.Q(('sealed_login', ''), _negated=True)), models.Q(('kind', 'ics'), ('sealed_choices', ''), ('sealed_collection', ''), ('sealed_login', ''), ('writes', False)), _connector='OR'), name='bookings_source_signs_in_to_caldav', violation_error_message='A server needs a user name and password, a file does not.'),
        ),
        migrations.AddConstraint(
            model_name='calendarsource',
            constraint=models.UniqueConstraint(condition=models.Q(('writes', True)), fields=('host',), name='bookings_source_one_writes_per_host', violation_error_message='The calls of this coach already go into another calendar.'),
        ),
        migrations.AddIndex(
            model_name='busytime',
            index=django.contrib.postgres.indexes.GistIndex(fields=['host', 'period'], name='bookings_busytime_period'),
        ),
        migrations.AddConstraint(
            model_name='busytime',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='bookings_busytime_start_before_end', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddIndex(
            model_name='blockedtime',
            index=django.contrib.postgres.indexes.GistIndex(fields=['host', 'period'], name='bookings_blockedtime_period'),
        ),
        migrations.AddConstraint(
            model_name='blockedtime',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='bookings_blockedtime_start_before_end', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='blockedtime',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.expressions.CombinedExpression(models.F('period__endswith'), '-', models.F('period__startswith')), datetime.timedelta(days=366)), name='bookings_blockedtime_at_most_a_year', violation_error_message='That is longer than a year. Make it shorter.'),
        ),
        migrations.AddConstraint(
            model_name='availabilityrule',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__range', (1, 7))), name='bookings_rule_weekday', violation_error_message='Choose a day of the week.'),
        ),
        migrations.AddConstraint(
            model_name='availabilityrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('start_time', models.F('end_time')), _negated=True), ('start_time', '00:00'), _connector='OR'), name='bookings_rule_hours', violation_error_message='The end must differ from the start; 00:00 to 00:00 is the whole day.'),
        ),
        migrations.AddConstraint(
            model_name='availabilityrule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], expressions=[('host', '='), (models.Func('weekday', 'start_time', 'end_time', function='bookings_seconds_of_week', output_field=django.contrib.postgres.fields.ranges.IntegerRangeField()), '&&')], name='bookings_rule_no_overlap', violation_error_message='These hours overlap others. Make them one, or leave time between them.'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=django.contrib.postgres.indexes.GistIndex(condition=models.Q(('status', 'cancelled'), _negated=True), fields=['host', 'footprint'], name='bookings_booking_slot_query'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['email', 'status'], name='bookings_booking_by_email'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('status', 'held')), fields=['client'], name='bookings_holds_by_client'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status__in', ['held', 'confirmed'])), expressions=[('host', '='), ('footprint', '&&')], name='bookings_booking_no_overlap', violation_error_message='This time overlaps another call, buffers included.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='bookings_booking_start_before_end', violation_error_message='The end must come after the start.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('footprint__contains', models.F('period'))), name='bookings_booking_footprint_holds_period', violation_error_message='The buffers lie around the call.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expires_at__isnull', False), ('status', 'held')), models.Q(models.Q(('status', 'held'), _negated=True), ('expires_at__isnull', True)), _connector='OR'), name='bookings_booking_only_holds_expire', violation_error_message='Only a held time runs out.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('status', 'held')), models.Q(models.Q(('status', 'held'), _negated=True), ('confirmed_at__isnull', False)), _connector='OR'), name='bookings_booking_confirmed_at', violation_error_message='A call that is booked has the moment it was confirmed.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', False), ('status', 'cancelled'), models.Q(('cancelled_by', ''), _negated=True)), models.Q(models.Q(('status', 'cancelled'), _negated=True), ('cancelled_at__isnull', True), ('cancelled_by', '')), _connector='OR'), name='bookings_booking_cancelled_at_and_by', violation_error_message='A cancelled call has a moment and a person who cancelled; no other call does.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('join_url', ''), ('join_url__startswith', 'https://'), _connector='OR'), name='bookings_booking_link_is_https', violation_error_message='A link begins with https://.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('phone', ''), ('phone__regex', '^\\+[1-9][0-9]{6,14}$'), _connector='OR'), name='bookings_booking_phone_is_e164', violation_error_message='A number is kept with its country code.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'held'), models.Q(('visitor', ''), _negated=True)), fields=('visitor',), name='bookings_booking_one_hold_per_visitor', violation_error_message='One time can be held at once.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('offer__isnull', True), ('client', ''), _connector='OR'), name='bookings_booking_offered_is_nobodys_hold', violation_error_message='A time that we hold for somebody does not count for a network.'),
        ),
        migrations.AddConstraint(
            model_name='overridewindow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('start_time', models.F('end_time')), _negated=True), ('start_time', '00:00'), _connector='OR'), name='bookings_overridewindow_hours', violation_error_message='The end must differ from the start; 00:00 to 00:00 is the whole day.'),
        ),
        migrations.AddConstraint(
            model_name='overridewindow',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], expressions=[('override', '='), (models.Func(models.Value(1), 'start_time', 'end_time', function='bookings_seconds_of_week', output_field=django.contrib.postgres.fields.ranges.IntegerRangeField()), '&&')], name='bookings_overridewindow_no_overlap', violation_error_message='These hours overlap others. Make them one, or leave time between them.'),
        ),
        migrations.AddConstraint(
            model_name='waitlistentry',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['waiting', 'offered'])), fields=('email', 'kind'), name='bookings_waitlist_once_per_person_and_kind', violation_error_message='This person is on the list already.'),
        ),
        migrations.AddConstraint(
            model_name='waitlistentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status__in', ['waiting', 'offered'])), models.Q(('ended_at__isnull', False), ('status__in', ['taken', 'withdrawn', 'lapsed'])), _connector='OR'), name='bookings_waitlist_ended_at', violation_error_message='Whoever left the waitlist has the moment that happened.'),
        ),
        migrations.AddConstraint(
            model_name='waitlistentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['waiting', 'offered']), _negated=True), models.Q(('email', ''), _negated=True), _connector='OR'), name='bookings_waitlist_can_be_told', violation_error_message='The waitlist needs an e-mail address.'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', False), ('missed__isnull', True), ('reason', 'freed')), models.Q(('entry__isnull', True), ('missed__isnull', False), ('reason', 'no_show')), _connector='OR'), name='bookings_offer_has_its_reason', violation_error_message='An offer follows from the waitlist or from a missed call.'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='bookings_offer_ended_at', violation_error_message='An offer that is not open any more says when it ended.'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('starts__len__range', (1, 2))), name='bookings_offer_one_or_two_times', violation_error_message='An offer holds one or two times.'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('entry',), name='bookings_offer_one_open_per_entry', violation_error_message='This person has an open offer already.'),
        ),
    ]
