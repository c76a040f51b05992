"""Five years of a practice, written in the database by itself and always alike: seconds in place of years.

`Practice` says what happens on a day. Whatever the portal throws away is left out once it is more than a month
past its time (`settings.RETENTION`), as if the worker had been away for that month; `forget` finds the rest.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg.types.json import Jsonb

from assessments.models import Instrument
from bookings.models import CallType
from portal.accounts.models import User
from portal.accounts.sessions import SessionStore
from portal.common import times
from portal.leads.funnel.steps import steps
from portal.leads.sequences.models import Sequence
from tests.factories.bookings import CalendarSourceFactory, CallTypeFactory, HostFactory, first_coach

DAYS, BACKLOG = 5 * 365, timedelta(days=30)
MAIL_BODY = "Je spreekt Jet morgen om 11:00 uur. Wil je een andere tijd? Dat kan tot vier uur vooraf.\n\n" * 8


@dataclass(frozen=True)
class Practice:
    """On a day. Of its `people`, who leave an address, `calls` book one; the others keep a scan."""

    name: str
    coaches: int
    visitors: int
    scans: int
    people: int
    calls: int

    @property
    def mails(self) -> int:
        """Six about each call, a code for each person, and three tips for every second."""
        return 6 * self.calls + self.people + 3 * (self.people // 2)


ONE = Practice("one coach", coaches=1, visitors=50, scans=10, people=6, calls=4)
FIVE = Practice("five coaches, ten times as much", coaches=5, visitors=500, scans=100, people=60, calls=40)

# ---- who there was, and which calls ------------------------------------------------------------------------
# Everybody of the five years, whether they are still kept (`is_here`) or not; a call is a fortnight later.
PEOPLE = """
    CREATE OR REPLACE FUNCTION pg_temp.public_id(text) RETURNS text LANGUAGE sql AS
        'SELECT left(translate(md5($1), ''01'', ''gh''), 24)';
    CREATE TEMP TABLE person ON COMMIT PRESERVE ROWS AS
    SELECT *, seen_at > %(now)s - %(idle_accounts)s::interval - %(backlog)s::interval AS is_here FROM (
        SELECT n, at, 'voorbeeld' || n || '@demo.voorbeeld.nl' AS email, n %% 10 <> 0 AS has_account,
            (ARRAY['Noor','Bas','Emre','Sanne','Ruben','Yasmin'])[1 + n %% 6] || ' Voorbeeld' || n AS name,
            CASE WHEN n %% 9 = 0 THEN 'en' ELSE 'nl' END AS language,
            pg_temp.public_id('person ' || n) AS public_id,
            least(%(now)s, at + n %% 5 * interval '30 days') AS seen_at,
            n %% %(people)s < %(calls)s AS books
        FROM (SELECT n, %(began)s + n / %(people)s * interval '1 day'
                + (8 + n %% %(people)s * 10.0 / %(people)s) * interval '1 hour' AS at
            FROM generate_series(0, %(people)s * %(days)s - 1) AS n) AS day
        WHERE at < %(now)s
    ) AS everybody;
    CREATE INDEX ON person (n);
    CREATE TEMP TABLE call ON COMMIT PRESERVE ROWS AS
    SELECT *, start + interval '30 minutes' AS ends, CASE WHEN start > %(now)s THEN 'confirmed'
        WHEN n %% 20 < 14 THEN 'completed' WHEN n %% 20 < 17 THEN 'cancelled' WHEN n %% 20 < 18 THEN 'no_show'
        ELSE 'completed' END AS status
    FROM (SELECT n, pg_temp.public_id('call ' || n) AS public_id,
            date_trunc('day', at) + interval '14 days'
                + (8 + n %% %(people)s / %(coaches)s) * interval '1 hour' AS start,
            (%(hosts)s::bigint[])[1 + n %% %(people)s %% %(coaches)s] AS host_id,
            (%(types)s::bigint[])[1 + n %% %(people)s %% %(coaches)s] AS call_type_id
        FROM person WHERE books) AS planned;
    CREATE INDEX ON call (n);
    ANALYZE person; ANALYZE call;
