"""Freed time with many real connections at once: never two people, and the first in line has it."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.availability import calendar, lock
from bookings.calls import holds, lifecycle, taking
from bookings.models import Booking, CallType, Offer, WaitlistEntry
from bookings.waitlist import emails, entries
from bookings.waitlist.offers import end
from portal.common import times, tokens
from portal.mail.models import OutboundEmail
from tests.bookings.calls.test_races import as_everybody_saw_it, at_once, book, holders_of_overlaps, kinds
from tests.bookings.calls.test_races import call_type as call_type  # a fixture
from tests.bookings.calls.test_races import no_deadlock as no_deadlock  # a fixture
from tests.bookings.calls.test_races_across_calendars import meanwhile
from tests.bookings.people import mails
from tests.factories.assessments import UserFactory
from tests.factories.bookings import CallTypeFactory, WaitlistEntryFactory

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_deadlock"),
]


def line(call_type: CallType, *people: str) -> None:
    for minutes, who in enumerate(people):
        WaitlistEntryFactory(
            user=UserFactory(email=f"{who}@voorbeeld.nl", name=who.capitalize()),
            kind=call_type.slug,
            created_at=times.now() - timedelta(hours=1) + timedelta(minutes=minutes),
        )


def grab(call_type: CallType, start, who: str) -> Booking:
    return holds.hold_slot(call_type, start, visitor=who, client=who)


def test_two_cancels_and_ten_visitors_leave_the_time_to_the_first_in_line(call_type: CallType) -> None:
    line(call_type, "noor", "bas")
    free = [slot.start for slot in calendar.free_slots(call_type)]
    for round_ in range(4):
        start = free[8 * (round_ + 1)]
        call = book(call_type, start, f"sanne{round_}")
        first, second = as_everybody_saw_it(call, 2)
        tasks = [
            lambda seen=first: lifecycle.cancel(seen, by=Booking.By.INVITEE),
            lambda seen=second: lifecycle.cancel(seen, by=Booking.By.HOST),
            *(lambda n=n, start=start: grab(call_type, start, f"visitor{n}") for n in range(10)),
        ]
        random.Random(round_).shuffle(tasks)
        results = at_once(*tasks)
        assert kinds(results) == {"Booking": 2, "SlotTakenError": 10}
        offer = Offer.objects.get(status="open")
        assert (offer.name, offer.starts) == ("Noor", [start])
        assert Booking.objects.filter(status="held").count() == 1
        assert mails(message="bookings/offer_freed") == ["bookings/offer_freed"]
        assert holders_of_overlaps() == []
        Offer.objects.all().delete()
        Booking.objects.filter(status="held").delete()
        OutboundEmail.objects.all().delete()
        WaitlistEntry.objects.update(status="waiting")


def test_lapse_under_a_crowd_goes_to_the_next_in_line(call_type: CallType, clock: Any) -> None:
    """The task that looks for lapses runs twice at once, and ten visitors want the time meanwhile."""
    line(call_type, "noor", "bas")
    start = [slot.start for slot in calendar.free_slots(call_type)][30]
    lifecycle.cancel(book(call_type, start, "sanne"), by=Booking.By.INVITEE)
    clock.move_to(Offer.objects.get().expires_at + timedelta(minutes=1))
    results = at_once(
        holds.release_lapsed_holds,
        *(lambda n=n: grab(call_type, start, f"visitor{n}") for n in range(10)),
        holds.release_lapsed_holds,
    )
    assert kinds(results)["SlotTakenError"] == 10
    assert list(Offer.objects.order_by("pk").values_list("name", "status")) == [
        ("Noor", "lapsed"),
        ("Bas", "open"),
    ]
    assert Booking.objects.filter(status="held").count() == 1
    assert OutboundEmail.objects.filter(message="bookings/offer_freed").count() == 2


def test_ten_clicks_on_confirm_are_one_booking(call_type: CallType) -> None:
    line(call_type, "noor")
    start = [slot.start for slot in calendar.free_slots(call_type)][30]
    lifecycle.cancel(book(call_type, start, "sanne"), by=Booking.By.INVITEE)
    offer = Offer.objects.get()
    browser = Client()
    token = tokens.make(emails.OFFER, offer.public_id)
    browser.get(reverse("bookings:offer_link", args=[offer.public_id, token]))
    data = {"start": start.isoformat(), "name": "Noor Aydin"}

    def click() -> str:
        own = Client()
        own.cookies = browser.cookies.copy()
        answer = own.post(reverse("bookings:offer_take", args=[offer.public_id]), data)
        return answer.headers["Location"]

    places = at_once(*(click for _ in range(10)))
    booking = Booking.objects.get(status="confirmed")
    wanted = {
        reverse("bookings:done", args=[booking.public_id]),
        reverse("bookings:offer", args=[offer.public_id]),  # leads on to the same page
    }
    assert set(places) <= wanted, places
    assert len(mails(about=booking.about)) == 4


def test_two_coaches_free_a_time_at_once_for_one_person_who_takes_either(call_type: CallType) -> None:
    other = CallTypeFactory(slug=call_type.slug, max_per_day=None, weekdays=False)
    for weekday in range(1, 8):
        other.host.rules.create(weekday=weekday, start_time="09:00", end_time="17:00")
    line(call_type, "noor")
    for round_ in range(4):
        start = calendar.free_slots(call_type)[8 * (round_ + 1)].start
        calls = [book(kind, start, f"v{round_}{number}") for number, kind in enumerate((call_type, other))]
        results = at_once(*(lambda seen=call: lifecycle.cancel(seen, by=Booking.By.HOST) for call in calls))
        assert kinds(results) == {"Booking": 2}
        taking.decline_offer(Offer.objects.get(status="open"))


def test_call_that_is_cancelled_while_it_moves_asks_for_the_number_it_now_needs(call_type: CallType) -> None:
    """The form was made to move a call, and asked for no number; at that moment the call is cancelled."""
    line(call_type, "noor")
    free = [slot.start for slot in calendar.free_slots(call_type)]
    planned = book(call_type, free[45], "noor")
    lifecycle.cancel(book(call_type, free[30], "sanne"), by=Booking.By.INVITEE)
    CallType.objects.update(location_kind=CallType.Location.PHONE_HOST_CALLS)
    offer = Offer.objects.get()
    browser = Client()
    browser.get(
        reverse("bookings:offer_link", args=[offer.public_id, tokens.make(emails.OFFER, offer.public_id)])
    )
    path, typed = reverse("bookings:offer_take", args=[offer.public_id]), {"start": free[30].isoformat()}
    is_locked = threading.Event()
    answers = []

    def take() -> None:
        assert is_locked.wait(10)
        answers.append(browser.post(path, typed))

    with meanwhile(take), lock.host_locked(call_type.host_id):
        is_locked.set()
        time.sleep(0.5)
        lifecycle.cancel(planned, by=Booking.By.INVITEE)
    page = BeautifulSoup(answers[0].content, "html.parser")
    assert answers[0].status_code == 422
    (alert,) = page.select("[role=alert]")
    assert "Er is net iets veranderd: dit wordt een nieuw gesprek, en de coach belt je." in alert.get_text()
    assert not Booking.objects.filter(status="confirmed").exists()
    given = {field["name"]: field.get("value", "") for field in page.select("#take input[name]")}
    assert given.pop("phone") == ""
    assert browser.post(path, given | {"phone": "06 12345678"}).status_code == 302
    call = Booking.objects.get(status="confirmed")
    assert (call.start_at, call.name, call.phone) == (free[30], "Noor", "+31612345678")


def test_no_thank_you_while_it_lapses_promises_no_place_in_line(call_type: CallType) -> None:
    line(call_type, "noor")
    start = calendar.free_slots(call_type)[30].start
    lifecycle.cancel(book(call_type, start, "sanne"), by=Booking.By.INVITEE)
    offer = Offer.objects.get()
    browser = Client()
    browser.get(
        reverse("bookings:offer_link", args=[offer.public_id, tokens.make(emails.OFFER, offer.public_id)])
    )
    is_locked = threading.Event()
    answers = []

    def decline() -> None:
        assert is_locked.wait(10)
        answers.append(browser.post(reverse("bookings:offer_decline", args=[offer.public_id])))

    with meanwhile(decline), lock.host_locked(call_type.host_id):
        is_locked.set()
        time.sleep(0.5)
        end(Offer.objects.get(), Offer.Status.LAPSED, now=times.now())
    assert answers[0].headers["Location"] == reverse("bookings:offer", args=[offer.public_id])
    assert Offer.objects.get().status == "lapsed"


def test_taking_while_declining_is_one_of_both(call_type: CallType) -> None:
    line(call_type, "noor", "bas")
    free = [slot.start for slot in calendar.free_slots(call_type)]
    lifecycle.cancel(book(call_type, free[30], "sanne"), by=Booking.By.INVITEE)
    offer = Offer.objects.get()
    results = at_once(
        lambda: taking.take_offer(offer, free[30], name="Noor", language="nl"),
        lambda: taking.decline_offer(Offer.objects.get(pk=offer.pk)),
        lambda: entries.stop_waiting(offer.entry),
    )
    offer.refresh_from_db()
    taken = isinstance(results[0], Booking)
    assert (offer.status == "taken") is taken
    others = Offer.objects.exclude(pk=offer.pk).values_list("name", "status")
    assert list(others) == ([] if taken else [("Bas", "open")])
    assert holders_of_overlaps() == []
