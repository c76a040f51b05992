"""The mails and calendar files of a call, as they leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import icalendar
import pytest
import vobject
from bs4 import BeautifulSoup
from django.db import transaction
from django.utils import translation

from bookings.calls import lifecycle
from bookings.calls.emails import reminders
from bookings.models import Booking
from bookings.words import invitation
from portal.common import times
from portal.mail import mime
from portal.mail.models import OutboundEmail
from portal.mail.outbox import Skip
from portal.mail.render import due_context, render
from tests.bookings.people import THURSDAY_9, confirm, mail, mails
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import CallTypeFactory

pytestmark = pytest.mark.django_db
ALLOWED = {
    "UID",
    "SEQUENCE",
    "STATUS",
    "DTSTAMP",
    "CREATED",
    "LAST-MODIFIED",
    "DTSTART",
    "DTEND",
    "ORGANIZER",
    "ATTENDEE",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "URL",
}


def raw(message: str) -> EmailMessage:
    return message_from_bytes(mime.build(mail(message)), policy=policy.default)


def calendar_part(message: EmailMessage) -> EmailMessage:
    return next(part for part in message.walk() if part.get_content_type() == "text/calendar")


def event_of(message: EmailMessage) -> icalendar.Event:
    calendar = icalendar.Calendar.from_ical(calendar_part(message).get_payload(decode=True))
    return calendar.walk("VEVENT")[0]


# ---- the table of invite, move and cancel -----------------------------------------------------------
def test_invite_move_and_cancel_follow_the_table(call_type, clock):
    booking = confirm(call_type)
    clock.shift(timedelta(minutes=5))
    moved = lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.INVITEE)
    clock.shift(timedelta(minutes=5))
    lifecycle.cancel(moved, by=Booking.By.INVITEE)
    wanted = [
        ("confirmation", "REQUEST", 0, "CONFIRMED", THURSDAY_9),
        ("moved", "REQUEST", 1, "CONFIRMED", THURSDAY_9 + timedelta(days=1)),
        ("cancelled", "CANCEL", 2, "CANCELLED", THURSDAY_9 + timedelta(days=1)),
    ]
    events = []
    for message, method, sequence, status, start in wanted:
        sent = raw(message)
        part = calendar_part(sent)
        assert part.get_param("method") == method
        assert part.get_content_charset() == "utf-8"
        body = part.get_payload(decode=True)
        assert body.index(b"METHOD:" + method.encode()) < body.index(b"BEGIN:VEVENT")
        assert b"\r\n" in body
        assert b"\n" not in body.replace(b"\r\n", b"")
        assert max(len(line) for line in body.split(b"\r\n")) <= 75
        event = event_of(sent)
        assert (event["SEQUENCE"], event["STATUS"]) == (sequence, status)
        assert event.decoded("DTSTART") == start
        assert event.decoded("DTEND") == start + timedelta(minutes=30)
        assert set(event) == ALLOWED
        attendee = event["ATTENDEE"]
        assert attendee == "mailto:sanne@voorbeeld.nl"
        assert dict(attendee.params) == {
            "CN": "Sanne Vermeer",
            "CUTYPE": "INDIVIDUAL",
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": "NEEDS-ACTION",
            "RSVP": "TRUE",
        }
        events.append(event)
    assert len({str(event["UID"]) for event in events}) == 1
    assert len({str(event["ORGANIZER"]) for event in events}) == 1
    stamps = [event.decoded("DTSTAMP") for event in events]
    assert stamps == sorted(set(stamps))


def test_mime_has_the_calendar_last_in_the_alternative_and_once_as_a_file(call_type):
    confirm(call_type)
    sent = raw("confirmation")
    assert sent.get_content_type() == "multipart/mixed"
    bodies, attachment = sent.iter_parts()
    assert [part.get_content_type() for part in bodies.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert attachment.get_filename() == "invite.ics"
    assert attachment.get_payload(decode=True) == calendar_part(sent).get_payload(decode=True)


def test_sender_is_the_organizer_and_replies_go_to_the_coach(call_type):
    confirm(call_type)
    sent = raw("confirmation")
    organizer = event_of(sent)["ORGANIZER"]
    assert organizer == f"mailto:{sent['From'].addresses[0].addr_spec}"
    assert sent["Reply-To"].addresses[0].addr_spec == "jet@voorbeeld.nl"
    assert sent["Auto-Submitted"] == "auto-generated"


def test_a_second_library_reads_the_same(call_type):
    booking = confirm(call_type, topics=("letting-go",))
    body = calendar_part(raw("confirmation")).get_payload(decode=True).decode()
    read = vobject.readOne(body)
    assert read.method.value == "REQUEST"
    assert read.vevent.uid.value == booking.ics_uid
    assert read.vevent.dtstart.value == THURSDAY_9
    assert read.vevent.attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert read.vevent.location.value == "Online; je krijgt de link van Jet vóór het gesprek"


def test_invitation_holds_an_agenda_and_a_link_that_asks_for_sign_in_but_no_score(call_type):
    scan = CompletedScanFactory()
    booking = confirm(call_type, topics=("letting-go",), shared_scan=scan.public_id)
    event = event_of(raw("confirmation"))
    text = str(event["DESCRIPTION"])
    assert text.startswith("5 min: het beeld\n15 min: ruimte om het zelf te doen\n10 min: je eerste stap")
    assert event["URL"] == f"http://localhost:8000/impactcall/{booking.public_id}/"
    assert str(event["SUMMARY"]) == "Impactcall met Jet van Dalen"
    assert "100" not in text
    lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.HOST)
    assert str(event_of(raw("moved"))["DESCRIPTION"]) == text


def test_a_name_cannot_add_anything_to_the_calendar_or_the_headers(call_type):
    confirm(call_type, name="Sanne ATTENDEE:mailto x\\; DTSTART;\\n")
    event = event_of(raw("confirmation"))
    assert set(event) == ALLOWED
    sent = raw("coach_booked")
    assert [name for name in sent if name.lower() in ("bcc", "cc")] == []


def test_long_names_in_every_script_stay_within_seventy_five_octets(call_type):
    confirm(call_type, name="Żółć ëïé " * 8)
    body = calendar_part(raw("confirmation")).get_payload(decode=True)
    assert max(len(line) for line in body.split(b"\r\n")) <= 75


# ---- what stands in the mails -----------------------------------------------------------------------
def test_confirmation_says_the_facts_and_that_declining_does_not_cancel(call_type):
    booking = confirm(call_type, topics=("letting-go",))
    row = mail("confirmation")
    assert row.subject == "Bevestigd: do 26 nov 2026, 09:00, impactcall met Jet van Dalen"
    for words in (
        "Wanneer: donderdag 26 november 2026, 09:00 tot 09:30",
        "Nederlandse tijd",
        "Waar: Online; je krijgt de link van Jet vóór het gesprek",
        "Onderwerp: Uit handen geven",
        "Verplaatsen of annuleren kan tot do 26 nov 2026, 05:00",
        "Weiger je de uitnodiging in je agenda? Dan gaat het gesprek toch door.",
    ):
        assert words in row.text
    assert (
        f"/impactcall/{booking.public_id}/~~token:" in row.text
    )  # a placeholder: no usable secret is stored
    assert len(row.html.encode()) < 30_000


def test_both_clocks_stand_in_every_mail_when_they_differ(call_type):
    confirm(call_type, time_zone="America/New_York", language="en")
    text = mail("confirmation").text
    assert "Thursday 26 November 2026, 03:00 to 03:30" in text
    assert "New York time (UTC−5)" in text
    assert "Thursday 26 November 2026, 09:00 to 09:30, Dutch time" in text
    coach = mail("coach_booked").text
    assert "Wanneer: donderdag 26 november 2026, 09:00 tot 09:30\n  Nederlandse tijd" in coach
    assert "donderdag 26 november 2026, 03:00 tot 03:30, tijd in New York (UTC−5)" in coach


def test_coach_mail_without_sharing_holds_no_score(call_type):
    user = UserFactory(email="sanne@voorbeeld.nl")
    CompletedScanFactory(user=user)
    confirm(call_type, remark="Twee van mijn beste mensen", topics=("letting-go",))
    row = mail("coach_booked")
    assert row.subject == "do 26 nov 2026, 09:00: impactcall met Sanne Vermeer"
    assert row.reply_to == "sanne@voorbeeld.nl"
    assert row.text.splitlines()[2:6] == [
        "Wanneer: donderdag 26 november 2026, 09:00 tot 09:30",
        "  Nederlandse tijd",
        "Wie: Sanne Vermeer, sanne@voorbeeld.nl",
        "Onderwerp: Uit handen geven",
    ]
    terms = BeautifulSoup(row.html, "html.parser").select("th[scope=row]")
    assert [term.text for term in terms] == ["Wanneer", "Wie", "Onderwerp", "Waar"]
    assert "Twee van mijn beste mensen" in row.text
    assert "van 100" not in row.text + row.html
    assert row.calendar == ""


def test_coach_mail_says_of_a_remark_only_that_it_came_with_the_booking(call_type):
    """Whoever booked on somebody's behalf typed it himself, and a later mail does not know that any more."""
    confirm(call_type, remark="Belde me hierover.")
    row = mail("coach_booked")
    assert "Opmerking bij de boeking:\n\nBelde me hierover." in row.text
    assert "schreef erbij" not in row.text + row.html