"""
ACCOUNTS = """
    INSERT INTO accounts_user (password, is_superuser, email, name, language, time_zone, is_active, is_staff,
        last_login, proven_at, joined_at, idle_told_at)
    SELECT '', false, email, name, language, 'Europe/Amsterdam', true, false, seen_at, at, at,
        CASE WHEN seen_at < %(now)s - %(idle_accounts_told)s::interval - %(backlog)s::interval
            THEN seen_at + %(idle_accounts_told)s::interval END
    FROM person WHERE is_here AND has_account;
    INSERT INTO account_emailaddress (email, verified, "primary", user_id)
    SELECT email, true, true, id FROM accounts_user WHERE email LIKE 'voorbeeld%%';
    CREATE TEMP TABLE account ON COMMIT PRESERVE ROWS AS
        SELECT person.n, u.id FROM person JOIN accounts_user AS u USING (email);
    CREATE INDEX ON account (n); ANALYZE account;
"""
CONTACTS = """
    INSERT INTO leads_lead (public_id, email, name, language, user_id, stage, created_at, first_touch, last_touch,
        source, next_step, next_step_on)
    SELECT public_id, email, name, language, account.id, CASE WHEN NOT books THEN 'scanned'
            WHEN n %% 7 = 0 THEN 'client' WHEN at > %(now)s - interval '14 days' THEN 'planned' ELSE 'spoken' END, at,
        CASE WHEN n %% 3 = 0 THEN '{}' ELSE jsonb_build_object('van', 'bron ' || n %% 12, 'at', at) END, '{}',
        CASE WHEN n %% 3 = 0 THEN '' ELSE 'bron ' || n %% 12 END,
        CASE WHEN n %% 50 = 0 THEN 'Bellen over het team' ELSE '' END,
        CASE WHEN n %% 50 = 0 THEN (at + interval '90 days')::date END
    FROM person LEFT JOIN account USING (n) WHERE is_here;
    CREATE TEMP TABLE contact ON COMMIT PRESERVE ROWS AS
        SELECT person.n, lead.id FROM person JOIN leads_lead AS lead USING (email);
    CREATE INDEX ON contact (n); ANALYZE contact;
    INSERT INTO leads_leadevent (lead_id, kind, data, created_at)
    SELECT id, kind, jsonb_build_object('booking', public_id, 'start_at', start), made_at FROM (
        SELECT contact.id, 'scan.completed' AS kind, '' AS public_id, NULL::timestamptz AS start, at AS made_at
        FROM contact JOIN person USING (n) WHERE NOT books OR n %% 2 = 0
        UNION ALL SELECT contact.id, kind, call.public_id, start, made_at
        FROM contact JOIN call USING (n) JOIN person USING (n), LATERAL (VALUES ('call.booked', at),
            ('call.moved', CASE WHEN n %% 4 = 0 THEN at + interval '1 day' END),
            ('call.' || status, CASE WHEN status <> 'confirmed' THEN ends END)) AS line (kind, made_at)
        WHERE made_at IS NOT NULL) AS lines ORDER BY made_at;
    INSERT INTO leads_note (public_id, lead_id, text, created_at, version)
    SELECT pg_temp.public_id('note ' || n), contact.id,
        'Belde over het team in plaats ' || n || ', wil meer loslaten.', at, 1
    FROM contact JOIN person USING (n) WHERE n %% 3 = 0;
    INSERT INTO leads_consentevent (lead_id, subject, purpose, about, action, text_version, text, text_sha256, language,
        method, source_path, created_at)
    SELECT contact.id, md5('subject ' || n) || md5('of ' || n), purpose, about, 'given', '1',
        repeat('Ik wil graag tips per mail ontvangen. ', 6), md5(purpose) || md5(purpose), language, 'mailed code', '/',
        at
    FROM person LEFT JOIN contact USING (n) LEFT JOIN call USING (n),
        LATERAL (VALUES ('tips', '', n %% 2 = 0), ('sharing', 'booking:' || call.public_id, books AND n %% 2 = 1))
        AS yes (purpose, about, was_said) WHERE was_said;
