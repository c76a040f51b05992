"""What stands behind a drag: blocked time put elsewhere, taken back and refused; empty time; one day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.models import BlockedTime, Booking, Host
from portal.accounts.models import User
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.looking import WEEK, soup, text
from tests.factories.bookings import BusyTimeFactory, CalendarSourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def block(open_host: Host) -> BlockedTime:
    """Blocked on Wednesday from ten to twelve."""
    return BlockedTime.objects.create(host=open_host, period=(at(2, 10), at(2, 12)), reason="voorbereiden")


def path_of(block: BlockedTime) -> str:
    return reverse("admin:bookings_blockedtime_move", args=[block.pk])


def sent(start: str, end: str, **more: str) -> dict[str, str]:
    """What a drop sends: clocks of the coach, and the instants the page showed."""
    seen = {"seen_start": at(2, 10).isoformat(), "seen_end": at(2, 12).isoformat()}
    return {"start": start, "end": end} | seen | more


def item(page: BeautifulSoup, kind: str) -> Tag:
    found = page.select_one(f".week .week-event.is-{kind}")
    assert found is not None
    return found


def span(block: BlockedTime) -> tuple[Any, Any]:
    block.refresh_from_db()
    return block.start_at, block.end_at


# ---- blocked time put elsewhere ----------------------------------------------------------------------
def test_what_the_week_offers_to_drag_is_what_the_form_takes(as_coach: Client, block: BlockedTime) -> None:
    shown = item(soup(as_coach), "blocked")
    assert (shown["data-move"], shown["data-start"], shown["data-end"]) == (
        "block",
        "2026-11-25T10:00",
        "2026-11-25T12:00",
    )
    data = sent(shown["data-start"], "2026-11-25T13:15") | {
        "seen_start": shown["data-seen-start"],
        "seen_end": shown["data-seen-end"],
    }
    response = as_coach.post(shown["data-url"], data)
    assert response.headers["Location"].startswith(f"{WEEK}?day=2026-11-23")
    assert span(block) == (at(2, 10), at(2, 13, 15))


def test_a_drop_can_be_taken_back_with_one_press(as_coach: Client, block: BlockedTime) -> None:
    dropped = as_coach.post(path_of(block), sent("2026-11-26T13:00", "2026-11-26T15:00"))
    page = BeautifulSoup(as_coach.get(dropped.headers["Location"]).content, "html.parser")
    form = page.select_one("form.undo")
    assert "‘voorbereiden’ staat nu op do 26 nov 2026, 13:00 tot 15:00." in text(form)
    back = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    as_coach.post(form["action"], back)
    assert span(block) == (at(2, 10), at(2, 12))
    stale = as_coach.get(dropped.headers["Location"])  # the page of before, opened again
    assert BeautifulSoup(stale.content, "html.parser").select("form.undo") == []


@pytest.mark.parametrize("token", ["", "x", "1:abc:def", "\x00"])
def test_a_token_that_is_not_ours_offers_nothing(as_coach: Client, block: BlockedTime, token: str) -> None:
    assert soup(as_coach, undo=token).select("form.undo") == []


def test_a_token_is_good_for_an_hour(as_coach: Client, block: BlockedTime, clock: Any) -> None:
    place = as_coach.post(path_of(block), sent("2026-11-26T13:00", "2026-11-26T15:00")).headers["Location"]
    clock.move_to(at(0, 11, 1))
    assert b'class="bar undo"' not in as_coach.get(place).content


def test_a_call_in_the_way_is_named_and_nothing_is_saved_until_one_is_sure(
    as_coach: Client, block: BlockedTime, book: Book
) -> None:
    call = book(at(3, 13, 30))
    data = sent("2026-11-26T13:00", "2026-11-26T15:00")
    response = as_coach.post(path_of(block), data)
    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 409
    assert "Sanne Vermeer, do 26 nov 2026, 13:30–14:00" in text(page)
    assert "Alle tijden: Nederlandse tijd." in text(page)
    assert span(block) == (at(2, 10), at(2, 12))
    form = page.select_one("#content form")
    as_coach.post(form["action"], {field["name"]: field["value"] for field in form.select("[name]")})
    assert span(block) == (at(3, 13), at(3, 15))
    call.refresh_from_db()
    assert (call.status, call.sequence) == ("confirmed", 0)


def test_the_same_drop_twice_is_one(as_coach: Client, block: BlockedTime) -> None:
    data = sent("2026-11-26T13:00", "2026-11-26T15:00")
    first, second = (as_coach.post(path_of(block), data).headers["Location"] for _ in range(2))
    assert first.split("undo=")[0] == second.split("undo=")[0]
    assert span(block) == (at(3, 13), at(3, 15))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start": "2026-11-26T15:00", "end": "2026-11-26T15:00"}, "Het einde moet na het begin komen"),
        ({"start": "gisteren"}, "Dat is geen moment in deze week."),
        ({"start": "9999-12-31T23:59"}, "Dat is geen moment in deze week."),
        ({"end": "2028-11-26T15:00"}, "binnen een jaar"),
        ({"start": "2027-03-28T02:30", "end": "2027-03-28T04:00"}, "slaat de klok 02:30 over"),
        ({"seen_start": at(1, 10).isoformat()}, "Deze blokkade is intussen veranderd."),
        ({"start": ""}, "Dit veld is verplicht."),
    ],
)
def test_a_drop_that_cannot_be_is_a_sentence_in_the_week(
    as_coach: Client, block: BlockedTime, changes: dict[str, str], sentence: str
) -> None:
    data = sent("2026-11-26T13:00", "2026-11-26T15:00") | changes
    response = as_coach.post(path_of(block), data, follow=True)
    assert response.redirect_chain[-1][0].startswith(WEEK)
    assert sentence in " ".join(response.content.decode().split())
    assert span(block) == (at(2, 10), at(2, 12))


def test_only_a_post_by_whoever_may_places_anything(as_coach: Client, block: BlockedTime) -> None:
    data = sent("2026-11-26T13:00", "2026-11-26T15:00")
    assert as_coach.get(path_of(block)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = as_coach.cookies
    assert strict.post(path_of(block), data).status_code == 403
    user = User.objects.create_user("kijk@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_blockedtime", "view_booking", "see_practice"])
    )
    looking = browser_of(user)
    assert looking.post(path_of(block), data).status_code == 403
    assert soup(looking).select("[data-move]") == []
    assert as_coach.post(reverse("admin:bookings_blockedtime_move", args=[10**18]), data).status_code == 404
    assert span(block) == (at(2, 10), at(2, 12))


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "x"])
def test_the_way_back_leads_nowhere_else(as_coach: Client, block: BlockedTime, back: str) -> None:
    data = sent("2026-11-26T13:00", "2026-11-26T15:00")
    response = as_coach.post(f"{path_of(block)}?back={back}", data)
    assert response.headers["Location"].startswith(WEEK)


def test_in_the_hour_that_comes_twice_a_block_covers_all_of_it(as_coach: Client, block: BlockedTime) -> None:
    as_coach.post(path_of(block), sent("2027-10-31T02:00", "2027-10-31T03:00"))
    start, end = span(block)
    assert end - start == timedelta(hours=2)


# ---- what can be dragged ------------------------------------------------------------------------------
def test_a_call_is_dragged_to_its_own_page_and_what_cannot_says_why(
    as_coach: Client, coach: User, open_host: Host, book: Book, clock: Any
) -> None:
    call = book(at(3, 9, 45))
    book(at(4, 10), status="held", expires_at=at(0, 11), confirmed_at=None, name="", email="")
    page = soup(as_coach)
    assert item(page, "call")["data-move"] == "call"
    assert item(page, "call")["data-url"].startswith(reverse("admin:bookings_booking_move", args=[call.pk]))
    assert item(page, "held")["data-fixed"].startswith("Een bezoeker houdt deze tijd vast.")
    Booking.objects.filter(pk=call.pk).update(status="completed")
    clock.move_to(at(5, 10))
    back = browser_of(coach)  # eight hours are over
    assert item(soup(back, day="2026-11-26"), "past")["data-fixed"].startswith("Dit gesprek is geweest")


def test_the_move_page_shows_both_times_and_what_is_in_the_way(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    call = book(at(3, 9, 45), time_zone="America/New_York")
    book(at(4, 14), name="Noor Aydin", email="noor@voorbeeld.nl")
    BlockedTime.objects.create(host=open_host, period=(at(4, 10), at(4, 12)), reason="training")
    move = reverse("admin:bookings_booking_move", args=[call.pk])
    page = BeautifulSoup(as_coach.get(move, {"on": "2026-11-27", "at": "11:00"}).content, "html.parser")
    panel = page.select_one(".proposal")
    assert "Nudonderdag 26 november 2026, 09:45 tot 10:15" in text(panel)
    assert "Straks vrijdag 27 november 2026, 11:00 tot 11:30" in text(panel)
    assert "voor de bezoeker: vrijdag 27 november 2026, 05:00 tot 05:30" in text(panel)
    assert "raakt het aan ‘training’, vr 27 nov 2026, 10:00 tot 12:00." in text(panel)
    assert "Sanne Vermeer krijgt een mail met de nieuwe tijd" in text(panel)
    assert panel.select("button")

    refused = BeautifulSoup(as_coach.get(move, {"on": "2026-11-27", "at": "14:15"}).content, "html.parser")
    assert "Dat botst met het gesprek met Noor Aydin" in text(refused.select_one(".proposal"))
    assert refused.select(".proposal button") == []
    call.refresh_from_db()
    assert call.sequence == 0


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"on": "2026-11-20", "at": "10:00"}, "Dat moment is voorbij."),
        ({"on": "2026-11-28", "at": "10:00"}, "Het ligt buiten de werktijd van"),
        ({"on": "2027-03-28", "at": "02:30"}, "slaat de klok 02:30 over"),
        ({"on": "x", "at": "y"}, "Nu:"),
        ({"on": "2026-11-26", "at": "09:45"}, "Nu:"),  # where it is already
    ],
)
def test_any_moment_in_the_address_is_answered_in_words(
    as_coach: Client, open_host: Host, book: Book, asked: dict[str, str], sentence: str
) -> None:
    move = reverse("admin:bookings_booking_move", args=[book(at(3, 9, 45)).pk])
    response = as_coach.get(move, asked)
    assert response.status_code == 200
    assert sentence in " ".join(response.content.decode().split())


# ---- empty time -----------------------------------------------------------------------------------------
def test_an_empty_half_hour_offers_a_call_or_a_block(as_coach: Client, open_host: Host) -> None:
    half = soup(as_coach).select_one("a.week-empty[href*='on=2026-11-25'][href$='from=13:30']")
    page = BeautifulSoup(as_coach.get(half["href"]).content, "html.parser")
    assert "Woensdag 25 november 2026, 13:30" in text(page.select_one("#content"))
    new, block, back = (link["href"] for link in page.select("#content .bar a"))
    assert new.startswith(reverse("admin:bookings_booking_new"))
    assert "at=13:30" in new
    assert "from=13:30" in block
    assert back.startswith(WEEK)


def test_whoever_may_do_one_thing_is_led_to_it_at_once(open_host: Host) -> None:
    user = User.objects.create_user("deel@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_booking", "add_blockedtime", "see_practice"])
    )
    half = soup(browser_of(user)).select_one("a.week-empty")
    assert half["href"].startswith(reverse("admin:bookings_blockedtime_add"))


@pytest.mark.parametrize("asked", [{}, {"on": "x", "from": "y"}, {"on": "2026-11-25"}, {"host": "niemand"}])
def test_an_empty_time_that_is_none_leads_to_the_week(
    as_coach: Client, open_host: Host, asked: dict[str, str]
) -> None:
    response = as_coach.get(reverse("admin:bookings_booking_empty"), asked)
    assert response.headers["Location"] == WEEK


def test_a_marked_stretch_fills_in_its_end(as_coach: Client, open_host: Host) -> None:
    add = reverse("admin:bookings_blockedtime_add")
    asked = {"host": open_host.pk, "on": "2026-11-25", "from": "13:00", "until": "16:00"}
    form = BeautifulSoup(as_coach.get(add, asked).content, "html.parser")
    assert form.select_one("[name=end_time]")["value"] == "16:00"


# ---- one day --------------------------------------------------------------------------------------------
def test_a_day_has_room_for_place_remark_and_buttons(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(3, 9, 45), remark="Ik wil leren loslaten.")
    book(at(4, 10), name="Noor Aydin", email="noor@voorbeeld.nl")
    page = soup(as_coach, day="2026-11-26", view="day")
    assert text(page.select_one("h1")) == "Donderdag 26 november 2026"
    assert len(page.select(".week.is-day .week-day")) == 1
    words = text(item(page, "call"))
    assert "09:45 tot 10:15 Sanne Vermeer" in words
    assert "online. Stuur Sanne de link vóór het gesprek." in words
    assert "‘Ik wil leren loslaten.’" in words
    assert [text(one) for one in item(page, "call").select(".btn")] == ["Verplaatsen", "Annuleer"]
    assert "Noor Aydin" not in text(page)
    links = [link["href"] for link in page.select(".segments:not(.views) a")]
    assert [link.removeprefix(f"{WEEK}?day=") for link in links] == [
        "2026-11-25&view=day",
        "2026-11-23&view=day",
        "2026-11-27&view=day",
    ]
    week, day = page.select(".views a")
    assert (week["href"], day["aria-current"]) == (f"{WEEK}?day=2026-11-26", "true")


def test_in_a_day_a_call_and_what_lies_over_it_stand_side_by_side(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    book(at(3, 10))
    source = CalendarSourceFactory(host=open_host)
    BusyTimeFactory(source=source, period=(at(3, 10, 10), at(3, 12)))
    BusyTimeFactory(source=source, period=(at(3, 14), at(3, 15)))
    page = soup(as_coach, day="2026-11-26", view="day")
    assert "is-left" in item(page, "call")["class"]
    over, apart = page.select(".week-event.is-imported")
    assert "is-right" in over["class"]
    assert not {"is-aside-1", "is-aside-2", "is-aside-3"} & set(over["class"])
    assert not {"is-left", "is-right"} & set(apart["class"])
    in_week = soup(as_coach, day="2026-11-26")
    assert "is-left" in item(in_week, "call")["class"]  # its words are read whole in a week too
    assert [one["class"][-1] for one in in_week.select(".week-event.is-imported")][:1] == ["is-right"]


def test_a_day_that_is_explained_leads_on_to_the_public_holidays(as_coach: Client, open_host: Host) -> None:
    link = soup(as_coach, day="2026-11-26", why="1").select_one("#why a[href*=holidays]")
    assert text(link) == "Feestdagen"
    assert as_coach.get(link["href"]).status_code == 200


def test_the_list_of_a_day_for_narrow_screens_says_the_same(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    book(at(3, 9, 45), remark="Ik wil leren loslaten.")
    (day,) = soup(as_coach, day="2026-11-26", view="day").select(".week-days section")
    assert "‘Ik wil leren loslaten.’" in text(day)


def test_a_block_made_from_a_day_leads_back_to_that_day(as_coach: Client, open_host: Host) -> None:
    add = soup(as_coach, day="2026-11-26", view="day").select_one(".week-bar > a.outlined")["href"]
    data = {"host": open_host.pk, "start_on": "2026-11-26", "all_day": "on", "reason": ""}
    assert as_coach.post(add, data).headers["Location"].endswith("view=day")


# ---- a calendar that is old -----------------------------------------------------------------------------
def test_a_calendar_that_is_old_is_said_at_the_head_of_the_week(as_coach: Client, open_host: Host) -> None:
    source = CalendarSourceFactory(host=open_host, name="agenda privé", last_good_at=at(0, 3))
    CalendarSourceFactory(host=open_host, name="agenda werk", last_good_at=at(0, 9, 55))
    (line,) = soup(as_coach).select(".warning-line")
    assert text(line) == (
        "Let op: ‘agenda privé’ is 7 uur geleden voor het laatst gelezen. "
        "We rekenen met de laatst gelezen stand. Bekijk wat er misging"
    )
    assert line.select_one("a")["href"] == source.admin_page
    source.on_stale = "close"
    source.save()
    assert "Er worden geen tijden aangeboden" in text(soup(as_coach).select_one(".warning-line"))


# ---- cost -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("view", ["week", "day"])
def test_a_week_and_a_day_ask_as_often_with_one_thing_as_with_three(
    as_coach: Client, open_host: Host, book: Book, view: str, django_assert_num_queries: Any
) -> None:
    def one_more(number: int) -> None:
        book(at(3, 9 + number), email=f"p{number}@voorbeeld.nl")
        book(at(-4, 9 + number), email=f"q{number}@voorbeeld.nl")
        BlockedTime.objects.create(host=open_host, period=(at(3, 17 + number), at(3, 18 + number)))
        CalendarSourceFactory(host=open_host, last_good_at=at(-1, 9))

    asked = {"view": view, "day": "2026-11-26"}
    one_more(0)
    as_coach.get(WEEK, asked)
    for more in ([], [1, 2]):
        for number in more:
            one_more(number)
        with django_assert_num_queries(QUERIES):
            assert as_coach.get(WEEK, asked).status_code == 200


# the person of the session, permissions, coaches and kinds; the nine of the week; is mail behind?
QUERIES = 14