def test_coach_mail_holds_the_shared_result_below_the_facts(call_type):
    scan = CompletedScanFactory()
    confirm(call_type, shared_scan=scan.public_id)
    row = mail("coach_booked")
    for part in (row.text, row.html):
        assert "Wat Sanne met je deelt" in part
        assert "van 100 (waarschijnlijk tussen" in part
        assert "Uit handen geven" in part
    assert "Om mee te openen" in row.text
    assert not any(sign.isdigit() for sign in row.subject.split(":")[-1])
    assert len(row.html.encode()) < 30_000


def test_the_coach_s_mail_of_a_new_call_is_written_when_it_leaves_by_what_is_true_then(call_type):
    scan = CompletedScanFactory()
    booking = confirm(call_type, shared_scan=scan.public_id)
    row = OutboundEmail.objects.get(message="bookings/coach_booked")
    assert (row.text, row.send_after) == ("", times.now())
    assert row.data == {"booking": booking.public_id, "by": "invitee"}
    Booking.objects.update(shared_scan="", remark="Liever bellen")
    assert "van 100" not in mail("coach_booked").text
    assert "Liever bellen" in mail("coach_booked").text
    Booking.objects.update(sequence=1)
    assert due_context(row) == Skip("The call was moved.")
    Booking.objects.update(sequence=0, status="cancelled", cancelled_at=times.now(), cancelled_by="host")
    assert due_context(row) == Skip("The call does not take place.")