"""
# ---- scans and what stands above them ----------------------------------------------------------------------
# Kept ones of people, and those of nobody, which are kept for a month.
SCANS = """
    INSERT INTO assessments_scan (public_id, instrument_id, language, user_id, status, came_from, answers,
        page_saved_at, scores, overall, started_at, completed_at, attached_at, reached, counted)
    SELECT public_id, %(instrument)s, CASE WHEN n %% 9 = 0 THEN 'en' ELSE 'nl' END, user_id,
        CASE WHEN is_done THEN 'completed' ELSE 'in_progress' END, '{}', sheet.answers,
        jsonb_build_object('6', at), CASE WHEN is_done THEN %(scores)s::jsonb END, CASE WHEN is_done THEN 50 END,
        at - (200 + n %% 400) * interval '1 second', CASE WHEN is_done THEN at END,
        CASE WHEN user_id IS NOT NULL THEN at END, 10, 10
    FROM (
        SELECT n, pg_temp.public_id('scan ' || n) AS public_id, account.id AS user_id, at,
            true AS is_done
        FROM account JOIN person USING (n) WHERE NOT books OR n %% 2 = 0
        UNION ALL SELECT n, pg_temp.public_id('nobodys scan ' || n), NULL,
            %(now)s - n * interval '1 day' / %(scans)s, n %% 3 <> 0
        FROM generate_series(1, extract(day FROM %(anonymous_scans)s::interval + %(backlog)s::interval)::int
            * %(scans)s) AS n
    ) AS made, LATERAL (
        SELECT jsonb_object_agg(id, (6 * (turned::int) + (1 - 2 * turned::int) * least(5, greatest(1, round(
            3 + ((n * 7919) %% 100 - 50) / 60.0 + ((n * 31 + place * 17) %% 100 - 50) / 40.0))))::int) AS answers
        FROM unnest(%(items)s::text[], %(turned)s::bool[]) WITH ORDINALITY AS item (id, turned, place)
    ) AS sheet;
