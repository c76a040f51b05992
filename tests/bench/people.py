"""Contacts with all that hangs on them, made in the database itself: 100,000 of them in half a minute."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from assessments.counting import count_up
from assessments.models import Instrument
from bookings.models import CallType
from tests.factories.bookings import first_coach

PUBLIC_ID = """
    CREATE OR REPLACE FUNCTION pg_temp.public_id(bigint, int) RETURNS text LANGUAGE sql AS $$
        SELECT left(translate(md5($1 || ' ' || $2), '01', 'gh'), 24)
    $$
"""
# Each of these gets the first and the last number, and one statement makes all rows of a kind.
PEOPLE = """
    INSERT INTO accounts_user (password, is_superuser, email, name, language, time_zone, is_active, is_staff,
        proven_at,
        joined_at)
    SELECT '', false, 'voorbeeld' || n || '@demo.voorbeeld.nl',
        (ARRAY['Noor','Bas','Emre','Sanne','Ruben','Yasmin'])[1 + n %% 6] || ' Voorbeeld' || n,
        CASE WHEN n %% 9 = 0 THEN 'en' ELSE 'nl' END, 'Europe/Amsterdam', true, false, now(),
        now() - n %% 700 * interval '1 day'
    FROM generate_series(%(first)s::int, %(last)s::int) AS n;
"""
LEADS = """
    INSERT INTO leads_lead (public_id, email, name, language, user_id, stage, created_at, first_touch, last_touch,
        source,
        next_step, next_step_on)
    SELECT pg_temp.public_id(id, 2), email, name, language, id,
        (ARRAY['new','scanned','planned','spoken','client','not_now'])[1 + id %% 6], joined_at,
        CASE WHEN id %% 3 = 0 THEN '{}' ELSE jsonb_build_object('van', 'bron ' || id %% 40, 'at', joined_at) END,
        '{}',
        CASE WHEN id %% 3 = 0 THEN '' ELSE 'bron ' || id %% 40 END,
        CASE WHEN id %% 50 = 0 THEN 'Bellen over het team' ELSE '' END,
        CASE WHEN id %% 50 = 0 THEN (now() + (id %% 60 - 30) * interval '1 day')::date END
    FROM accounts_user WHERE email LIKE 'voorbeeld%%' AND id NOT IN (SELECT user_id FROM leads_lead);
"""
EVENTS = """
    INSERT INTO leads_leadevent (lead_id, kind, data, created_at)
    SELECT lead.id, (ARRAY['scan.completed','call.booked','call.moved','call.completed'])[k],
        jsonb_build_object('booking', pg_temp.public_id(lead.id, 3), 'start_at', lead.created_at),
        lead.created_at + k * interval '2 days'
    FROM leads_lead AS lead, generate_series(1, 4) AS k WHERE NOT EXISTS (SELECT 1 FROM leads_leadevent e
        WHERE e.lead_id = lead.id);
"""
NOTES = """
    INSERT INTO leads_note (public_id, lead_id, text, created_at, version)
    SELECT pg_temp.public_id(id, 4), id, 'Belde over het team in plaats ' || id || ', wil meer loslaten.',
        created_at, 1
    FROM leads_lead WHERE id %% 4 = 0 AND NOT EXISTS (SELECT 1 FROM leads_note n WHERE n.lead_id = leads_lead.id);
"""
MAILS = """
    INSERT INTO mail_outboundemail (public_id, key, kind, message, language, to_email, to_name, reply_to, from_email,
        subject, text, html, calendar, calendar_method, headers, about, erase_body, due_at, send_after, status,
        reason,
        attempts, own_errors, is_withdrawn, is_forgotten, maybe_duplicate, created_at, rendered_at, sent_at)
    SELECT gen_random_uuid(), 'bench:' || lead.id || ':' || k, 'service', 'bookings/invitee_booked', 'nl',
        lead.email, '',
        '', 'agenda@voorbeeld.nl', 'Je gesprek', 'Tot dan.', '<p>Tot dan.</p>', '', '', '{}', '', false,
        lead.created_at,
        lead.created_at, 'sent', '', 1, 0, false, false, false, lead.created_at, lead.created_at,
        lead.created_at + k * interval '1 day'
    FROM leads_lead AS lead, generate_series(1, 3) AS k WHERE NOT EXISTS (SELECT 1 FROM mail_outboundemail m
        WHERE m.key = 'bench:' || lead.id || ':1');
"""
SCANS = """
    INSERT INTO assessments_scan (public_id, instrument_id, language, user_id, status, came_from, answers,
        page_saved_at,
        scores, overall, started_at, completed_at, attached_at, reached, counted)
    SELECT pg_temp.public_id(id, 5), %(instrument)s, language, id, 'completed', first_touch - 'at', '{}', '{}',
        '[]', 50,
        created_at, created_at + interval '7 minutes', created_at, 11 + 9 * (id %% 3 = 0)::int + (id %% 6 = 0)::int, 0
    FROM (SELECT user_id AS id, language, created_at, first_touch FROM leads_lead) AS lead
    WHERE NOT EXISTS (SELECT 1 FROM assessments_scan s WHERE s.user_id = lead.id);
"""
CALLS = """
    INSERT INTO bookings_booking (period, footprint, public_id, status, visitor, client, name, email, language,
        time_zone,
        remark, topics, shared_scan, location_kind, location, phone, join_url, ics_uid, sequence, manage_generation,
        created_at, changed_at, confirmed_at, cancelled_by, user_id, call_type_id, host_id)
    SELECT tstzrange(at, at + interval '30 minutes'), tstzrange(at, at + interval '30 minutes'),
        pg_temp.public_id(id, 3),
        'completed', '', '', name, email, language, 'Europe/Amsterdam', 'Over loslaten, graag op plaats ' || id,
        '[]', '',
        'text', '', '', '', id || '@bench', 0, 0, at, at, at, '', user_id, %(call_type)s, %(host)s
    FROM (SELECT *, created_at - interval '1 day' AS at FROM leads_lead WHERE id %% 2 = 0) AS lead
    WHERE NOT EXISTS (SELECT 1 FROM bookings_booking b WHERE b.email = lead.email);
"""


def fill_contacts(number: int, *, first: int = 1) -> None:
    """So many contacts, beginning with that number: each with an account, a scan, four lines and three mails; half
    with a call, a quarter with a note."""
    call_type = CallType.objects.get()
    facts = {"first": first, "last": first + number - 1, "instrument": Instrument.objects.current().pk,
             "call_type": call_type.pk, "host": call_type.host_id}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(PUBLIC_ID)
        for statement in (PEOPLE, LEADS, EVENTS, NOTES, MAILS, SCANS, CALLS):
            cursor.execute(statement, facts)
    count_up()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as it does by itself
        cursor.execute("RESET statement_timeout")


def prepare() -> None:
    call_command("load_instrument", verbosity=0)
    first_coach()