def test_coach_mail_of_a_cancelled_call_holds_no_score(call_type):
    booking = confirm(call_type, shared_scan=CompletedScanFactory().public_id)
    assert "Totaal" in mail("coach_booked").text
    lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert "Totaal" not in mail("coach_cancelled").text


@pytest.mark.parametrize("message", ["moved", "coach_moved", "cancelled", "coach_cancelled"])
def test_change_mails_say_who_changed_it(call_type, message):
    booking = confirm(call_type)
    if message.endswith("moved"):
        lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.HOST)
        words = {
            "moved": "Jet van Dalen verplaatste dit gesprek",
            "coach_moved": "Je verplaatste de impactcall",
        }[message]
    else:
        lifecycle.cancel(booking, by=Booking.By.HOST)
        words = {
            "cancelled": "Jet van Dalen moet dit gesprek helaas afzeggen",
            "coach_cancelled": "Je annuleerde de impactcall",
        }[message]
    assert words in mail(message).text
    assert words in mail(message).html


def test_mail_offers_no_change_when_the_page_would_refuse_it(call_type, clock):
    call_type.minimum_notice_minutes = 0
    call_type.save()
    clock.move_to(THURSDAY_9 - timedelta(hours=3))
    confirm(call_type)
    text = mail("confirmation").text
    assert "token" not in text
    assert "Zelf verplaatsen of annuleren kan niet meer" in text


def test_english_visitor_gets_english_and_the_coach_dutch(call_type):
    confirm(call_type, language="en", topics=("letting-go",))
    assert mail("confirmation").subject.startswith("Confirmed: Thu 26 Nov 2026, 09:00")
    assert "/en/impact-call/" in mail("confirmation").text
    assert "boekte een impactcall" in mail("coach_booked").text
    assert "Waar: Online. Stuur Sanne de link" in mail("coach_booked").text
    assert "Where: Online; Jet sends you the link" in mail("confirmation").text


# ---- reminders --------------------------------------------------------------------------------------
def test_reminders_are_due_the_day_before_and_the_hour_before(call_type):
    confirm(call_type)
    invitee, coach = mail("reminder_invitee"), mail("reminder_coach")
    assert (invitee.send_after, invitee.expires_at) == (
        THURSDAY_9 - timedelta(days=1),
        THURSDAY_9 - timedelta(hours=1),
    )
    assert (coach.send_after, coach.expires_at) == (THURSDAY_9 - timedelta(hours=1), THURSDAY_9)
    planned = OutboundEmail.objects.filter(message__startswith="bookings/reminder_")
    assert {row.text for row in planned} == {""}  # written when due