"""
MORE = """
    INSERT INTO pulse_pulse (public_id, language, answers, score, started_at, completed_at, instrument_id, user_id)
    SELECT pg_temp.public_id('pulse ' || n), 'nl', '{"naming-1": 4, "clear-1": 3}', 50, at, at,
        %(instrument)s, id FROM account JOIN person USING (n) WHERE n %% 6 = 5;
    INSERT INTO promises_promise (public_id, key, action, moment, language, made_at, first_on, by_mail, mail_round,
        ended_at, why_ended, scan_id, user_id)
    SELECT pg_temp.public_id('promise ' || n), 'letting-go', 1, 'maandag in het teamoverleg', 'nl', at,
        at::date + 5, true, 1, at + interval '42 days', 'over', scan.id, account.id
    FROM account JOIN person USING (n) JOIN assessments_scan AS scan ON scan.user_id = account.id
    WHERE n %% 6 = 4 AND at < %(now)s - interval '42 days';
    INSERT INTO promises_fridayanswer (week, answer, words, answered_at, promise_id)
    SELECT week, 'done', '', made_at + week * interval '7 days', id
    FROM promises_promise, generate_series(1, 6) AS week;
    INSERT INTO mirror_round (public_id, language, min_n, opened_at, closes_at, closed_at, has_link, link_generation,
        council_agreed, guess, box, invited, result, scan_id, user_id)
    SELECT pg_temp.public_id('round ' || n), 'nl', 5, at, at + interval '7 days',
        at + interval '7 days', false, 0, true, '{}', pg_temp.public_id('box ' || n), '[]',
        '{"is_enough": false}', scan.id, account.id
    FROM account JOIN person USING (n) JOIN assessments_scan AS scan ON scan.user_id = account.id
    WHERE n %% 12 = 4 AND at BETWEEN %(now)s - %(team_rounds)s::interval - %(backlog)s::interval
        AND %(now)s - interval '8 days';
    INSERT INTO mirror_invitation (public_id, used, round_id)
    SELECT pg_temp.public_id('invitation ' || round.id || ' ' || k), true, round.id
    FROM mirror_round AS round, generate_series(1, 8) AS k;
    INSERT INTO result_links_resultlink (public_id, keys, created_at, ends_at, scan_id)
    SELECT pg_temp.public_id('link ' || n), '["naming"]', at, at + interval '30 days', scan.id
    FROM account JOIN person USING (n) JOIN assessments_scan AS scan ON scan.user_id = account.id
    WHERE n %% 6 = 5 AND at > %(now)s - interval '90 days';
    INSERT INTO sequences_run (public_id, context, started_at, anchor_at, held, ended_at, ended_by, lead_id,
        sequence_id)
    SELECT pg_temp.public_id('run ' || n), '{}', at, at, '',
        CASE WHEN at < %(now)s - interval '21 days' THEN at + interval '21 days' END,
        CASE WHEN at < %(now)s - interval '21 days' THEN 'done' ELSE '' END, contact.id, %(sequence)s
    FROM contact JOIN person USING (n)
    WHERE n %% 2 = 0 AND at > %(now)s - %(sequence_runs)s::interval - %(backlog)s::interval;
"""
# Every day that anybody came stays counted, by nothing, by language and by source, up to twenty of a month.
COUNTS = """
    INSERT INTO funnel_tally (by, "on", value, step, count)
    SELECT by, day::date, value, step, 1 + %(scans)s / (step + 1)
    FROM generate_series(%(began)s, %(now)s, interval '1 day') AS day, unnest(%(steps)s::int[]) AS step,
        LATERAL (VALUES ('', ''), ('language', 'nl'), ('language', 'en'), ('source', ''),
            ('source', md5(to_char(day, 'YYYYMM') || extract(day FROM day)::int %% 12)),
            ('source', md5(to_char(day, 'YYYYMM') || extract(day FROM day)::int %% 7))) AS part (by, value)
    ON CONFLICT DO NOTHING;
    INSERT INTO funnel_source (month, digest, name)
    SELECT month::date, md5(to_char(month, 'YYYYMM') || k), 'bron ' || k
    FROM generate_series(date_trunc('month', %(began)s), %(now)s, interval '1 month') AS month,
        generate_series(0, 11) AS k;
"""
# ---- calls, and a calendar around them ---------------------------------------------------------------------
CALLS = """
    INSERT INTO bookings_booking (period, footprint, public_id, status, visitor, client, name, email, language,
        time_zone, remark, topics, shared_scan, location_kind, location, phone, join_url, ics_uid, sequence,
        manage_generation, created_at, changed_at, confirmed_at, cancelled_at, cancelled_by, user_id, call_type_id,
        host_id)
    SELECT tstzrange(start, ends), tstzrange(start - interval '15 minutes', ends + interval '15 minutes'),
        call.public_id, status, '', '', CASE WHEN is_known THEN name ELSE '' END,
        CASE WHEN is_known THEN email ELSE '' END, language, 'Europe/Amsterdam',
        CASE WHEN is_known THEN 'Over loslaten, graag op plaats ' || n ELSE '' END, '[]', '', 'text', 'Online',
        CASE WHEN is_known AND ends > %(now)s - %(call_contacts)s::interval - %(backlog)s::interval
            THEN '+31600000000' ELSE '' END, '', call.public_id || '@bench', 0, 0, at, at, at,
        CASE WHEN status = 'cancelled' THEN at + interval '1 day' END,
        CASE WHEN status = 'cancelled' THEN 'invitee' ELSE '' END,
        CASE WHEN is_known THEN account.id END, call_type_id, host_id
    FROM (SELECT *, is_here AND ends > %(now)s - %(past_calls)s::interval - %(backlog)s::interval AS is_known
        FROM call JOIN (SELECT n, name, email, language, at, is_here FROM person) AS who USING (n)) AS call
        LEFT JOIN account USING (n) ORDER BY start;
