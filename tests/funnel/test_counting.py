"""Counts are exact, of nobody in particular, and stay when somebody is erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from assessments import counting as scans
from assessments import services
from assessments.models import Scan
from assessments.steps import BEGUN, COMPLETED, KEPT
from bookings.calls import lifecycle
from bookings.models import Booking
from bookings.words.contacts import FUNNEL
from portal.accounts import services as accounts
from portal.common import retention, times
from portal.leads import services as leads
from portal.leads.funnel import counting
from portal.leads.funnel.figures import LEAST, OTHER
from portal.leads.funnel.models import Source, Tally
from tests.assessments import walk
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory
from tests.factories.bookings import BookingFactory
from tests.factories.funnel import count

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
BOOKED, HELD = (step.number for step in FUNNEL)


@pytest.fixture(autouse=True)
def _instrument() -> None:
    InstrumentFactory()


def counted(**wanted: Any) -> dict[int, int]:
    """By step, of all who began."""
    rows = Tally.objects.filter(**{"by": "", **wanted}).values_list("step").annotate(n=Sum("count"))
    return {step: n for step, n in rows.order_by("step") if n}


def up_to(number: int) -> dict[int, int]:
    return {step: 1 for step in (*range(1, 7), COMPLETED, KEPT, BOOKED, HELD) if step <= number}


# ---- a visitor's scan ----------------------------------------------------------------------------------
def test_each_page_counts_when_all_before_it_are_answered(visitor: Client) -> None:
    walk.start(visitor)
    for page in range(1, 7):
        scans.count_up()
        assert counted() == up_to(page)
        walk.send_page(visitor, page, scan=walk.shown_scan(visitor))
    scans.count_up()
    assert counted() == up_to(COMPLETED)


def test_looking_at_pages_or_going_back_counts_nothing(visitor: Client) -> None:
    walk.start(visitor)
    walk.send_page(visitor, 1, scan=walk.shown_scan(visitor))
    before = Scan.objects.values_list("reached", "counted").get()
    for path in ("/", "/scan/1/", "/scan/2/", "/sleutels/"):
        visitor.get(path)
    assert Scan.objects.values_list("reached", "counted").get() == before == (2, 0)
    assert not Tally.objects.exists()


def test_who_does_it_twice_or_at_once_counts_once(visitor: Client) -> None:
    scan = walk.walk(visitor)
    services.complete_scan(scan)
    assert scans.count_up() == 1
    assert scans.count_up() == 0
    services.complete_scan(scan)
    scans.count_up()
    assert counted() == up_to(COMPLETED)


def test_an_address_counts_when_the_mailbox_is_proven(visitor: Client) -> None:
    scan = walk.walk(visitor)
    services.attach_scan(scan.public_id, UserFactory())
    scans.count_up()
    assert counted() == up_to(KEPT)


# ---- what follows on it --------------------------------------------------------------------------------
@pytest.fixture
def scan() -> Scan:
    scan: Scan = CompletedScanFactory(user=UserFactory(), reached=KEPT, days_ago=2)
    return scan


def say(scan: Scan, kind: str, booking: str = "a") -> None:
    assert scan.user is not None
    lead = leads.contact(scan.user.email, user_id=scan.user.pk)
    leads.record(lead, kind, booking=booking)
    scans.count_up()


def test_a_call_that_is_booked_and_goes_ahead_is_the_end_of_the_way(scan: Scan) -> None:
    say(scan, "call.booked")
    assert counted() == up_to(BOOKED)
    say(scan, "call.cancelled")
    say(scan, "call.booked", "b")
    assert counted() == up_to(BOOKED)
    say(scan, "call.completed", "b")
    assert counted() == up_to(HELD)


def test_a_call_that_was_marked_wrongly_is_taken_back_and_another_is_not(scan: Scan) -> None:
    for booking in ("a", "b"):
        say(scan, "call.booked", booking)
        say(scan, "call.completed", booking)
    say(scan, "call.no_show", "b")
    assert counted() == up_to(HELD)
    say(scan, "call.no_show", "a")
    assert counted() == up_to(BOOKED)


def test_a_real_call_counts_from_booking_to_the_coachs_word(scan: Scan, clock: Any) -> None:
    booking = BookingFactory(user=scan.user, email=scan.user.email, start=times.now() - timedelta(hours=1))
    leads.record(leads.contact(booking.email, user_id=scan.user_id), "call.booked", booking=booking.public_id)
    lifecycle.close(booking, Booking.Status.COMPLETED)
    scans.count_up()
    assert counted() == up_to(HELD)


def test_a_call_counts_for_the_last_scan_before_it(scan: Scan, clock: Any) -> None:
    say(scan, "call.booked")
    clock.shift(timedelta(days=80))
    later = CompletedScanFactory(user=scan.user, reached=KEPT)
    clock.shift(timedelta(days=1))
    say(scan, "call.completed")
    assert Scan.objects.get(pk=scan.pk).reached == HELD
    assert Scan.objects.get(pk=later.pk).reached == KEPT
    say(scan, "call.booked", "b")
    assert Scan.objects.get(pk=later.pk).reached == BOOKED


def test_a_call_that_was_booked_without_a_code_counts_once_the_address_is_proven(visitor: Client) -> None:
    scan, user = walk.walk(visitor), UserFactory()
    leads.record(leads.contact(user.email, user_id=user.pk), "call.booked", booking="a")
    services.attach_scan(scan.public_id, user)
    scans.count_up()
    assert counted() == up_to(BOOKED)


def test_who_objects_to_being_a_contact_is_not_followed(scan: Scan) -> None:
    lead = leads.contact(scan.user.email, user_id=scan.user_id)
    leads.object_to_contact(lead)
    say(scan, "call.booked")
    assert counted() == up_to(KEPT)


# ---- what is erased ------------------------------------------------------------------------------------
def test_an_erasure_changes_no_count_and_loses_none(scan: Scan) -> None:
    scans.count_up()
    Scan.objects.update(reached=HELD)
    accounts.erase(scan.user)
    assert not Scan.objects.exists()
    assert counted() == up_to(HELD)


def test_an_old_scan_of_nobody_is_counted_before_it_goes(clock: Any) -> None:
    ScanFactory(reached=3)
    clock.shift(timedelta(days=31))
    forgotten = {rule.name: count for rule, count in retention.carry_out(times.now())}
    assert forgotten["anonymous_scans"] == 1
    assert counted() == up_to(3)


def test_nothing_in_the_counts_leads_to_anybody() -> None:
    ScanFactory(reached=6, came_from={"van": "noor@voorbeeld.nl"})
    scans.count_up()
    kept = [*Tally.objects.values(), *Source.objects.values()]
    assert "noor" not in repr(kept)
    for model in (Tally, Source):
        assert not [field.name for field in model._meta.concrete_fields if field.related_model]
        assert not {"datetime"} & {type(value).__name__ for row in kept for value in row.values()}


# ---- in which month, by which way ----------------------------------------------------------------------
@pytest.mark.parametrize(("at", "on"), [
    (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), "2026-11-30"),
    (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), "2026-12-01"),
    (datetime(2026, 7, 31, 21, 59, tzinfo=UTC), "2026-07-31"),
    (datetime(2026, 7, 31, 22, 0, tzinfo=UTC), "2026-08-01"),
])  # fmt: skip
def test_a_day_begins_at_midnight_in_amsterdam(at: datetime, on: str) -> None:
    ScanFactory(started_at=at, reached=BEGUN)
    scans.count_up()
    assert counted(on=on) == {BEGUN: 1}


@pytest.mark.parametrize(("came_from", "name"), [
    ({"van": "Blog", "utm_source": "mail"}, "blog"),
    ({"utm_source": "Mail", "referrer": "https://x.nl"}, "mail"),
    ({"referrer": "https://www.linkedin.com"}, "linkedin.com"),
    ({"van": "<script>alert(1)</script>"}, "<script>alert(1)</script>"),
])  # fmt: skip
def test_a_source_has_its_name_from_the_fifth_who_came_by_it(came_from: dict[str, str], name: str) -> None:
    at = times.now()
    count(at, {BEGUN: LEAST - 1}, came_from=came_from)
    assert [source.name for source in Source.objects.all()] == [""]
    count(at, {BEGUN: 1}, came_from=came_from)
    assert [source.name for source in Source.objects.all()] == [name]
    assert counted(by="source") == {BEGUN: 5}


def test_of_a_month_at_most_twenty_sources_count_apart_and_who_is_with_the_others_stays_there(
    clock: Any,
) -> None:
    at = times.now()
    for number in range(25):
        count(at, {BEGUN: 1}, came_from={"van": f"bron {number}"})
    assert Source.objects.count() == counting.MOST_SOURCES
    assert counted(by="source", value=OTHER) == {BEGUN: 5}
    counting.add([counting.Came(at, "nl", {"van": "bron 24"}, BEGUN, 3)])
    assert counted(by="source", value=OTHER) == {BEGUN: 5, 2: 1, 3: 1}
    count(at + timedelta(days=40), {BEGUN: 1}, came_from={"van": "bron 24"})
    assert Source.objects.count() == counting.MOST_SOURCES + 1


def test_every_way_to_split_has_as_many_as_the_whole() -> None:
    count(times.now(), {BEGUN: 3, 4: 2, HELD: 1}, language="en", came_from={"van": "blog"})
    count(times.now(), {COMPLETED: 4})
    assert counted() == counted(by="language") == counted(by="source")
    assert counted(by="language", value="en")[BEGUN] == 6


def test_what_was_only_shown_can_be_taken_back() -> None:
    count(times.now(), {HELD: 1})
    ScanFactory(reached=4, came_from={"van": "demo"})
    scans.count_up()
    scans.uncount(Scan.objects.all())
    assert counted() == up_to(HELD)
