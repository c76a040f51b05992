"""Real connections at once where one person or one line is in two calendars. Each fails without its guard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connections
from django.test import Client
from django.urls import reverse

from bookings.availability import calendar, lock
from bookings.calls import holds, lifecycle, taking
from bookings.models import Booking, CallType, Offer, WaitlistEntry
from bookings.waitlist import entries
from portal.accounts import services as accounts
from portal.accounts.models import Session, User
from portal.common import times
from portal.common.ids import new_public_id
from portal.mail.models import OutboundEmail
from tests.bookings.calls.test_any_coach_races import coach_of_the_kind
from tests.bookings.calls.test_races import at_once, book, holders_of_overlaps, no_deadlock
from tests.bookings.people import details
from tests.factories.assessments import InstrumentFactory, UserFactory
from tests.factories.bookings import OfferFactory, WaitlistEntryFactory

__all__ = ["no_deadlock"]
pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_deadlock"),
]


@pytest.fixture
def two() -> list[CallType]:
    InstrumentFactory()
    return [coach_of_the_kind(name) for name in ("Jet van Dalen", "Noor Aydin")]


def waiting(who: str, **fields: Any) -> WaitlistEntry:
    return WaitlistEntryFactory(
        user=UserFactory(email=f"{who}@voorbeeld.nl", name=who.capitalize()), **fields
    )


@contextmanager
def meanwhile(act: Callable[[], Any]) -> Iterator[threading.Thread]:
    """Another connection that begins now and is waited for at the end."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(timeout=30)
    assert failed == []


def test_whoever_asks_for_another_coach_does_not_wait_for_that_coachs_calendar(two: list[CallType]) -> None:
    """The row of a person who waits points to the coach, and the coach's calendar is about to offer a time
    to that person: each would wait for the other."""
    entry = waiting("bas", kind=two[0].slug)
    far = (times.now() + timedelta(days=30)).date()
    start = calendar.free_slots(two[0])[30].start
    call = book(two[0], start, "sanne")

    def join() -> None:
        entries.join_waitlist(
            entry.user,
            kind=two[0].slug,
            until_on=far,
            name="Bas",
            language="nl",
            time_zone="Europe/Amsterdam",
            host=two[0].host,
        )

    with lock.host_locked(two[0].host_id), meanwhile(join) as joining:
        joining.join(timeout=2)
        assert not joining.is_alive()
        lifecycle.cancel(call, by=Booking.By.INVITEE)
    assert Offer.objects.get().starts == [start]


def test_two_coaches_whose_offers_end_at_once_pass_their_times_on_in_one_line(two: list[CallType]) -> None:
    """Seen from the one calendar Bas comes before Ilse, from the other after."""
    jet, noor = two
    free = [[slot.start for slot in calendar.free_slots(one)] for one in two]
    first_day = times.local(free[0][30], jet.host.time_zone).date()
    for round_ in range(6):
        bas = waiting(f"bas{round_}", kind=jet.slug, until_on=first_day)
        ilse = waiting(f"ilse{round_}", kind=jet.slug)
        late = [start for start in free[0] if times.local(start, jet.host.time_zone).date() > first_day]
        offers = [
            OfferFactory(call_type=jet, starts=[free[0][30], late[30]]),
            OfferFactory(call_type=noor, starts=[free[1][20], free[1][28]]),
        ]
        WaitlistEntry.objects.filter(offers__in=offers).update(status="withdrawn", ended_at=times.now())
        results = at_once(*(lambda offer=offer: taking.decline_offer(offer) for offer in offers))
        assert [one.status for one in results] == ["declined", "declined"]
        assert {offer.entry for offer in Offer.objects.open()} == {bas, ilse}
        Booking.objects.all().delete()
        Offer.objects.all().delete()
        WaitlistEntry.objects.all().delete()


def test_whoever_confirms_with_one_coach_and_chooses_a_time_of_another_keeps_the_call(
    two: list[CallType],
) -> None:
    free = [slot.start for slot in calendar.free_slots(two[0])]
    for round_ in range(8):
        who = f"person{round_}"
        start, other = free[4 * round_], free[4 * round_ + 2]
        holds.hold_slot(two[0], start, visitor=who, client=who)

        def confirm(start=start, who=who) -> Booking:
            return lifecycle.confirm(
                two[0],
                start,
                visitor=who,
                details=details(f"{who}@voorbeeld.nl"),
                user=None,
                key=new_public_id(),
            )

        def choose(other=other, who=who) -> Booking:
            return holds.hold_slot(two[1], other, visitor=who, client=who)

        confirmed, held = at_once(confirm, choose)
        assert isinstance(held, Booking), held
        assert Booking.objects.get(pk=confirmed.pk).status == "confirmed"
    assert holders_of_overlaps() == []


def test_two_forms_on_one_hold_with_two_addresses_are_two_calls(two: list[CallType]) -> None:
    """The hold becomes the one call; the other is made anew, and takes nothing away from the first."""
    free = [slot.start for slot in calendar.free_slots(two[0])]
    for round_ in range(8):
        who = f"person{round_}"
        starts = free[6 * round_ + 1], free[6 * round_ + 3]
        holds.hold_slot(two[0], starts[0], visitor=who, client=who)
        results = at_once(
            *(
                lambda n=n, who=who, starts=starts: lifecycle.confirm(
                    two[n],
                    starts[n],
                    visitor=who,
                    details=details(f"{who}-{n}@voorbeeld.nl"),
                    user=None,
                    key=new_public_id(),
                )
                for n in range(2)
            )
        )
        assert [type(one).__name__ for one in results] == ["Booking", "Booking"], results
        emails = Booking.objects.filter(status="confirmed", name="Sanne Vermeer", email__startswith=f"{who}-")
        assert emails.count() == 2