"""
AROUND = """
    INSERT INTO bookings_calendarcopy (wanted, status, version, file_name, etag, written_sequence, written_start_at,
        written_end_at, written_digest, written_at, there, there_etag, attempts, next_try_at, last_problem, booking_id,
        source_id)
    SELECT 'present', 'written', 1, public_id || '.ics', md5(public_id), 0, lower(period), upper(period),
        md5(public_id), created_at, '', '', 0, created_at, '', booking.id, source.id
    FROM bookings_booking AS booking JOIN bookings_calendarsource AS source USING (host_id);
    INSERT INTO bookings_busytime (period, uid_digest, source_id, host_id)
    SELECT tstzrange(at, at + interval '45 minutes'), md5(n || ' ' || source.id), source.id, host_id
    FROM bookings_calendarsource AS source, generate_series(1, 200) AS n,
        LATERAL (SELECT %(now)s + n * interval '7 hours' AS at) AS moment;
    INSERT INTO bookings_blockedtime (period, reason, host_id)
    SELECT tstzrange(at, at + interval '3 hours'), 'Dicht', host_id
    FROM unnest(%(hosts)s::bigint[]) AS host_id, generate_series(1, %(days)s / 3) AS n,
        LATERAL (SELECT %(began)s + n * interval '3 days' + interval '20 hours' AS at) AS moment;
    INSERT INTO bookings_dateoverride ("on", host_id)
    SELECT (%(began)s + n * interval '15 days')::date, host_id
    FROM unnest(%(hosts)s::bigint[]) AS host_id, generate_series(1, %(days)s / 15) AS n;
    INSERT INTO bookings_guest (public_id, email, seat, by, changes, invited_at, booking_id)
    SELECT pg_temp.public_id('guest ' || id), 'gast' || id || '@demo.voorbeeld.nl', 1, 'invitee', 0,
        created_at, id
    FROM bookings_booking WHERE id %% 10 = 0
        AND upper(period) > %(now)s - %(call_guests)s::interval - %(backlog)s::interval;
    INSERT INTO bookings_idempotencykey (key, request_hash, created_at, booking_id)
    SELECT md5('form ' || id), md5('hash ' || id), created_at, id
    FROM bookings_booking WHERE created_at > %(now)s - %(used_forms)s::interval - %(backlog)s::interval;
    INSERT INTO bookings_waitlistentry (public_id, name, email, language, time_zone, kind, until_on, status, created_at,
        ended_at, user_id)
    SELECT pg_temp.public_id('waits ' || n), name, email, language, 'Europe/Amsterdam', %(kind)s,
        at::date + 20, CASE WHEN at < %(now)s - interval '9 days' THEN 'lapsed' ELSE 'waiting' END, at,
        CASE WHEN at < %(now)s - interval '9 days' THEN at + interval '9 days' END, account.id
    FROM account JOIN person USING (n) WHERE n %% 6 = 1 AND at > %(now)s - interval '120 days';
