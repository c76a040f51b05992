"""The page with free times, written once for everybody who would see the same: never one word out of date."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import INFO
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.availability import calendar, changes
from bookings.calls import holds, lifecycle
from bookings.models import (
    AvailabilityRule,
    BlockedTime,
    Booking,
    BusyTime,
    CalendarChange,
    CalendarSource,
    CallType,
    DateOverride,
    Host,
)
from portal.common import times
from tests.bookings.browsing import hold, page_of, starts_on, words_of
from tests.factories.assessments import UserFactory
from tests.factories.bookings import (
    AvailabilityRuleFactory,
    BlockedTimeFactory,
    BookingFactory,
    BusyTimeFactory,
    CalendarSourceFactory,
    CallTypeFactory,
    DateOverrideFactory,
    HostFactory,
    OverrideWindowFactory,
)

pytestmark = pytest.mark.django_db
SLOTS, ENGLISH = "/impactcall/", "/en/impact-call/"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
TABLE = re.compile(r'(?:FROM|JOIN) "(\w+)"')
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def written_anew(browser: Client, path: str = SLOTS) -> bool:
    """Whether this browser's page was made from the calendar, or was there already."""
    with CaptureQueriesContext(connection) as queries:
        browser.get(path)
    return any('FROM "bookings_calltype"' in query["sql"] for query in queries)


@pytest.fixture
def everything(call_type: CallType) -> CallType:
    """A row in every table from which the page is made. The first free start is Tuesday 13:00."""
    host = call_type.host
    tuesday = times.now() + DAY
    override = DateOverrideFactory(host=host, on=(tuesday + DAY).date())
    OverrideWindowFactory(override=override)
    BlockedTimeFactory(host=host, period=(tuesday + 7 * DAY, tuesday + 7 * DAY + HOUR))
    source = CalendarSourceFactory(host=host, last_good_at=times.now(), on_stale="close")
    BusyTimeFactory(source=source, host=host, period=(tuesday + 8 * DAY, tuesday + 8 * DAY + HOUR))
    BookingFactory(call_type=call_type, start=tuesday + 9 * DAY)
    other = CallTypeFactory(slug=call_type.slug, host=HostFactory(name="Noor Aydin", slug="noor"))
    BookingFactory(call_type=other, held=True, start=tuesday + 9 * DAY)
    return call_type


@pytest.fixture
def seen(everything: CallType) -> Client:
    """A visitor; everybody's page is there already."""
    assert Client().get(SLOTS).status_code == 200
    return Client()


# ---- nothing is out of date ----------------------------------------------------------------------------
def test_every_table_the_page_is_made_of_notes_its_changes(everything: CallType) -> None:
    with CaptureQueriesContext(connection) as queries:
        Client().get(SLOTS)
    read = {table for query in queries for table in TABLE.findall(query["sql"])}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'note_change'")
        noting = {table for (table,) in cursor.fetchall()}
    # an account is read along with its coach, for the mails: the page says nothing of it
    assert read - {"accounts_user", "bookings_calendarchange"} == noting


