"""Hours that hold calls: the change is saved, no call is touched, and the coach decides about each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings.availability import outside
from bookings.calls import holds, lifecycle
from bookings.models import BlockedTime, Booking, CallType, DateOverride, Host, Offer
from portal.accounts.models import User
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.test_calendar import ADD_BLOCK, ADD_DATE, hours_of, other_hours, week, words
from tests.factories.bookings import BookingFactory, CallTypeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
PAGE = "/beheer/bookings/booking/outside/"
OF_JET = f"{PAGE}?host=jet-van-dalen"


@pytest.fixture
def call(book: Book) -> Booking:
    """On Thursday, 09:45 to 10:15."""
    return book(at(3, 9, 45))


def states(*calls: Booking) -> list[tuple[str, datetime, int]]:
    return [
        (one.status, one.start_at, one.sequence)
        for one in Booking.objects.filter(pk__in=[c.pk for c in calls])
    ]


def mails() -> list[str]:
    rows = OutboundEmail.objects.filter(status=OutboundEmail.Status.QUEUED)
    return sorted(rows.values_list("message", flat=True))


def decision(booking: Booking, choice: str, seen: int = 0) -> dict[str, Any]:
    return {"call": [booking.pk], f"{booking.pk}-choice": choice, f"{booking.pk}-seen": seen}


def choices(response: Any, booking: Booking) -> list[str]:
    page = BeautifulSoup(response.content, "html.parser")
    return [field["value"] for field in page.select(f"input[name='{booking.pk}-choice']")]


# ---- what leads to the page -------------------------------------------------------------------------------
def close_thursday(client: Client, host: Host) -> Any:
    return client.post(ADD_DATE, other_hours(host, "2026-11-26", closed=True))


def shorten_thursday(client: Client, host: Host) -> Any:
    page = hours_of(host)
    return client.post(page, week(host, (4, "10:00", "17:00"), without=(4,)))


def block_thursday(client: Client, host: Host) -> Any:
    return client.post(
        ADD_BLOCK, {"host": host.pk, "start_on": "2026-11-26", "all_day": "on", "reason": "cursus"}
    )


def move_west(client: Client, host: Host) -> Any:
    page = reverse("admin:bookings_host_change", args=[host.pk])
    return client.post(page, week(host) | {"time_zone": "America/New_York"})


def switch_the_coach_off(client: Client, host: Host) -> Any:
    data = week(host)
    del data["is_active"]
    return client.post(reverse("admin:bookings_host_change", args=[host.pk]), data)


def switch_the_kind_off(client: Client, host: Host) -> Any:
    call_type = host.call_types.get()
    names = [name for name in vars(call_type) if not name.startswith("_") and name not in {"id", "host_id"}]
    data = {name: getattr(call_type, name) for name in names if name != "is_active"}
    data = {name: value for name, value in data.items() if value is not None} | {"host": host.pk}
    return client.post(reverse("admin:bookings_calltype_change", args=[call_type.pk]), data)


def close_by_holiday(client: Client, host: Host) -> Any:
    return client.post(reverse("admin:bookings_dateoverride_close"), {"host": host.slug, "on": "2026-12-25"})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (close_thursday, "Buiten de tijden van deze dag."),
        (shorten_thursday, "Buiten de tijden van deze dag."),
        (block_thursday, "In geblokkeerde tijd: cursus."),
        (move_west, "Buiten de tijden van deze dag."),
        (switch_the_coach_off, "Deze coach staat uit."),
        (switch_the_kind_off, "‘Impactcall’ staat uit."),
    ],
)
def test_whatever_closes_time_leads_to_the_calls_in_it_and_touches_none(
    as_coach: Client, host: Host, call: Booking, change: Callable[[Client, Host], Any], why: str
) -> None:
    before = states(call)
    response = change(as_coach, host)
    assert (response.status_code, response.headers["Location"]) == (302, OF_JET)
    page = words(as_coach.get(OF_JET))
    assert "Dit gesprek valt nu buiten je werktijden" in page
    assert "Sanne Vermeer" in page
    assert why in page
    assert (states(call), mails()) == (before, [])


def test_closing_a_holiday_leads_there_as_well(as_coach: Client, host: Host, book: Book) -> None:
    book(datetime(2026, 12, 25, 9, tzinfo=at(0, 0).tzinfo))
    assert close_by_holiday(as_coach, host).headers["Location"] == OF_JET


def test_deleting_the_other_hours_of_a_date_leads_there_as_well(
    as_coach: Client, host: Host, book: Book
) -> None:
    override = DateOverride.objects.create(host=host, on=date(2026, 11, 28))  # a Saturday
    override.windows.create(start_time="10:00", end_time="12:00")
    book(at(5, 10))
    page = reverse("admin:bookings_dateoverride_delete", args=[override.pk])
    assert as_coach.post(page, {"post": "yes"}).headers["Location"] == OF_JET


def test_a_change_without_calls_in_it_goes_on_as_always(as_coach: Client, host: Host, book: Book) -> None:
    book(at(4, 10))
    assert close_thursday(as_coach, host).headers["Location"] == reverse(
        "admin:bookings_dateoverride_changelist"
    )


def test_a_call_that_lay_outside_before_is_no_reason_to_lead_there_again(
    as_coach: Client, host: Host, book: Book
) -> None:
    book(at(5, 10))  # on Saturday, as agreed by phone
    assert close_thursday(as_coach, host).headers["Location"] == reverse(
        "admin:bookings_dateoverride_changelist"
    )


def test_whoever_may_not_change_calls_reads_how_many_stay(coach: User, host: Host, call: Booking) -> None:
    coach.groups.get().permissions.filter(codename="change_booking").delete()
    client = browser_of(User.objects.get(pk=coach.pk))
    response = close_thursday(client, host)
    assert response.headers["Location"] == reverse("admin:bookings_dateoverride_changelist")
    assert "1 gesprek valt nu buiten de werktijden, en blijft staan." in words(client.get("/beheer/"))
    assert client.get(PAGE).status_code == 403


def test_a_time_that_a_visitor_holds_is_told_and_shown(
    as_coach: Client, host: Host, call_type: CallType
) -> None:
    holds.hold_slot(call_type, at(3, 10), visitor="noor", client="noor")
    response = close_thursday(as_coach, host)
    assert response.headers["Location"] == reverse("admin:bookings_dateoverride_changelist")
    page = words(as_coach.get(PAGE))
    assert "Een bezoeker houdt do 26 nov 2026, 10:00 vast tot 10:10" in page
    assert "Nog vastgehouden" in page


# ---- deciding ---------------------------------------------------------------------------------------------
@pytest.fixture
def closed(as_coach: Client, host: Host, call: Booking) -> Booking:
    close_thursday(as_coach, host)
    return call


def test_nothing_but_leaving_it_is_chosen_and_three_near_times_are_on_offer(
    as_coach: Client, closed: Booking, call_type: CallType
) -> None:
    page = as_coach.get(PAGE)
    starts = [f"{datetime.fromisoformat(value):%d %H:%M}" for value in choices(page, closed)[1:-1]]
    assert starts == ["25 14:30", "25 15:00", "25 15:30"]  # UTC: the last of Wednesday
    assert choices(page, closed)[0], choices(page, closed)[-1] == ("keep", "cancel")
    chosen = BeautifulSoup(page.content, "html.parser").select("input[checked]")
    assert [field["value"] for field in chosen] == ["keep"]


def test_a_call_that_is_left_stays_sends_nothing_and_is_not_asked_about_again(
    as_coach: Client, closed: Booking
) -> None:
    before = states(closed)
    response = as_coach.post(PAGE, decision(closed, "keep"), follow=True)
    assert "1 gesprek blijft staan." in words(response)
    assert "Geen gesprekken buiten je werktijden" in words(response)
    assert (states(closed), mails()) == (before, [])
    assert "valt buiten je werktijden" not in words(as_coach.get("/beheer/"))


def test_a_call_is_moved_and_both_are_told(as_coach: Client, closed: Booking) -> None:
    start = choices(as_coach.get(PAGE), closed)[3]
    response = as_coach.post(PAGE, decision(closed, start), follow=True)
    assert "1 gesprek verplaatst. De bezoekers krijgen bericht per mail." in words(response)
    assert states(closed) == [("confirmed", datetime.fromisoformat(start), 1)]
    told = ["bookings/coach_moved", "bookings/moved"]
    assert mails() == [*told, "bookings/reminder_coach", "bookings/reminder_invitee"]


def test_a_call_is_cancelled_and_both_are_told(as_coach: Client, closed: Booking) -> None:
    response = as_coach.post(PAGE, decision(closed, "cancel"), follow=True)
    assert "1 gesprek geannuleerd." in words(response)
    assert states(closed) == [("cancelled", at(3, 9, 45), 1)]
    assert mails() == ["bookings/cancelled", "bookings/coach_cancelled"]
    assert Offer.objects.get(missed=closed).reason == "cancelled"


@pytest.mark.parametrize("number", [1, -1])
def test_the_same_form_twice_is_done_once(as_coach: Client, closed: Booking, number: int) -> None:
    form = decision(closed, choices(as_coach.get(PAGE), closed)[number])
    as_coach.post(PAGE, form)
    once = states(closed), mails()
    assert as_coach.post(PAGE, form).status_code == 302
    assert (states(closed), mails()) == once


def test_all_calls_of_a_closed_day_can_be_moved_to_the_nearest_time_each_is_offered(
    as_coach: Client, closed: Booking, book: Book
) -> None:
    calls = [closed, book(at(3, 14), email="bas@voorbeeld.nl"), book(at(3, 16), email="noor@voorbeeld.nl")]
    page = as_coach.get(PAGE)
    form: dict[str, Any] = {"call": [call.pk for call in calls]}
    for call in calls:
        starts = [datetime.fromisoformat(value) for value in choices(page, call)[1:-1]]
        near = min(starts, key=lambda start, own=call.start_at: abs(start - own))  # type: ignore[misc]
        form |= {f"{call.pk}-choice": near.isoformat(), f"{call.pk}-seen": 0}
    assert "3 gesprekken verplaatst." in words(as_coach.post(PAGE, form, follow=True))


def test_one_that_fails_keeps_its_place_and_the_others_are_done(
    as_coach: Client, host: Host, closed: Booking, book: Book
) -> None:
    other = book(at(3, 14), name="Bas Hoekstra", email="bas@voorbeeld.nl")
    third = book(at(3, 16), name="Noor Aydin", email="noor@voorbeeld.nl")
    start = choices(as_coach.get(PAGE), closed)[3]
    book(datetime.fromisoformat(start), name="Iemand anders", email="i@voorbeeld.nl")  # just taken
    form = {"call": [closed.pk, other.pk, third.pk]}
    for one, choice in ((closed, start), (other, "cancel"), (third, "keep")):
        form |= {f"{one.pk}-choice": choice, f"{one.pk}-seen": 0}
    response = as_coach.post(PAGE, form)
    page = words(response)
    assert response.status_code == 409
    assert "Die tijd is net bezet. Kies opnieuw." in page
    assert "1 gesprek geannuleerd. De bezoekers krijgen bericht per mail. 1 gesprek blijft staan." in page
    assert "Bas Hoekstra" not in page
    assert "Noor Aydin" not in page
    assert start not in choices(response, closed)
    assert [state[0] for state in states(closed, other)] == ["cancelled", "confirmed"]


def test_a_page_that_grew_old_does_not_cancel_what_the_visitor_moved(
    as_coach: Client, closed: Booking
) -> None:
    lifecycle.move(closed, at(4, 10), by=Booking.By.INVITEE)
    response = as_coach.post(PAGE, decision(closed, "cancel"))
    assert "Sanne Vermeer, vr 27 nov 2026, 10:00: Dit gesprek is intussen veranderd." in words(response)
    assert states(closed) == [("confirmed", at(4, 10), 1)]


@pytest.mark.parametrize("choice", ["", "weg", "2026-13-01", "9999-01-01T00:00:00+00:00", "x" * 500])
def test_nonsense_is_refused_at_the_call(as_coach: Client, closed: Booking, choice: str) -> None:
    response = as_coach.post(PAGE, decision(closed, choice))
    assert response.status_code == 409
    assert BeautifulSoup(response.content, "html.parser").select(".decide.errors .errorlist")
    assert states(closed) == [("confirmed", at(3, 9, 45), 0)]


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "999999"])
def test_a_call_that_is_none_changes_nothing(as_coach: Client, closed: Booking, number: str) -> None:
    assert as_coach.post(PAGE, {"call": number}).status_code == 302
    assert as_coach.post(PAGE, {"call": [closed.pk], f"{closed.pk}-choice": "cancel"}).status_code == 409
    assert states(closed) == [("confirmed", at(3, 9, 45), 0)]


def test_what_is_switched_off_can_be_left_or_cancelled_but_not_moved(
    as_coach: Client, host: Host, call: Booking
) -> None:
    switch_the_kind_off(as_coach, host)
    assert choices(as_coach.get(PAGE), call) == ["keep", "cancel"]


def test_a_call_that_was_left_is_asked_about_again_after_a_move(as_coach: Client, closed: Booking) -> None:
    as_coach.post(PAGE, decision(closed, "keep"))
    lifecycle.move(closed, at(4, 10), by=Booking.By.INVITEE)
    assert outside.calls_outside(at(0, 10)) == []
    DateOverride.objects.create(host=closed.host, on=date(2026, 11, 27))
    assert [one.booking for one in outside.calls_outside(at(0, 10))] == [closed]


def test_a_call_the_coach_put_outside_the_hours_himself_is_not_asked_about(
    as_coach: Client, call: Booking
) -> None:
    lifecycle.move(call, at(3, 19), by=Booking.By.HOST, outside_hours=True)
    assert outside.calls_outside(at(0, 10)) == []


# ---- showing ----------------------------------------------------------------------------------------------
def test_the_first_page_says_how_many_are_undecided(as_coach: Client, closed: Booking) -> None:
    page = words(as_coach.get("/beheer/"))
    assert "1 gesprek valt buiten je werktijden." in page
    assert f'href="{PAGE}"' in page


def test_past_calls_holds_and_cancelled_ones_are_not_listed(
    as_coach: Client, host: Host, call_type: CallType, book: Book
) -> None:
    book(at(-2, 10))
    gone = book(at(3, 10), name="Weg")
    lifecycle.cancel(gone, by=Booking.By.HOST)
    close_thursday(as_coach, host)
    assert outside.calls_outside(at(0, 10)) == []


def test_calls_of_several_coaches_are_listed_together_or_apart(
    as_coach: Client, closed: Booking, call_type: CallType
) -> None:
    other = CallTypeFactory(host__name="Ilse Kramer", host__slug="ilse")
    BookingFactory(call_type=other, start=at(5, 10), name="Bas Hoekstra")
    assert "Ilse Kramer" in words(as_coach.get(PAGE))
    apart = words(as_coach.get(f"{PAGE}?host=ilse"))
    assert "Bas Hoekstra" in apart
    assert "Sanne Vermeer" not in apart


@pytest.mark.usefixtures("page_context")
def test_the_page_asks_as_often_with_one_call_as_with_three(
    as_coach: Client, closed: Booking, book: Book, django_assert_num_queries: Any
) -> None:
    as_coach.get(PAGE)
    with django_assert_num_queries(11):
        as_coach.get(PAGE)
    book(at(3, 12), email="a@voorbeeld.nl")
    book(at(3, 15), email="b@voorbeeld.nl")
    BlockedTime.objects.create(host=closed.host, period=(at(4, 9), at(4, 12)))
    with django_assert_num_queries(11):
        response = as_coach.get(PAGE)
    assert len(response.context["rows"]) == 3


def test_finding_them_is_four_queries_for_any_number_of_coaches(
    closed: Booking, django_assert_num_queries: Any
) -> None:
    for _number in range(3):
        other = CallTypeFactory()
        BookingFactory(call_type=other, start=at(5, 10))
    with django_assert_num_queries(4):
        assert len(outside.calls_outside(at(0, 10))) == 4


@pytest.mark.usefixtures("page_context")
def test_a_hundred_calls_are_shown_fifty_at_a_time(as_coach: Client, host: Host, call_type: CallType) -> None:
    for number in range(60):
        BookingFactory(call_type=call_type, start=at(5, 10) + timedelta(days=7 * number))
    page = as_coach.get(PAGE)
    assert len(page.context["rows"]) == 50
    assert "Hierna volgen er nog 10." in words(page)


def test_the_page_speaks_english(as_coach: Client, coach: User, closed: Booking) -> None:
    with translation.override("en"):
        page = as_coach.get(PAGE, headers={"accept-language": "en"})
    assert page.status_code == 200


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}?host=x", f"{PAGE}?host=" + "y" * 999])
def test_without_calls_the_page_says_so(as_coach: Client, path: str) -> None:
    assert "Geen gesprekken buiten je werktijden" in words(as_coach.get(path))
