"""Time that comes free, and who is offered it: one person at a time, in order of waiting."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from bookings import errors
from bookings.availability import calendar
from bookings.calls import erasure, holds, lifecycle, taking
from bookings.models import Booking, CallType, Host, Offer, WaitlistEntry
from bookings.waitlist import entries
from bookings.waitlist.offers import HELD_FREED
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.people import HALF_HOUR, THURSDAY_9, confirm, mail, mails
from tests.factories.assessments import UserFactory
from tests.factories.bookings import (
    BookingFactory,
    CallTypeFactory,
    DateOverrideFactory,
    OverrideWindowFactory,
    WaitlistEntryFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FREED = "bookings/offer_freed"


def waiting(call_type: CallType, who: str, **fields: Any) -> WaitlistEntry:
    user = UserFactory(email=f"{who}@voorbeeld.nl", name=who.capitalize())
    return WaitlistEntryFactory(user=user, **{"kind": call_type.slug} | fields)


def cancelled(call_type: CallType, start: datetime = THURSDAY_9, who: str = "sanne") -> Booking:
    return lifecycle.cancel(confirm(call_type, start, who=who), by=Booking.By.INVITEE)


def offered() -> list[tuple[str, str]]:
    """Who was offered a time and how that stands, oldest first."""
    return list(Offer.objects.order_by("pk").values_list("name", "status"))


def held() -> list[datetime]:
    return [row.start_at for row in Booking.objects.filter(status="held").order_by("period")]


# ---- in order of waiting ------------------------------------------------------------------------------
def test_freed_time_is_held_for_whoever_waits_longest_and_nobody_else(call_type, clock):
    for who in ("noor", "bas", "ilse"):
        waiting(call_type, who)
        clock.shift(timedelta(minutes=1))
    cancelled(call_type)
    offer = Offer.objects.get()
    assert (offer.name, offer.starts, offer.reason) == ("Noor", [THURSDAY_9], "freed")
    assert offer.expires_at == times.now() + timedelta(hours=4)
    row = Booking.objects.get(status="held")
    assert (row.offer, row.start_at, row.expires_at) == (offer, THURSDAY_9, offer.expires_at)
    assert mails(message=FREED) == [FREED]
    told = mail("offer_freed")
    assert (told.to_email, told.expires_at, told.kind) == ("noor@voorbeeld.nl", offer.expires_at, "service")
    assert list(WaitlistEntry.objects.values_list("status", flat=True)) == ["offered", "waiting", "waiting"]


def test_held_time_is_not_on_the_list_of_free_starts(call_type):
    waiting(call_type, "noor")
    cancelled(call_type)
    assert THURSDAY_9 not in {slot.start for slot in calendar.free_slots(call_type)}
    with pytest.raises(errors.SlotTakenError):
        holds.hold_slot(call_type, THURSDAY_9, visitor="bas", client="bas")


@pytest.mark.parametrize("what", ["cancelled", "declined", "lapsed"])
def test_time_of_a_coach_whose_zone_is_gone_comes_free_and_is_offered_to_nobody(call_type, clock, what):
    waiting(call_type, "noor")
    call = confirm(call_type)
    if what != "cancelled":
        lifecycle.cancel(call, by=Booking.By.INVITEE)
        waiting(call_type, "bas")
    Host.objects.update(time_zone="Europe/Atlantis")
    if what == "cancelled":
        lifecycle.cancel(call, by=Booking.By.INVITEE)
    elif what == "declined":
        taking.decline_offer(Offer.objects.get())
    else:
        clock.shift(HELD_FREED)
        assert holds.release_lapsed_holds() == 1
    assert (offered(), held()) == ([] if what == "cancelled" else [("Noor", what)], [])


def test_without_anybody_waiting_freed_time_is_simply_free(call_type):
    cancelled(call_type)
    assert (offered(), held()) == ([], [])
    holds.hold_slot(call_type, THURSDAY_9, visitor="bas", client="bas")


@pytest.mark.parametrize(
    ("who_waits", "gets_it"),
    [
        ({}, True),
        ({"kind": "team-day"}, False),
        ({"until_on": date(2026, 11, 26)}, True),  # up to and including
        ({"until_on": date(2026, 11, 25)}, False),
        ({"until_on": date(2026, 11, 26), "time_zone": "Pacific/Auckland"}, True),  # Thursday evening there
        ({"until_on": date(2026, 11, 25), "time_zone": "Pacific/Honolulu"}, True),  # Wednesday evening there
        ({"status": "withdrawn", "ended_at": THURSDAY_9}, False),
        ({"status": "offered"}, False),
    ],
)
def test_only_whoever_can_use_the_time_gets_it(call_type, who_waits, gets_it):
    waiting(call_type, "noor", **who_waits)
    waiting(call_type, "bas")
    cancelled(call_type)
    assert Offer.objects.get().name == ("Noor" if gets_it else "Bas")


def test_whoever_wants_one_coach_is_not_offered_another(call_type):
    other = CallTypeFactory(slug=call_type.slug)
    waiting(call_type, "noor", host=other.host)
    waiting(call_type, "bas", host=call_type.host)
    cancelled(call_type)
    assert offered() == [("Bas", "open")]
    cancelled(other, who="daan")
    assert offered() == [("Bas", "open"), ("Noor", "open")]
    assert [offer.call_type.host for offer in Offer.objects.order_by("pk")] == [call_type.host, other.host]


def test_whoever_gave_a_time_back_is_not_offered_it(call_type):
    waiting(call_type, "sanne")
    waiting(call_type, "bas")
    cancelled(call_type, who="sanne")
    assert offered() == [("Bas", "open")]


def test_whoever_has_a_call_is_only_offered_an_earlier_time(call_type):
    waiting(call_type, "noor")
    confirm(call_type, THURSDAY_9 + DAY, who="noor")
    cancelled(call_type, THURSDAY_9 + DAY + timedelta(hours=3))
    assert offered() == []
    cancelled(call_type, THURSDAY_9, who="daan")
    assert offered() == [("Noor", "open")]
    text = OutboundEmail.objects.get(message=FREED).text
    assert "Je hebt een gesprek op vr 27 nov 2026, 09:00." in text


def test_whoever_has_a_call_of_another_kind_cannot_move_it_here(call_type):
    waiting(call_type, "noor")
    BookingFactory(
        call_type=CallTypeFactory(host=call_type.host, weekdays=False),
        start=THURSDAY_9 + DAY,
        email="noor@voorbeeld.nl",
    )
    cancelled(call_type)
    assert offered() == []


# ---- what frees time ----------------------------------------------------------------------------------
def test_old_time_of_a_moved_call_is_offered(call_type):
    waiting(call_type, "noor")
    call = confirm(call_type)
    lifecycle.move(call, THURSDAY_9 + DAY, by=Booking.By.HOST)
    assert Offer.objects.get().starts == [THURSDAY_9]


def test_time_of_somebody_who_is_erased_is_offered(call_type):
    waiting(call_type, "noor")
    call = confirm(call_type)
    user = UserFactory(email=call.email)
    erasure.erase(user)
    assert offered() == [("Noor", "open")]


def test_coach_who_cancels_frees_the_time_too(call_type):
    waiting(call_type, "noor")
    lifecycle.cancel(confirm(call_type), by=Booking.By.HOST)
    assert held() == [THURSDAY_9]


def test_start_next_to_the_freed_one_is_offered_when_that_is_not_free(call_type):
    """A move by a quarter of an hour leaves no room at the old start, but a quarter of an hour before."""
    CallType.objects.update(slot_interval_minutes=15, buffer_before_minutes=0, buffer_after_minutes=0)
    call_type.refresh_from_db()
    waiting(call_type, "noor")
    call = confirm(call_type, THURSDAY_9 + timedelta(minutes=30))
    lifecycle.move(call, THURSDAY_9 + timedelta(minutes=45), by=Booking.By.HOST)
    assert Offer.objects.get().starts == [THURSDAY_9 + timedelta(minutes=15)]


def test_closed_day_is_offered_to_nobody(call_type):
    waiting(call_type, "noor")
    call = confirm(call_type)
    DateOverrideFactory(host=call_type.host, on=date(2026, 11, 26))
    lifecycle.cancel(call, by=Booking.By.HOST)
    assert offered() == []


def test_lapsed_hold_of_a_visitor_is_not_in_the_way(call_type, clock):
    """The slot function passes over it; the constraint would not."""
    CallType.objects.update(slot_interval_minutes=15, buffer_before_minutes=0, buffer_after_minutes=0)
    call_type.refresh_from_db()
    waiting(call_type, "noor")
    call = confirm(call_type)
    holds.hold_slot(call_type, THURSDAY_9 + HALF_HOUR, visitor="bas", client="bas")
    clock.shift(timedelta(minutes=11))
    later = DateOverrideFactory(host=call_type.host, on=date(2026, 11, 26))
    OverrideWindowFactory(override=later, start_time=time(9, 15), end_time=time(17))
    lifecycle.cancel(call, by=Booking.By.HOST)
    assert Offer.objects.get().starts == [THURSDAY_9 + timedelta(minutes=15)]


# ---- how long -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("freed_at", "held_until"),
    [
        ("24 13:00", "24 17:00"),
        ("24 22:00", "25 12:00"),  # a night is no time to answer in
        ("25 03:00", "25 12:00"),
        ("25 11:30", "25 15:00"),  # the notice of a day for Thursday three o'clock
        ("25 14:30", "25 15:00"),
        ("25 14:31", None),
        ("25 16:00", None),
    ],
)
def test_held_for_four_hours_by_day_or_until_the_notice_and_never_less_than_half_an_hour(
    call_type, clock, freed_at, held_until
):
    waiting(call_type, "noor")
    call = confirm(call_type, THURSDAY_9 + timedelta(hours=6))
    clock.move_to(november(freed_at))
    lifecycle.cancel(call, by=Booking.By.HOST)
    offer = Offer.objects.first()
    assert (offer.expires_at if offer else None) == (november(held_until) if held_until else None)


def test_the_hours_are_those_of_whoever_waits_and_who_sleeps_until_the_end_is_passed_over(call_type, clock):
    """At half past nine in the evening here it is morning in Honolulu; at midnight the notice is over."""
    CallType.objects.update(minimum_notice_minutes=9 * 60)
    call_type.refresh_from_db()
    waiting(call_type, "noor")
    clock.shift(timedelta(minutes=1))
    waiting(call_type, "kai", time_zone="Pacific/Honolulu")
    call = confirm(call_type)
    clock.move_to(november("25 21:30"))
    lifecycle.cancel(call, by=Booking.By.HOST)
    assert [(offer.name, offer.expires_at) for offer in Offer.objects.all()] == [
        ("Kai", november("26 00:00"))
    ]


def test_held_no_longer_than_the_call_one_has_can_be_moved(call_type, clock):
    CallType.objects.update(minimum_notice_minutes=0, cancel_notice_minutes=24 * 60)
    call_type.refresh_from_db()
    waiting(call_type, "noor")
    confirm(call_type, THURSDAY_9 + DAY + timedelta(hours=1), who="noor")  # Friday ten o'clock
    call = confirm(call_type, THURSDAY_9 + timedelta(hours=6))
    clock.move_to(november("25 22:00"))
    lifecycle.cancel(call, by=Booking.By.HOST)
    assert Offer.objects.get().expires_at == november("26 10:00")


def november(text: str) -> datetime:
    """Day and clock in Amsterdam, in the month of these tests."""
    return datetime.fromisoformat(f"2026-11-{text}:00+01:00")


def lapse(clock: Any) -> None:
    """Let the open offer run out, and the task of every minute find it."""
    clock.move_to(Offer.objects.get(status="open").expires_at)
    holds.release_lapsed_holds()


def test_lapse_passes_on_to_the_next_and_never_back(call_type, clock):
    for who in ("noor", "bas"):
        waiting(call_type, who)
        clock.shift(timedelta(minutes=1))
    cancelled(call_type)
    lapse(clock)
    assert offered() == [("Noor", "lapsed"), ("Bas", "open")]
    lapse(clock)
    assert offered() == [("Noor", "lapsed"), ("Bas", "lapsed")]
    assert held() == []
    assert list(WaitlistEntry.objects.values_list("status", flat=True)) == ["waiting", "waiting"]
    holds.hold_slot(call_type, THURSDAY_9, visitor="daan", client="daan")


# ---- who does not answer ------------------------------------------------------------------------------
STOPPED = "bookings/waitlist_stopped"


def offer_again(call_type: CallType, day: int) -> Offer:
    """Free another time, so many days after Thursday."""
    cancelled(call_type, THURSDAY_9 + DAY * day, who=f"someone{day}")
    return Offer.objects.get(status="open")


def test_two_offers_in_a_row_without_an_answer_end_the_waiting_with_one_mail(call_type, clock):
    entry = waiting(call_type, "noor")
    offer_again(call_type, 4)
    lapse(clock)
    entry.refresh_from_db()
    assert (entry.status, mails(message=STOPPED)) == ("waiting", [])
    offer_again(call_type, 5)
    clock.shift(timedelta(minutes=1))
    waiting(call_type, "bas")
    lapse(clock)
    entry.refresh_from_db()
    assert (entry.status, entry.ended_at) == ("withdrawn", times.now())
    assert offered() == [("Noor", "lapsed"), ("Noor", "lapsed"), ("Bas", "open")]
    holds.release_lapsed_holds()
    told = mail("waitlist_stopped")
    assert (told.to_email, told.kind, told.about) == ("noor@voorbeeld.nl", "service", entry.about)
    assert f"/impactcall/wachtlijst/?kind={call_type.slug}\n" in told.text
    assert "Je gesprek van" not in told.text


def test_second_mail_says_that_silence_ends_the_waiting_and_the_first_that_it_does_not(call_type, clock):
    waiting(call_type, "noor")
    silence, stays = "Horen we ook nu niets", "en jij blijft op de lijst"
    for day, is_last in ((4, False), (5, True)):
        about = offer_again(call_type, day).about
        text = OutboundEmail.objects.get(about=about).text
        assert (silence in text, stays in text) == (is_last, not is_last)
        lapse(clock)


@pytest.mark.parametrize("minutes_late", [-1, 0, 1])
def test_declining_counts_as_an_answer_even_when_it_is_late(call_type, clock, minutes_late):
    entry = waiting(call_type, "noor")
    offer_again(call_type, 4)
    lapse(clock)
    second = offer_again(call_type, 5)
    clock.move_to(second.expires_at + timedelta(minutes=minutes_late))
    assert taking.decline_offer(second).status == "declined"
    offer_again(call_type, 6)
    lapse(clock)
    entry.refresh_from_db()
    assert (entry.status, mails(message=STOPPED)) == ("waiting", [])


def test_who_joins_again_begins_anew(call_type, clock):
    entry = waiting(call_type, "noor")
    for day in (4, 5):
        offer_again(call_type, day)
        lapse(clock)
    again = joined(entry.user, call_type)
    assert again.pk != entry.pk
    offer_again(call_type, 6)
    lapse(clock)
    again.refresh_from_db()
    assert again.status == "waiting"


def test_what_one_person_let_go_by_is_not_laid_at_the_door_of_another(call_type, clock):
    waiting(call_type, "noor")
    clock.shift(timedelta(minutes=1))
    waiting(call_type, "bas")
    offer_again(call_type, 4)
    lapse(clock)
    lapse(clock)
    assert offered() == [("Noor", "lapsed"), ("Bas", "lapsed")]
    assert set(WaitlistEntry.objects.values_list("status", flat=True)) == {"waiting"}


def test_whoever_has_a_call_hears_that_it_stays(call_type, clock):
    waiting(call_type, "noor", language="en")
    confirm(call_type, THURSDAY_9 + 8 * DAY, who="noor")
    for day in (4, 5):
        offer_again(call_type, day)
        lapse(clock)
    assert "Your call on Fri 4 Dec 2026, 09:00 stays where it is." in mail("waitlist_stopped").text
    assert Booking.objects.get(name="Sanne Vermeer", status="confirmed").start_at == THURSDAY_9 + 8 * DAY


def test_nobody_jumps_the_queue_between_a_lapse_and_the_task_that_looks_for_it(call_type, clock):
    waiting(call_type, "noor")
    clock.shift(timedelta(minutes=1))
    waiting(call_type, "bas")
    cancelled(call_type)
    clock.shift(timedelta(hours=4))
    assert THURSDAY_9 not in {slot.start for slot in calendar.free_slots(call_type)}
    with pytest.raises(errors.SlotTakenError):
        holds.hold_slot(call_type, THURSDAY_9, visitor="daan", client="daan")
    holds.hold_slot(call_type, THURSDAY_9 + DAY, visitor="daan", client="daan")  # does the task's work
    assert offered() == [("Noor", "lapsed"), ("Bas", "open")]


def test_declined_time_goes_to_the_next_at_once(call_type, clock):
    for who in ("noor", "bas"):
        waiting(call_type, who)
        clock.shift(timedelta(minutes=1))
    cancelled(call_type)
    taking.decline_offer(Offer.objects.get())
    taking.decline_offer(Offer.objects.order_by("pk").first())  # twice is once
    assert offered() == [("Noor", "declined"), ("Bas", "open")]
    assert mails(message=FREED) == [FREED]  # the first one had not left and stays here


def test_what_is_not_committed_leaves_neither_hold_nor_mail(call_type):
    """A worker killed half-way is a rollback: all of it is one transaction."""
    waiting(call_type, "noor")
    call = confirm(call_type)
    with transaction.atomic():
        lifecycle.cancel(call, by=Booking.By.HOST)
        assert held() == [THURSDAY_9]
        transaction.set_rollback(True)
    assert (offered(), held(), mails(message=FREED)) == ([], [], [])
    assert WaitlistEntry.objects.get().status == "waiting"
    call.refresh_from_db()
    assert call.status == "confirmed"


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_one_person_at_a_time_and_never_the_same_time_twice(call_type, clock, seed):
    chance = random.Random(seed)
    for who in ("noor", "bas", "ilse", "daan"):
        waiting(call_type, who)
        clock.shift(timedelta(minutes=1))
    starts = [THURSDAY_9 + DAY * day for day in (4, 5, 6)]
    for step in range(25):
        do = chance.choice(["cancel", "cancel", "decline", "take", "lapse"])
        open_offers = list(Offer.objects.open())
        if do == "cancel":
            free = {slot.start for slot in calendar.free_slots(call_type)} & set(starts)
            if free:
                cancelled(call_type, chance.choice(sorted(free)), who=f"v{step}")
        elif do == "lapse":
            clock.shift(timedelta(hours=chance.choice([1, 16])))
            holds.release_lapsed_holds()
        elif open_offers:
            offer = chance.choice(open_offers)
            if do == "decline":
                taking.decline_offer(offer)
            else:
                taking.take_offer(offer, offer.starts[0], name=offer.name, language="nl")
        rows = Offer.objects.open()
        assert sorted(start for offer in rows for start in offer.starts) == held()
        assert len(held()) == len(set(held()))
        assert {offer.entry_id for offer in rows} == {
            entry.pk for entry in WaitlistEntry.objects.filter(status="offered")
        }
        told = [(offer.entry_id, *offer.starts) for offer in Offer.objects.all()]
        assert len(told) == len(set(told))
        assert mails(message=FREED).count(FREED) == len(rows)


# ---- taking -------------------------------------------------------------------------------------------
def test_taken_time_is_a_call_with_its_mails_and_ends_the_waiting(call_type):
    entry = waiting(call_type, "noor")
    cancelled(call_type)
    offer = Offer.objects.get()
    call = taking.take_offer(offer, THURSDAY_9, name="Noor Aydin", language="nl")
    assert (call.status, call.name, call.email, call.user) == (
        "confirmed", "Noor Aydin", "noor@voorbeeld.nl", entry.user
    )  # fmt: skip
    entry.refresh_from_db()
    offer.refresh_from_db()
    assert (entry.status, offer.status, held()) == ("taken", "taken", [])
    assert mails(about=call.about)[:2] == ["bookings/confirmation", "bookings/coach_booked"]
    again = taking.take_offer(offer, THURSDAY_9, name="Iemand Anders", language="en")
    assert (again.pk, again.name) == (call.pk, "Noor Aydin")
    assert len(mails(about=call.about)) == 4


def test_taking_moves_the_call_one_has_and_its_old_time_goes_to_the_next(call_type, clock):
    waiting(call_type, "noor")
    clock.shift(timedelta(minutes=1))
    waiting(call_type, "bas")
    planned = confirm(call_type, THURSDAY_9 + DAY, who="noor")
    cancelled(call_type)
    moved = taking.take_offer(Offer.objects.get(), THURSDAY_9, name="", language="nl")
    assert (moved.pk, moved.sequence, moved.start_at) == (planned.pk, 1, THURSDAY_9)
    assert Booking.objects.filter(email="noor@voorbeeld.nl").count() == 1
    assert offered() == [("Noor", "taken"), ("Bas", "open")]
    assert held() == [THURSDAY_9 + DAY]


def test_hours_that_were_closed_meanwhile_do_not_break_a_promise(call_type):
    waiting(call_type, "noor")
    cancelled(call_type)
    call_type.host.rules.all().delete()
    call = taking.take_offer(Offer.objects.get(), THURSDAY_9, name="Noor", language="nl")
    assert call.start_at == THURSDAY_9


def test_lapsed_offer_cannot_be_taken_although_nobody_cleaned_up(call_type, clock):
    waiting(call_type, "noor")
    cancelled(call_type)
    clock.shift(timedelta(hours=4))
    with pytest.raises(errors.OfferOverError):
        taking.take_offer(Offer.objects.get(), THURSDAY_9, name="Noor", language="nl")


def test_time_that_is_not_of_this_offer_is_refused(call_type):
    waiting(call_type, "noor")
    cancelled(call_type)
    with pytest.raises(errors.SlotTakenError):
        taking.take_offer(Offer.objects.get(), THURSDAY_9 + DAY, name="Noor", language="nl")


def test_call_of_another_kind_planned_meanwhile_is_said(call_type):
    waiting(call_type, "noor")
    cancelled(call_type)
    other = CallTypeFactory()
    planned = confirm(other, THURSDAY_9 + DAY, who="noor")
    with pytest.raises(errors.OpenCallError) as refused:
        taking.take_offer(Offer.objects.get(), THURSDAY_9, name="Noor", language="nl")
    assert refused.value.booking == planned
    assert offered() == [("Noor", "open")]


def test_held_for_somebody_is_nobodys_own_hold_and_counts_for_no_network(call_type):
    waiting(call_type, "noor")
    cancelled(call_type)
    row = Booking.objects.get(status="held")
    assert row.client == ""
    assert holds.held_by("") is None
    for days in (1, 4, 5):  # three, although one is held for somebody already
        holds.hold_slot(call_type, THURSDAY_9 + days * DAY, visitor=f"v{days}", client="net")
    holds.release_hold("v1")
    assert held()[0] == THURSDAY_9


# ---- waiting and stopping -----------------------------------------------------------------------------
def joined(user: Any, call_type: CallType, until_on: date = date(2026, 12, 10)) -> WaitlistEntry:
    return entries.join_waitlist(
        user,
        kind=call_type.slug,
        until_on=until_on,
        name="Noor Aydin",
        language="nl",
        time_zone="Europe/Amsterdam",
    )


def test_joining_twice_keeps_the_place_and_takes_the_new_day(call_type, clock):
    user = UserFactory(email="noor@voorbeeld.nl")
    first = joined(user, call_type)
    clock.shift(DAY)
    again = joined(user, call_type, date(2026, 12, 4))
    assert (again.pk, again.created_at, again.until_on) == (first.pk, first.created_at, date(2026, 12, 4))
    assert mails() == ["bookings/waitlist_joined"]


def test_stopping_gives_a_held_time_to_the_next(call_type, clock):
    entry = waiting(call_type, "noor")
    clock.shift(timedelta(minutes=1))
    waiting(call_type, "bas")
    cancelled(call_type)
    entries.stop_waiting(entry)
    entries.stop_waiting(entry)
    assert offered() == [("Noor", "withdrawn"), ("Bas", "open")]
    entry.refresh_from_db()
    assert (entry.status, entry.ended_at) == ("withdrawn", times.now())
    assert joined(entry.user, call_type).pk != entry.pk


def test_stopping_before_a_mail_left_keeps_it_here(call_type):
    entry = joined(UserFactory(email="noor@voorbeeld.nl"), call_type)
    entries.stop_waiting(entry)
    assert mails() == []


def test_nobody_waits_longer_than_the_day_that_was_asked_for(call_type, clock):
    entry = waiting(call_type, "noor", until_on=date(2026, 11, 24))
    clock.move_to(datetime.fromisoformat("2026-11-25T11:59:00+00:00"))  # still the 24th somewhere
    assert entries.lapse_entries() == 0
    clock.move_to(datetime.fromisoformat("2026-11-25T12:00:00+00:00"))
    assert entries.lapse_entries() == 1
    entry.refresh_from_db()
    assert (entry.status, entry.ended_at) == ("lapsed", times.now())


def test_erasing_stops_the_waiting_and_leaves_nothing_of_the_person(call_type, clock):
    entry = waiting(call_type, "noor")
    clock.shift(timedelta(minutes=1))
    waiting(call_type, "bas")
    cancelled(call_type)
    erasure.erase(entry.user)
    entry.refresh_from_db()
    gone = Offer.objects.order_by("pk").first()
    assert (entry.status, entry.name, entry.email, entry.user) == ("withdrawn", "", "", None)
    assert (gone.status, gone.name, gone.email, gone.user, gone.generation) == ("withdrawn", "", "", None, 1)
    assert offered()[1] == ("Bas", "open")