WRITES: dict[str, Callable[[CallType], Any]] = {
    "the name of a coach": lambda one: Host.objects.filter(pk=one.host_id).update(name="Jet Hendriks"),
    "a coach who stops": lambda one: Host.objects.filter(slug="noor").update(is_active=False),
    "the length of a call": lambda one: CallType.objects.filter(pk=one.pk).update(duration_minutes=45),
    "a new kind of call": lambda one: CallTypeFactory(host=one.host, weekdays=False),
    "new hours": lambda one: AvailabilityRuleFactory(host=one.host, weekday=6),
    "other hours": lambda one: AvailabilityRule.objects.update(start_time="11:00"),
    "no hours any more": lambda one: AvailabilityRule.objects.all().delete(),
    "a date that closes": lambda one: DateOverrideFactory(host=one.host, on=(times.now() + DAY).date()),
    "days with other hours": lambda one: DateOverride.objects.get().windows.update(end_time="16:00"),
    "a date as any other again": lambda one: DateOverride.objects.all().delete(),
    "time that is blocked": lambda one: BlockedTimeFactory(host=one.host),
    "a block that goes": lambda one: BlockedTime.objects.all().delete(),
    "time taken elsewhere": lambda one: BusyTime.objects.all().delete(),
    "a calendar switched off": lambda one: CalendarSource.objects.update(is_active=False),
    "a call that is cancelled": lambda one: lifecycle.cancel(
        Booking.objects.get(status="confirmed"), by=Booking.By.INVITEE
    ),
    "a hold that is let go": lambda one: Booking.objects.filter(status="held").delete(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_whatever_changes_the_next_visitor_sees(
    everything: CallType, seen: Client, write: Callable[[CallType], Any]
) -> None:
    assert not written_anew(seen)
    write(everything)
    assert written_anew(seen)
    assert not written_anew(seen)


def test_a_look_at_the_headers_alone_keeps_no_page_and_spoils_none(everything: CallType) -> None:
    assert Client().head(SLOTS).status_code == 200
    assert written_anew(Client())
    whole = words_of(Client().get(SLOTS))
    assert Client().head(SLOTS).content == b""
    assert words_of(Client().get(SLOTS)) == whole


def test_a_time_that_was_just_taken_is_not_listed_any_more(call_type: CallType) -> None:
    first, second = Client(), Client()
    start = starts_on(first.get(SLOTS))[0]
    assert starts_on(second.get(SLOTS))[0] == start
    hold(first, start)
    assert start not in starts_on(second.get(SLOTS))
    assert start in starts_on(first.get(SLOTS))


def test_a_hold_that_lapses_within_the_minute_is_free_at_once(call_type: CallType, clock: Any) -> None:
    """Nothing is written when a hold lapses; the sweep comes later."""
    start = starts_on(Client().get(SLOTS))[4]
    until = times.now() + timedelta(seconds=30)
    BookingFactory(call_type=call_type, held=True, start=times.now() + DAY + 2 * HOUR, expires_at=until)
    assert start not in starts_on(Client().get(SLOTS))
    clock.shift(timedelta(seconds=29))
    assert start not in starts_on(Client().get(SLOTS))
    clock.shift(timedelta(seconds=1))
    assert start in starts_on(Client().get(SLOTS))


def test_a_calendar_that_becomes_too_old_within_the_minute_closes_at_once(
    call_type: CallType, clock: Any
) -> None:
    CalendarSourceFactory(
        host=call_type.host, on_stale="close", last_good_at=times.now() + timedelta(seconds=30, hours=-6)
    )
    assert starts_on(Client().get(SLOTS))
    clock.shift(timedelta(seconds=30))
    assert starts_on(Client().get(SLOTS)) == []


def test_a_start_leaves_the_list_when_its_notice_begins(call_type: CallType, clock: Any) -> None:
    """Notice, horizon, dates and the words today and tomorrow turn on whole minutes."""
    clock.shift(timedelta(seconds=-15))
    first = starts_on(Client().get(SLOTS))[0]  # Tuesday 13:00, a day and a moment ahead
    clock.shift(timedelta(seconds=15, microseconds=1))
    assert first not in starts_on(Client().get(SLOTS))


@contextmanager
def elsewhere() -> Iterator[Any]:
    """A transaction on a connection of its own, which the test ends."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        yield other
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_changes_count_when_they_end_and_not_in_the_order_in_which_they_began(everything: CallType) -> None:
    """Whoever began first may end last: a number that only grows with the newest would miss it."""
    Client().get(SLOTS)
    with elsewhere() as first, elsewhere() as second:
        first.cursor().execute("UPDATE bookings_host SET name = 'Jet Hendriks' WHERE slug = 'noor'")
        second.cursor().execute("UPDATE bookings_host SET name = 'Iris Smit' WHERE slug <> 'noor'")
        assert not written_anew(Client())
        second.commit()
        assert "Iris Smit" in words_of(Client().get(SLOTS))
        assert "Noor Aydin" in words_of(Client().get(SLOTS))
        first.commit()
        assert "Jet Hendriks" in words_of(Client().get(SLOTS))


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_whoever_changes_another_calendar(everything: CallType) -> None:
    """A counter in one row would make all bookings of all coaches stand in one line."""
    with elsewhere() as first:
        first.cursor().execute("UPDATE bookings_host SET name = name WHERE slug = 'noor'")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        start = calendar.free_slots(everything)[0].start
        assert holds.hold_slot(everything, start, visitor="a", client="a")


def test_changes_are_forgotten_without_a_page_coming_back(seen: Client) -> None:
    CalendarChange.objects.update(at=times.now() - DAY)
    AvailabilityRule.objects.all().delete()
    DateOverride.objects.all().delete()
    before = CalendarChange.objects.count()
    assert starts_on(seen.get(SLOTS)) == []
    changes.forget_changes()
    assert 0 < CalendarChange.objects.count() < before
    assert starts_on(seen.get(SLOTS)) == []


def test_what_is_forgotten_never_makes_up_for_what_is_new(call_type: CallType) -> None:
    """Numbers that add up to the number of a newer change."""
    last = CalendarChange.objects.latest("pk").pk
    CalendarChange.objects.all().delete()
    for number in (last + 1, last + 2):
        CalendarChange.objects.create(pk=number, at=times.now() - DAY)
    state = changes.calendar_state(times.now())
    changes.forget_changes()
    CalendarChange.objects.create(pk=2 * last + 3)
    assert changes.calendar_state(times.now()) != state


# ---- everybody's own stays their own -------------------------------------------------------------------
PATHS = (
    SLOTS,
    ENGLISH,
    f"{SLOTS}?zone=America/New_York",
    f"{SLOTS}?zone=Mars/Base",
    f"{SLOTS}?from=2026-12-01",
    f"{SLOTS}?from=nooit",
    f"{SLOTS}?coach=noor",
    f"{SLOTS}bij/noor/",
)


@pytest.mark.parametrize("path", PATHS)
def test_the_page_that_was_there_is_the_page_one_would_have_got(everything: CallType, path: str) -> None:
    for other in PATHS:
        Client().get(other)
    assert not written_anew(Client(), path)
    found = Client().get(path)
    caches["pages"].clear()
    made = Client().get(path)
    assert TOKEN.sub(b"", found.content) == TOKEN.sub(b"", made.content)
    assert found.headers == made.headers
    assert found.cookies.keys() == made.cookies.keys()


def test_every_visitor_has_a_token_of_their_own_and_can_go_on(seen: Client) -> None:
    first, second = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    pages = [browser.get(SLOTS) for browser in (first, second)]
    tokens = [TOKEN.findall(page.content) for page in pages]
    assert len(tokens[0]) == len(tokens[1]) == 1
    assert tokens[0] != tokens[1]
    start = starts_on(pages[0])[0]
    data = {"start": start, "csrfmiddlewaretoken": tokens[0][0].decode()}
    assert second.post(reverse("bookings:hold"), data).status_code == 403
    assert first.post(reverse("bookings:hold"), data).status_code == 302


def test_no_token_is_kept_with_the_page(everything: CallType) -> None:
    token = TOKEN.findall(Client().get(SLOTS).content)[0].decode()
    kept = [caches["pages"].get(key.partition(":1:")[2]) for key in caches["pages"]._cache]  # type: ignore[attr-defined]
    assert len(kept) == 1
    assert len(kept[0]) == 2
    assert token not in "".join(kept[0])


def remembering(**values: str) -> Client:
    browser = Client()
    kept = browser.session
    kept["booking"] = values
    kept.save()
    return browser


def test_a_zone_or_coach_chosen_before_is_not_somebody_elses(everything: CallType) -> None:
    far, noor, nobody = remembering(zone="America/New_York"), remembering(asked_coach="noor"), Client()
    for _again in range(2):
        assert "New York" in words_of(far.get(SLOTS))
        assert "Met Noor Aydin" in words_of(noor.get(SLOTS))
        assert "New York" not in words_of(nobody.get(SLOTS))
        assert "Met Noor Aydin" not in words_of(nobody.get(SLOTS))


def test_whoever_holds_a_time_sees_it_chosen(seen: Client) -> None:
    start = hold(seen)
    chosen = page_of(seen.get(SLOTS)).select("input[name=start][checked]")
    assert [field["value"] for field in chosen] == [start]
    assert page_of(Client().get(SLOTS)).select("input[name=start][checked]") == []


def test_a_member_sees_a_page_of_their_own_and_nobody_else_does(seen: Client) -> None:
    member = Client()
    member.force_login(UserFactory(time_zone="America/New_York"))
    page = member.get(SLOTS)
    assert "New York" in words_of(page)
    assert "Uitloggen" in page.content.decode()
    assert "Uitloggen" not in seen.get(SLOTS).content.decode()


def test_a_message_is_shown_once_and_to_one(everything: CallType, rf: Any) -> None:
    told = Client()
    told.cookies["messages"] = CookieStorage(rf.get("/"))._encode([Message(INFO, "Bewaard.")])
    assert "Bewaard." in words_of(told.get(SLOTS))
    assert "Bewaard." not in words_of(told.get(SLOTS))
    assert "Bewaard." not in words_of(Client().get(SLOTS))


def test_a_page_that_is_not_there_is_not_kept(everything: CallType) -> None:
    path = reverse("bookings:coach", args=["niemand"])
    assert Client().get(path).status_code == 404
    HostFactory(slug="niemand")
    assert Client().get(path).status_code == 404
    assert written_anew(Client(), path)


# ---- what it saves -------------------------------------------------------------------------------------
def test_a_page_that_is_there_takes_one_query_and_a_session_one_more(
    seen: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        seen.get(SLOTS)
    browser = remembering(zone="Europe/Amsterdam")
    browser.get(SLOTS)
    with django_assert_num_queries(2):
        browser.get(SLOTS)
