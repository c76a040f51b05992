"""Guests of a call: invited once, told of what changes, out again, and never a way to mail strangers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from icalendar import Calendar

from bookings.calls import guests, lifecycle, placing
from bookings.calls.emails import to_guests
from bookings.calls.placing import NewPlace
from bookings.errors import CannotInviteError, TooLateError
from bookings.models import Booking, CallType, Guest
from portal.leads.models import Lead, LeadEvent
from portal.mail import refused
from portal.mail.models import OutboundEmail
from tests.bookings.inviting import (
    BOSS,
    FOURTH,
    HR,
    SANNE,
    THIRD,
    call_of,
    event_of,
    invite,
    proven,
    to_guest,
    work,
)
from tests.bookings.people import THURSDAY_9, confirm
from tests.factories.assessments import CompletedScanFactory
from tests.factories.bookings import GuestFactory

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]
DAY = timedelta(days=1)
Why = CannotInviteError.Why


def refusal(booking: Booking, email: str, by: Booking.By = Booking.By.INVITEE) -> CannotInviteError.Why:
    with pytest.raises(CannotInviteError) as refused_because:
        invite(booking, email, by=by)
    return refused_because.value.why


def messages_to(email: str) -> list[str]:
    return [mail.message for mail in to_guest(work(), email)]


# ---- the invitation ---------------------------------------------------------------------------------
def test_a_guest_gets_one_mail_with_an_invitation_of_its_own(call_type: CallType) -> None:
    booking = call_of(call_type)
    guest = invite(booking)
    (mail,) = to_guest(work())
    assert mail.subject == "Uitnodiging: do 26 nov 2026, 09:00, impactcall met Jet van Dalen"
    assert (mail.kind, mail.to_name, mail.reply_to) == ("service", "", booking.host.email)
    assert "sanne@voorbeeld.nl vraagt je om bij dit gesprek te zijn." in mail.text
    assert "Jet van Dalen en sanne@voorbeeld.nl" in mail.text
    event = event_of(mail)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (booking.ics_uid, 1, "CONFIRMED")
    assert event["ATTENDEE"] == f"mailto:{HR}"
    assert "CN" not in event["ATTENDEE"].params
    assert "URL" not in event
    assert str(Calendar.from_ical(mail.calendar)["METHOD"]) == mail.calendar_method == "REQUEST"
    assert guest.seat == 1


def test_a_guest_reads_nothing_that_was_typed_and_nothing_of_a_scan(call_type: CallType) -> None:
    """Not the name, the remark, the topics, the result, nor who else was asked or the page of who booked."""
    scan = CompletedScanFactory(user=proven())
    words = {"name": "Koop Nu Goedkoop", "remark": "Klik snel", "topics": ("naming",)}
    booking = call_of(call_type, **words, shared_scan=scan.public_id, phone="+31612345678")
    invite(booking), invite(booking, BOSS)
    for mail in to_guest(work()):
        said = mail.subject + mail.text + mail.html + mail.calendar
        for secret in (
            "Koop",
            "Goedkoop",
            "Klik",
            "12345678",
            BOSS,
            booking.public_id,
            "Benoemen",
            "benoemen",
        ):
            assert secret not in said, secret
        assert "Uitslag" not in said


@pytest.mark.parametrize("kind", ["phone_host_calls", "phone_visitor_calls"])
def test_no_number_goes_to_a_guest(call_type: CallType, kind: str) -> None:
    numbers = {"location_phone": "+31201234567", "location_nl": "", "location_en": ""}
    CallType.objects.filter(pk=call_type.pk).update(location_kind=kind, **numbers)
    call_type.refresh_from_db()
    booking = call_of(call_type, phone="+31612345678" if call_type.asks_phone else "")
    invite(booking)
    (mail,) = to_guest(work())
    assert "Telefonisch. Vraag aan wie je uitnodigde hoe je meepraat." in mail.text
    assert "1234567" not in mail.text.replace(" ", "") + mail.calendar


def test_a_link_to_the_call_stands_in_the_mail_and_never_in_the_file(call_type: CallType) -> None:
    room = "https://meet.example/kamer"
    kept = {"location_kind": "link", "location_url": room, "location_nl": "", "location_en": ""}
    CallType.objects.filter(pk=call_type.pk).update(**kept)
    call_type.refresh_from_db()
    invite(call_of(call_type))
    (mail,) = to_guest(work())
    assert room in mail.html
    assert room not in mail.calendar
    assert "Online; de link staat in je mail" in str(event_of(mail)["LOCATION"])


def test_who_booked_is_named_by_a_proven_address_or_not_at_all(call_type: CallType) -> None:
    booking = confirm(call_type, name="www-goedkoop", who="onbekend")
    with pytest.raises(TooLateError):  # this address was proven by nobody
        invite(booking)
    invite(booking, by=Booking.By.HOST)
    (mail,) = to_guest(work())
    assert "Jet van Dalen vraagt je om bij dit gesprek te zijn." in mail.text
    assert "onbekend@" not in mail.text + mail.html + mail.calendar
    assert "goedkoop" not in mail.text + mail.html + mail.calendar


def test_an_english_booking_invites_in_english(call_type: CallType) -> None:
    invite(call_of(call_type, language="en"))
    (mail,) = to_guest(work())
    assert mail.subject == "Invitation: Thu 26 Nov 2026, 09:00, impact call with Jet van Dalen"
    assert "sanne@voorbeeld.nl asks you to join this conversation." in mail.text


def test_guests_are_no_contacts_and_the_timeline_names_nobody(call_type: CallType) -> None:
    guest = invite(call_of(call_type))
    guests.step_out(guest)
    assert not Lead.objects.filter(email=HR).exists()
    events = LeadEvent.objects.filter(kind__startswith="call.guest")
    assert [event.kind for event in events.order_by("pk")] == ["call.guest_invited", "call.guest_left"]
    assert HR not in str([event.data for event in events])


# ---- it follows the call ----------------------------------------------------------------------------
def test_move_and_cancel_reach_a_guest_with_the_same_uid_and_a_higher_version(call_type: CallType) -> None:
    booking = call_of(call_type)
    invite(booking)
    first = to_guest(work())
    lifecycle.move(booking, THURSDAY_9 + DAY, by=Booking.By.INVITEE)
    second = to_guest(work())
    lifecycle.cancel(booking, by=Booking.By.HOST)
    third = to_guest(work())
    sent = [*first, *second, *third]
    assert [mail.message for mail in sent] == [to_guests.INVITED, to_guests.CHANGED, to_guests.OFF]
    assert [mail.calendar_method for mail in sent] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [event_of(mail) for mail in sent]
    assert {event["UID"] for event in events} == {booking.ics_uid}
    assert [event["SEQUENCE"] for event in events] == [1, 2, 3]
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert {event["ATTENDEE"] for event in events} == {f"mailto:{HR}"}
    assert {event["ORGANIZER"] for event in events} == {events[0]["ORGANIZER"]}
    assert events[1]["DTSTART"].dt == THURSDAY_9 + DAY
    assert "sanne" not in third[0].text + third[0].calendar.lower()


def test_another_place_reaches_a_guest_without_the_number_or_the_word(call_type: CallType) -> None:
    booking = call_of(call_type)
    invite(booking)
    work()
    room = NewPlace(kind="link", join_url="https://meet.example/kamer")
    placing.set_place(booking, room, seen=booking.sequence)
    (mail,) = to_guest(work())
    assert (mail.message, event_of(mail)["SEQUENCE"]) == (to_guests.CHANGED, 2)
    assert "https://meet.example/kamer" in mail.html
    booking.refresh_from_db()
    call = NewPlace(kind="phone_host_calls", phone="+31612345678")
    placing.set_place(booking, call, seen=booking.sequence)
    lifecycle.move(booking, THURSDAY_9 + DAY, by=Booking.By.HOST, word="Neem je cijfers mee")
    (mail,) = to_guest(work())
    said = mail.text + mail.html + mail.calendar
    assert "12345678" not in said.replace(" ", "")
    assert "cijfers" not in said


def test_who_was_not_told_yet_is_invited_to_what_the_call_became_and_not_told_that_it_is_off(
    call_type: CallType,
) -> None:
    booking = call_of(call_type)
    invite(booking)
    lifecycle.move(booking, THURSDAY_9 + DAY, by=Booking.By.INVITEE)
    assert messages_to(HR) == [to_guests.INVITED]
    other = call_of(call_type, THURSDAY_9, email="noor@voorbeeld.nl")
    invite(other, BOSS)
    lifecycle.cancel(other, by=Booking.By.INVITEE)
    assert messages_to(BOSS) == []


def test_a_guest_is_reminded_as_who_booked_is(call_type: CallType, clock: Any) -> None:
    booking = call_of(call_type)
    invite(booking)
    work()
    clock.move_to(booking.start_at - DAY)
    (mail,) = to_guest(work())
    assert mail.subject.startswith("Morgen: do 26 nov 2026, 09:00")
    assert mail.calendar == ""
    clock.move_to(booking.start_at)
    assert to_guest(work()) == []


def test_no_reminder_after_stepping_out_or_a_move(call_type: CallType, clock: Any) -> None:
    booking = call_of(call_type)
    guest = invite(booking)
    invite(booking, BOSS)
    work()
    guests.step_out(guest)
    lifecycle.move(booking, THURSDAY_9 + DAY, by=Booking.By.INVITEE)
    work()
    clock.move_to(THURSDAY_9 - DAY)
    assert work() == []
    clock.shift(DAY)
    assert [mail.message for mail in to_guest(work(), BOSS)] == [to_guests.REMINDER]


# ---- out again --------------------------------------------------------------------------------------
def test_stepping_out_takes_the_call_out_of_one_calendar_and_leaves_a_seat(call_type: CallType) -> None:
    booking = call_of(call_type)
    guest = invite(booking)
    work()
    guests.step_out(guest)
    guests.step_out(guest)
    (mail,) = to_guest(work())
    event = event_of(mail)
    assert (mail.message, mail.calendar_method, event["SEQUENCE"]) == (to_guests.OUT, "CANCEL", 2)
    assert "STATUS" not in event  # the call goes ahead
    guest.refresh_from_db()
    assert (guest.is_invited, guest.seat) == (False, None)
    assert refusal(booking, HR) == Why.LEFT
    assert refusal(booking, HR, Booking.By.HOST) == Why.LEFT
    for email in (BOSS, THIRD, FOURTH):
        invite(booking, email)


def test_coming_back_is_a_higher_version_and_needs_a_seat(call_type: CallType) -> None:
    booking = call_of(call_type)
    guest = invite(booking)
    work()
    guests.step_out(guest)
    work()
    guests.come_back(guest)
    (mail,) = to_guest(work())
    assert (mail.message, event_of(mail)["SEQUENCE"]) == (to_guests.INVITED, 3)
    guests.step_out(guest)
    for email in (BOSS, THIRD, FOURTH):
        invite(booking, email)
    with pytest.raises(CannotInviteError):
        guests.come_back(guest)


def test_who_is_taken_out_gets_a_cancellation_and_leaves_no_row(call_type: CallType) -> None:
    booking = call_of(call_type)
    guest = invite(booking)
    work()
    guests.remove(guest, by=Booking.By.INVITEE)
    guests.remove(guest, by=Booking.By.INVITEE)
    assert not Guest.objects.exists()
    assert [mail.message for mail in to_guest(work())] == [to_guests.OUT]
    again = invite(booking)
    (mail,) = to_guest(work())
    assert event_of(mail)["SEQUENCE"] == 3
    assert again.seat == 1


def test_who_never_heard_of_it_is_not_told_to_forget_it(call_type: CallType) -> None:
    guest = invite(call_of(call_type))
    guests.remove(guest, by=Booking.By.HOST)
    assert to_guest(work()) == []


def test_a_guest_cannot_be_taken_out_by_who_booked_after_saying_no(call_type: CallType) -> None:
    guest = invite(call_of(call_type))
    guests.step_out(guest)
    guests.remove(guest, by=Booking.By.INVITEE)
    assert Guest.objects.count() == 1
    guests.remove(guest, by=Booking.By.HOST)
    assert Guest.objects.count() == 0


# ---- who cannot be invited --------------------------------------------------------------------------
def test_neither_the_coach_nor_who_booked_nor_the_same_address_twice(call_type: CallType) -> None:
    booking = call_of(call_type)
    invite(booking)
    assert refusal(booking, booking.host.email) == Why.COACH
    assert refusal(booking, SANNE) == Why.VISITOR
    assert refusal(booking, HR) == Why.INVITED


def test_three_at_most_also_when_the_database_is_asked(call_type: CallType) -> None:
    booking = call_of(call_type)
    for email in (HR, BOSS, THIRD):
        invite(booking, email)
    assert refusal(booking, FOURTH) == Why.FULL
    for seat in (1, 4, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            GuestFactory(booking=booking, seat=seat)


def test_nobody_is_invited_to_a_call_that_began_or_is_off(call_type: CallType, clock: Any) -> None:
    booking = call_of(call_type)
    clock.move_to(booking.start_at)
    with pytest.raises(TooLateError):
        invite(booking, by=Booking.By.HOST)
    clock.shift(-DAY)
    lifecycle.cancel(booking, by=Booking.By.HOST)
    with pytest.raises(TooLateError):
        invite(booking, by=Booking.By.HOST)


def test_one_call_invites_only_so_often(call_type: CallType) -> None:
    booking = call_of(call_type)
    for turn in range(guests.MOST_CHANGES // 2):
        guests.remove(invite(booking, f"gast{turn}@bedrijf.example"), by=Booking.By.INVITEE)
    assert refusal(booking, HR) == Why.OFTEN


def test_who_books_invites_ten_a_day(call_type: CallType, clock: Any) -> None:
    for turn in range(4):
        booking = call_of(call_type, THURSDAY_9 + turn * timedelta(hours=1))
        for number in range(3 if turn < 3 else 1):
            invite(booking, f"gast{turn}-{number}@bedrijf.example")
        if turn < 3:
            lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert refusal(booking, HR) == Why.OFTEN
    invite(booking, HR, by=Booking.By.HOST)
    clock.shift(DAY)
    invite(booking, BOSS)


def test_one_address_gets_five_mails_a_day_whoever_asks(call_type: CallType, clock: Any) -> None:
    """Fifty people invite the same stranger: five mails leave, the rest when there is room, and not for long."""
    CallType.objects.update(max_per_day=None, horizon_days=60)
    call_type.refresh_from_db()
    monday = THURSDAY_9 + 11 * DAY
    starts = [monday + day * DAY + half * timedelta(hours=1) for day in range(4) for half in range(5)]
    for number, start in enumerate(starts):
        invite(call_of(call_type, start, email=f"boeker{number}@voorbeeld.nl"))
    assert len(to_guest(work())) == to_guests.PER_ADDRESS
    waiting = OutboundEmail.objects.filter(to_email=HR, message=to_guests.INVITED).unsent()
    assert waiting.count() == 15
    left = []
    for _day in range(4):
        clock.shift(DAY)
        left.append(len(to_guest(work())))
    assert left == [5, 0, 0, 0]
    reasons = OutboundEmail.objects.filter(to_email=HR, status="cancelled").values_list("reason", flat=True)
    assert set(reasons) == {to_guests.OFTEN}


def test_an_address_without_mail_gets_none_and_who_invites_hears_nothing_of_it(call_type: CallType) -> None:
    refused.refuse(HR, refused.Why.COMPLAINT)
    guest = invite(call_of(call_type))
    assert guest.is_invited
    assert to_guest(work()) == []
    guests.remove(guest, by=Booking.By.INVITEE)
    assert to_guest(work()) == []