@pytest.mark.parametrize("seed", range(6))
def test_who_is_erased_while_joining_is_on_no_list(two: list[CallType], seed: int) -> None:
    """Whichever comes first: neither fails, and nothing of the person stays."""
    bas = UserFactory(email="bas@voorbeeld.nl", name="Bas")

    def join() -> None:
        time.sleep(seed / 200)
        entries.join_waitlist(
            bas,
            kind=two[0].slug,
            until_on=(times.now() + timedelta(days=30)).date(),
            name="Bas",
            language="nl",
            time_zone="Europe/Amsterdam",
        )

    erased, *joined = at_once(lambda: accounts.erase(User.objects.get(pk=bas.pk)), join, join)
    assert erased is None
    assert {type(one).__name__ for one in joined} <= {"NoneType", "PersonGoneError"}
    assert not User.objects.exists()
    assert set(WaitlistEntry.objects.values_list("email", "status")) <= {("", "withdrawn")}
    assert not OutboundEmail.objects.filter(to_email="bas@voorbeeld.nl").exists()


@pytest.mark.parametrize("seed", range(6))
def test_who_is_erased_while_confirming_has_no_call(two: list[CallType], seed: int) -> None:
    """Whichever comes first: neither fails, and nothing of the person stays."""
    bas = UserFactory(email="bas@voorbeeld.nl", name="Bas")
    start = calendar.free_slots(two[1])[20].start

    def confirm() -> Booking:
        time.sleep(seed / 200)
        return lifecycle.confirm(
            two[1], start, visitor="", details=details(bas.email), user=bas, key=new_public_id()
        )

    erased, confirmed = at_once(lambda: accounts.erase(User.objects.get(pk=bas.pk)), confirm)
    assert erased is None
    assert type(confirmed).__name__ in {"Booking", "PersonGoneError"}
    assert not User.objects.exists()
    assert not Booking.objects.exclude(email="", name="").exists()


def signed_in(person: User) -> Client:
    browser = Client()
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def filled_in(browser: Client, page: str) -> dict[str, str]:
    soup = BeautifulSoup(browser.get(page).content, "html.parser")
    form = {field["name"]: field.get("value", "") for field in soup.select("form.plate input[name]")}
    time.sleep(2)  # a form that is sent sooner was filled in by a machine
    return form


def sent_during_erasure(
    browser: Client, person: User, form: dict[str, str], to: str, *, waits_for: CallType
) -> Any:
    """The answer to a form that is sent while the erasure of its person waits for this calendar."""
    is_locked = threading.Event()
    answers: list[Any] = []

    def erase() -> None:
        assert is_locked.wait(10)
        accounts.erase(person)

    def send() -> None:
        assert is_locked.wait(10)
        time.sleep(0.4)
        answers.append(browser.post(to, form))

    with meanwhile(erase), meanwhile(send), lock.host_locked(waits_for.host_id):
        is_locked.set()
        time.sleep(0.8)
    return answers[0]


def test_whoever_confirms_in_the_midst_of_an_erasure_hears_that_it_happened(two: list[CallType]) -> None:
    bas = UserFactory(email="bas@voorbeeld.nl", name="Bas")
    browser = signed_in(bas)
    start = calendar.free_slots(two[1])[20].start.isoformat()
    browser.post(reverse("bookings:hold"), {"start": start, "coach": two[1].host.slug})
    form = filled_in(browser, reverse("bookings:details"))
    answer = sent_during_erasure(browser, bas, form, reverse("bookings:confirm"), waits_for=two[1])
    assert answer.headers["Location"] == reverse("accounts:deleted")
    assert not Booking.objects.filter(status="confirmed").exists()


def test_whoever_joins_in_the_midst_of_an_erasure_hears_that_it_happened(two: list[CallType]) -> None:
    """The erasure waits for a calendar; the form comes second, waits for it, and is answered kindly."""
    bas = UserFactory(email="bas@voorbeeld.nl", name="Bas")
    browser = signed_in(bas)
    form = filled_in(browser, reverse("bookings:waitlist"))
    answer = sent_during_erasure(browser, bas, form, reverse("bookings:waitlist_join"), waits_for=two[1])
    assert answer.headers["Location"] == reverse("accounts:deleted")
    assert not WaitlistEntry.objects.exists()


def test_a_form_of_whoever_is_gone_meanwhile_leaves_no_trace(two: list[CallType]) -> None:
    """Its session ended with the person, and what it did is undone with it: no time stays held for nobody."""
    bas = UserFactory(email="bas@voorbeeld.nl", name="Bas")
    form = {"start": calendar.free_slots(two[1])[20].start.isoformat(), "coach": two[1].host.slug}
    answer = sent_during_erasure(signed_in(bas), bas, form, reverse("bookings:hold"), waits_for=two[1])
    assert answer.status_code == 400
    assert not Booking.objects.exists()
    assert not Session.objects.exists()


def test_erasing_waits_for_the_calendars_before_it_touches_anything(two: list[CallType]) -> None:
    """A time comes free for whoever is being erased at that moment."""
    bas = waiting("bas", kind=two[1].slug)
    call = book(two[1], calendar.free_slots(two[1])[30].start, "sanne")
    is_locked = threading.Event()

    def erase() -> None:
        assert is_locked.wait(10)
        accounts.erase(bas.user)

    with meanwhile(erase), lock.host_locked(two[1].host_id):
        is_locked.set()
        time.sleep(0.5)
        lifecycle.cancel(call, by=Booking.By.INVITEE)
    assert not User.objects.filter(email="bas@voorbeeld.nl").exists()
    assert list(Offer.objects.values_list("status", "email")) == [("withdrawn", "")]
    assert not Booking.objects.filter(status="held").exists()