"""
# ---- mail, and what is only kept for a while ---------------------------------------------------------------
MAILS = """
    INSERT INTO mail_outboundemail (public_id, key, kind, message, language, to_email, to_name, reply_to, from_email,
        subject, text, html, calendar, calendar_method, headers, about, sequence, data, erase_body, due_at, send_after,
        status, reason, attempts, own_errors, is_withdrawn, is_forgotten, maybe_duplicate, created_at, rendered_at,
        sent_at)
    SELECT md5(key)::uuid, key, kind, message, language, email, name, '', 'agenda@voorbeeld.nl',
        CASE WHEN has_words THEN 'Je gesprek' ELSE '' END, CASE WHEN has_words THEN %(body)s ELSE '' END,
        CASE WHEN has_words THEN '<p>' || %(body)s || '</p>' || key ELSE '' END, '', '', '{}', about, sequence,
        CASE WHEN data IS NOT NULL THEN data END, false, due_at, due_at, CASE WHEN due_at > %(now)s THEN 'queued'
            WHEN n %% 500 = 0 THEN 'bounced'
            WHEN n %% 20 IN (14, 15, 16) AND message LIKE '%%reminder%%' THEN 'cancelled'
            ELSE 'sent' END, '', 1, 0, false, false, false, at,
        CASE WHEN due_at <= %(now)s OR data IS NULL THEN due_at END, CASE WHEN due_at <= %(now)s THEN due_at END
    FROM (
        SELECT *, (due_at > %(now)s - %(mail_bodies)s::interval - %(backlog)s::interval AND due_at <= %(now)s)
            AS has_words FROM (
            SELECT n, at, email, name, language, 'booking:' || call.public_id || ':' || kind_of AS key,
                'service' AS kind, 'bookings/' || kind_of AS message, 'booking:' || call.public_id AS about,
                0 AS sequence,
                CASE WHEN is_planned THEN '{"number": 1}'::jsonb END AS data, mail.due_at
            FROM call JOIN (SELECT n, at, email, name, language FROM person) AS person USING (n), LATERAL (VALUES
                ('confirmation', at, false), ('coach_booked', at, false),
                ('coach_shared', at + interval '1 hour', false),
                ('reminder_invitee', start - interval '1 day', true),
                ('reminder_coach', start - interval '1 hour', true),
                ('agreed', start + interval '2 hours', true)) AS mail (kind_of, due_at, is_planned)
            UNION ALL SELECT n, at, email, name, language, 'kept:' || n, 'service', 'assessments/result_kept',
                'scan:' || n, NULL, NULL, at FROM person
            UNION ALL SELECT n, at, email, name, language, 'run:' || n || ':' || k, 'marketing', 'sequences/step',
                'followup:' || public_id, NULL, jsonb_build_object('run', n, 'step', k), at + k * interval '6 days'
            FROM person, generate_series(1, 3) AS k WHERE n %% 2 = 0
        ) AS each WHERE due_at > %(now)s - %(mail_log)s::interval - %(backlog)s::interval
    ) AS mail ORDER BY due_at;
