"""Two coaches over each other: whose a thing is can be seen without its colour, and only one of them is dragged."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.models import AvailabilityRule, BlockedTime, Booking, CallType, Host
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.week.looking import column, facts, soup, text
from tests.factories.bookings import BusyTimeFactory, CalendarSourceFactory, CallTypeFactory, HostFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def mila(open_host: Host) -> Host:
    """A second coach, open on Thursday from ten to three."""
    other = HostFactory(name="Mila de Groot", slug="mila")
    AvailabilityRule.objects.create(host=other, weekday=4, start_time="10:00", end_time="15:00")
    return other


@pytest.fixture
def kind(mila: Host) -> CallType:
    return CallTypeFactory(host=mila, weekdays=False)


def two(client: Client, host: Host, **asked: str) -> Any:
    return soup(client, host=host.slug, **{"with": "mila"}, **asked)


def of_mila(book: Book, kind: CallType, hour: int, **fields: Any) -> Booking:
    return book(at(3, hour), host=kind.host, call_type=kind, **{"name": "Noor Aydin"} | fields)


def test_the_calls_of_both_stand_side_by_side_with_initials_and_a_legend(
    as_coach: Client, open_host: Host, book: Book, kind: CallType
) -> None:
    book(at(3, 10))
    of_mila(book, kind, 10)
    page = two(as_coach, open_host)
    own, other = column(page, "2026-11-26").select("button.week-event")
    assert "is-first" in own["class"]
    assert "is-second" in other["class"]
    assert text(own) == "10:00 tot 10:30 JvD Sanne Vermeer"
    assert text(other) == "10:00 tot 10:30 MdG Noor Aydin"
    assert other.select_one("abbr")["title"] == "Mila de Groot"
    legend = [text(one) for one in page.select(".week-legend li")]
    assert legend[-2:] == ["JvD Jet van Dalen, links", "MdG Mila de Groot, rechts"]
    assert "met Mila de Groot" in text(facts(page, other))
    assert "MdG Noor Aydin" in text(page.select_one(".week-days"))


def test_the_hours_of_both_are_drawn(as_coach: Client, open_host: Host, mila: Host) -> None:
    day = column(two(as_coach, open_host), "2026-11-26")
    assert [one["class"] for one in day.select(".week-open")] == [
        ["week-open", "starts-5", "lasts-32"],
        ["week-open", "is-second", "starts-9", "lasts-20"],
    ]


def test_what_is_of_the_other_coach_stays_where_it_is(
    as_coach: Client, open_host: Host, book: Book, kind: CallType
) -> None:
    book(at(3, 10))
    of_mila(book, kind, 12)
    BlockedTime.objects.create(host=kind.host, period=(at(2, 0), at(3, 0)), reason="vrij")
    page = two(as_coach, open_host)
    assert len(page.select(".week [data-move]")) == 1
    fixed = {one["data-fixed"] for one in page.select(".week [data-fixed]")}
    assert fixed == {"Dit staat in de agenda van Mila de Groot. Kies die week om het te verplaatsen."}


def test_why_a_day_is_empty_is_about_the_first_coach(
    as_coach: Client, open_host: Host, book: Book, kind: CallType
) -> None:
    of_mila(book, kind, 10)
    assert "Noor Aydin" not in text(two(as_coach, open_host, day="2026-11-26", why="1").select_one("#why"))


def test_one_lays_the_other_over_it_and_takes_it_away(as_coach: Client, open_host: Host, mila: Host) -> None:
    alone = soup(as_coach, host=open_host.slug)
    link = next(one for one in alone.select("nav a") if text(one) == "Leg Mila de Groot erover")
    assert link["href"].endswith("with=mila")
    page = two(as_coach, open_host)
    back = next(one for one in page.select("nav a") if text(one) == "Zonder Mila de Groot")
    assert "with=" not in back["href"]
    assert "with=mila" in page.select_one(".segments a")["href"]


@pytest.mark.parametrize("asked", ["niemand", "", "\x00"])
def test_a_second_coach_who_is_none_is_left_out(as_coach: Client, open_host: Host, asked: str) -> None:
    for name in (asked, open_host.slug):
        assert soup(as_coach, **{"with": name}).select(".is-second, .whose") == []


def test_a_second_coach_whose_zone_is_gone_is_left_out(as_coach: Client, open_host: Host, mila: Host) -> None:
    Host.objects.filter(pk=mila.pk).update(time_zone="Europe/Atlantis")
    assert two(as_coach, open_host).select(".week-open.is-second") == []


def test_the_hours_of_a_coach_far_away_are_shown_by_the_clock_of_the_first(
    as_coach: Client, open_host: Host, mila: Host
) -> None:
    Host.objects.filter(pk=mila.pk).update(time_zone="America/New_York")
    drawn = column(two(as_coach, open_host), "2026-11-26").select(".week-open.is-second")
    assert [one["class"][2:] for one in drawn] == [["starts-33", "lasts-20"]]  # from four in the afternoon


def test_two_coaches_ask_as_often_with_one_thing_as_with_three(
    as_coach: Client, open_host: Host, book: Book, kind: CallType, django_assert_num_queries: Any
) -> None:
    source = CalendarSourceFactory(host=kind.host, last_good_at=at(0, 9))

    def one_more(number: int) -> None:
        book(at(3, 9 + number), email=f"p{number}@voorbeeld.nl")
        of_mila(book, kind, 9 + number, email=f"q{number}@voorbeeld.nl")
        BusyTimeFactory(source=source, host=kind.host, period=(at(3, 17 + number), at(3, 18 + number)))

    one_more(0)
    two(as_coach, open_host)
    for more in ([], [1, 2]):
        for number in more:
            one_more(number)
        with django_assert_num_queries(QUERIES):
            two(as_coach, open_host)


def test_a_zone_that_both_share_is_said_once_above_their_blocked_time(
    as_superuser: Client, open_host: Host, mila: Host
) -> None:
    for host in (open_host, mila):
        BlockedTime.objects.create(host=host, period=(at(2, 9), at(2, 12)))
    blocked = reverse("admin:bookings_blockedtime_changelist")
    assert text(page_of(as_superuser, blocked)).count("Nederlandse tijd") == 1
    Host.objects.filter(pk=mila.pk).update(time_zone="America/New_York")
    assert (
        text(page_of(as_superuser, blocked)).count("Nederlandse tijd") == 1
    )  # and that of New York, in its row


def page_of(client: Client, path: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path).content, "html.parser")


QUERIES = 17  # those of a week, and the hours, the busy time and the calls that the second is asked about