def test_reminder_is_skipped_when_booked_later_than_the_day_before(call_type, clock):
    call_type.minimum_notice_minutes = 0
    call_type.save()
    clock.move_to(THURSDAY_9 - timedelta(hours=20))
    confirm(call_type)
    assert "bookings/reminder_invitee" not in mails()
    assert "bookings/reminder_coach" in mails()


@pytest.mark.parametrize(
    ("booked_at", "start", "due"),
    [
        # the clock goes forward in between: Sunday 10:00 is 09:00Z later an hour less
        (
            datetime(2027, 3, 26, 9, tzinfo=UTC),
            datetime(2027, 3, 29, 8, tzinfo=UTC),
            datetime(2027, 3, 28, 8, tzinfo=UTC),
        ),
        (
            datetime(2027, 10, 29, 8, tzinfo=UTC),
            datetime(2027, 11, 1, 9, tzinfo=UTC),
            datetime(2027, 10, 31, 9, tzinfo=UTC),
        ),
        # the day before the change itself: 10:00 on Saturday is another hour in UTC
        (
            datetime(2027, 3, 25, 9, tzinfo=UTC),
            datetime(2027, 3, 28, 8, tzinfo=UTC),
            datetime(2027, 3, 27, 9, tzinfo=UTC),
        ),
        (
            datetime(2027, 10, 28, 8, tzinfo=UTC),
            datetime(2027, 10, 31, 9, tzinfo=UTC),
            datetime(2027, 10, 30, 8, tzinfo=UTC),
        ),
    ],
)
def test_wall_time_holds_across_the_clock_change(call_type, clock, booked_at, start, due):
    """10:00 in Amsterdam in page, mail, file and reminder, whatever the offset of that day."""
    for weekday in (6, 7):
        call_type.host.rules.create(weekday=weekday, start_time="09:00", end_time="17:00")
    clock.move_to(booked_at)
    booking = confirm(call_type, start, time_zone="America/New_York")
    assert times.clock(booking.start_at, "Europe/Amsterdam") == "10:00"
    assert "10:00 tot 10:30" in mail("coach_booked").text
    new_york = "04:00" if start != datetime(2027, 11, 1, 9, tzinfo=UTC) and start.month == 3 else "05:00"
    assert f"{new_york} tot" in mail("confirmation").text
    assert event_of(raw("confirmation")).decoded("DTSTART") == start
    reminder = mail("reminder_invitee")
    assert reminder.send_after == due
    assert times.clock(reminder.send_after, "Europe/Amsterdam") == "10:00"


def test_due_reminders_say_what_is_true_now(call_type, clock):
    booking = confirm(call_type, remark="Over overleg")
    Booking.objects.filter(pk=booking.pk).update(location="Bel 020 123 45 67")
    row = mail("reminder_invitee")
    clock.move_to(row.send_after)
    parts = render(row.message, "nl", due_context(row))
    assert parts.subject == "Morgen: do 26 nov 2026, 09:00, impactcall met Jet van Dalen"
    assert "Bel 020 123 45 67" in parts.text
    assert "Verplaatsen of annuleren kan tot do 26 nov 2026, 05:00" in parts.html
    row = mail("reminder_coach")
    clock.move_to(row.send_after)
    parts = render(row.message, "nl", due_context(row))
    assert parts.subject == "Over een uur, do 26 nov 2026, 09:00: impactcall met Sanne Vermeer"
    assert "Over overleg" in parts.text


def test_reminder_of_a_changed_call_never_leaves(call_type, clock):
    booking = confirm(call_type)
    row = mail("reminder_invitee")
    lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.INVITEE)
    assert isinstance(reminders.fill_reminder_to_invitee(row), Skip)
    current = OutboundEmail.objects.get(message="bookings/reminder_invitee", sequence=1)
    assert not isinstance(reminders.fill_reminder_to_invitee(current), Skip)
    clock.move_to(THURSDAY_9 + timedelta(days=1))
    assert isinstance(reminders.fill_reminder_to_invitee(current), Skip)
    clock.move_to(THURSDAY_9)
    lifecycle.cancel(booking, by=Booking.By.HOST)
    assert isinstance(reminders.fill_reminder_to_coach(current), Skip)


def test_two_lengths_have_their_own_agenda(call_type):
    hour = CallTypeFactory(host=call_type.host, duration_minutes=60, weekdays=False)
    with transaction.atomic():
        booking = confirm(hour)
    with translation.override("nl"):
        assert [minutes for minutes, _words in invitation.agenda(booking, "nl")] == [10, 30, 20]
