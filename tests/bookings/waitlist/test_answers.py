"""What people do with a time they are offered: nothing, take it, or stop waiting."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from bookings import errors
from bookings.availability import calendar
from bookings.calls import erasure, holds, lifecycle, taking
from bookings.models import Booking, CallType, Offer, WaitlistEntry
from bookings.waitlist import entries
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.people import THURSDAY_9, confirm, mail, mails
from tests.bookings.waitlist.freed import DAY, FREED, cancelled, held, lapse, offered, waiting
from tests.factories.assessments import UserFactory
from tests.factories.bookings import (
    CallTypeFactory,
)

pytestmark = pytest.mark.django_db
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