"""
FLEETING = """
    INSERT INTO webhook_outboundevent (public_id, key, type, email, body, occurred_at, due_at, send_after, status,
        attempts)
    SELECT pg_temp.public_id('event ' || n || what), 'booking:' || call.public_id || what, what,
        CASE WHEN has_words THEN email ELSE '' END, CASE WHEN has_words THEN '{"data": {}}' ELSE '' END, start,
        start, start, 'sent', 1
    FROM (SELECT *, start > %(now)s - %(webhook_bodies)s::interval - %(backlog)s::interval AS has_words
        FROM call) AS call JOIN (SELECT n, email FROM person) AS person USING (n),
        unnest(ARRAY['booking.confirmed', 'booking.completed']) AS what
    WHERE start BETWEEN %(now)s - %(webhook_log)s::interval - %(backlog)s::interval AND %(now)s;
    INSERT INTO accounts_session (session_key, session_data, expire_date, browser, system, seen_at, typed_at)
    SELECT md5('session ' || n), %(session)s, at + %(sessions)s::interval, 'Firefox', 'Linux', at, NULL
    FROM generate_series(1, %(visitors)s * extract(day FROM %(sessions)s::interval + %(backlog)s::interval)::int) AS n,
        LATERAL (SELECT %(now)s - n * interval '1 day' / %(visitors)s AS at) AS moment;
    INSERT INTO accounts_ratecounter (key, hits, expires_at)
    SELECT 'bench:' || n, ARRAY[at], at + interval '1 hour'
    FROM generate_series(1, %(visitors)s * 31) AS n,
        LATERAL (SELECT %(now)s - n * interval '1 day' / %(visitors)s AS at) AS m;
    INSERT INTO accounts_erasure (public_id, digest, erased_at)
    SELECT md5('erasure ' || n)::uuid, md5('erasure ' || n) || md5('of ' || n),
        %(now)s - n * interval '1 day' / %(people)s
    FROM generate_series(1, %(people)s * extract(day FROM %(erasures)s::interval + %(backlog)s::interval)::int) AS n;
    INSERT INTO django_admin_log (action_time, object_id, object_repr, action_flag, change_message, content_type_id,
        user_id)
    SELECT %(now)s - n * interval '1 day' / (2 * %(calls)s), n, '', 2, '[]', (SELECT min(id) FROM django_content_type),
        %(staff)s
    FROM generate_series(1, 2 * %(calls)s
        * extract(day FROM %(admin_log)s::interval + %(backlog)s::interval)::int) AS n;
"""
PARTS = (PEOPLE, ACCOUNTS, CONTACTS, SCANS, MORE, COUNTS, CALLS, AROUND, MAILS, FLEETING)


def fill(practice: Practice) -> None:
    """All rows of that practice as they are now, and the database as it looks after itself (VACUUM, ANALYZE)."""
    facts = _prepare(practice) | _periods() | asdict(practice) | {"body": MAIL_BODY}
    connection.ensure_connection()
    with psycopg.ClientCursor(connection.connection) as cursor:
        cursor.execute("SET statement_timeout = 0")
        for part in PARTS:
            cursor.execute(part, facts)
        for table in ("person", "call", "account", "contact"):
            cursor.execute(f"DROP TABLE pg_temp.{table}")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def _prepare(practice: Practice) -> dict[str, object]:
    """The coaches with their hours, kinds and calendars, and what the statements ask."""
    call_command("load_instrument", verbosity=0)
    call_command("ensure_sequences", verbosity=0)
    first_coach()
    kind = CallType.objects.get()
    CallType.objects.update(max_per_day=None)
    for number in range(1, practice.coaches):
        user = User.objects.create_user(f"coach{number}@voorbeeld.nl", name=f"Coach {number}", is_staff=True)
        host = HostFactory(user=user, name=user.name, email=user.email)
        CallTypeFactory(host=host, slug=kind.slug, max_per_day=None)
    types = list(CallType.objects.order_by("host_id"))
    for one in types:
        CalendarSourceFactory(host=one.host, last_good_at=times.now())
    instrument = Instrument.objects.current()
    items = [item for key in instrument.parsed("nl").keys for item in key.items]
    now = times.now()
    return {
        "now": now,
        "began": now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS),
        "days": DAYS,
        "backlog": BACKLOG,
        "hosts": [one.host_id for one in types],
        "types": [one.pk for one in types],
        "kind": kind.slug,
        "staff": User.objects.filter(is_staff=True).earliest("pk").pk,
        "instrument": instrument.pk,
        "items": [item.id for item in items],
        "turned": [item.reverse for item in items],
        "scores": Jsonb([{"slug": key.slug, "score": 50.0, "answered": 3} for key in instrument.parsed("nl").keys]),
        "session": SessionStore().encode({"zone": "Europe/Amsterdam", "came_from": {"van": "bron 7"}}),
        "steps": [step.number for step in steps()],
        "sequence": Sequence.objects.earliest("pk").pk,
    }  # fmt: skip


def _periods() -> dict[str, object]:
    return dict(settings.RETENTION)
