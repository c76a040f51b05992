"""Hours, dates, blocked time and kinds of call, as the coach types them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.admin.forms.hours import first_overlap
from bookings.availability import calendar
from bookings.models import BlockedTime, CallType, DateOverride, Host
from tests.bookings.admin.conftest import Book, at

pytestmark = pytest.mark.django_db


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def formset(prefix: str, rows: list[dict[str, Any]], initial: int = 0) -> dict[str, Any]:
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def hours_of(host: Host) -> str:
    return f"{reverse('admin:bookings_host_hours')}?host={host.slug}"


# ---- weekly hours -------------------------------------------------------------------------------------
def week(host: Host, *added: tuple[int, str, str], without: tuple[int, ...] = ()) -> dict[str, Any]:
    """The form of a host as the browser sends it: what is there, without some days, and new rows."""
    rules = list(host.rules.all())
    rows: list[dict[str, Any]] = [
        {
            "id": rule.pk,
            "host": host.pk,
            "weekday": rule.weekday,
            "start_time": f"{rule.start_time:%H:%M}",
            "end_time": f"{rule.end_time:%H:%M}",
            **({"DELETE": "on"} if rule.weekday in without else {}),
        }
        for rule in rules
    ]
    rows += [
        {"id": "", "host": host.pk, "weekday": day, "start_time": start, "end_time": end}
        for day, start, end in added
    ]
    kept = {"name": host.name, "email": host.email, "slug": host.slug, "user": host.user_id or ""}
    return kept | {"time_zone": host.time_zone, "is_active": "on"} | formset("rules", rows, len(rules))


def test_weekly_hours_are_one_form(as_coach: Client, host: Host) -> None:
    page = hours_of(host)
    data = week(host, (6, "10:00", "12:00"), without=(5,))
    assert as_coach.post(page, data).status_code == 302
    assert [str(rule.weekday) for rule in host.rules.all()] == ["1", "2", "3", "4", "6"]


def test_hours_that_overlap_are_explained(as_coach: Client, host: Host) -> None:
    page = hours_of(host)
    response = as_coach.post(page, week(host, (1, "16:00", "18:00")))
    assert "maandag 09:00–17:00 en maandag 16:00–18:00 overlappen." in words(response)
    assert 'value="16:00"' in words(response)  # nothing typed is lost
    assert host.rules.count() == 5


@pytest.mark.parametrize("day", ["", "8", "maandag"])
def test_hours_without_a_day_are_refused_and_stay(as_coach: Client, host: Host, day: Any) -> None:
    page = hours_of(host)
    response = as_coach.post(page, week(host, (day, "19:00", "20:00")))
    assert response.status_code == 200
    assert 'value="19:00"' in words(response)
    assert host.rules.count() == 5


def test_hours_that_end_where_they_start_are_refused(as_coach: Client, host: Host) -> None:
    page = hours_of(host)
    response = as_coach.post(page, week(host, (6, "10:00", "10:00")))
    assert response.status_code == 200
    assert "00:00 tot 00:00 is de hele dag" in words(response)
    assert host.rules.count() == 5


@pytest.mark.parametrize("typed", ["25:00", "negen", "9.5.1", ""])
def test_a_time_that_is_none_is_refused_in_a_sentence(as_coach: Client, host: Host, typed: str) -> None:
    page = hours_of(host)
    response = as_coach.post(page, week(host, (6, typed, "12:00")))
    assert response.status_code == 200
    assert host.rules.count() == 5


@pytest.mark.parametrize(
    ("hours", "clash"),
    [
        ([(1, 9, 12), (1, 12, 17)], False),
        ([(1, 9, 12), (1, 11, 17)], True),
        ([(5, 22, 2), (6, 1, 3)], True),
        ([(5, 22, 2), (6, 2, 3)], False),
        ([(7, 22, 2), (1, 1, 3)], True),
        ([(7, 22, 2), (1, 2, 3)], False),
        ([(1, 0, 0), (2, 0, 0)], False),
        ([(1, 0, 0), (1, 9, 10)], True),
    ],
)
def test_overlap_knows_nights_and_the_week_as_a_circle(
    hours: list[tuple[int, int, int]], clash: bool
) -> None:
    laid = [(day, time(start), time(end)) for day, start, end in hours]
    assert (first_overlap(laid) is not None) == clash


def test_another_zone_lists_the_calls_that_keep_their_moment(
    as_coach: Client, host: Host, book: Book, monday: Any
) -> None:
    booking = book(at(3, 9, 45))
    page = reverse("admin:bookings_host_change", args=[host.pk])
    response = as_coach.post(page, week(host) | {"time_zone": "Europe/London"}, follow=True)
    assert "Sanne Vermeer, do 26 nov 2026, 08:45" in words(response)
    booking.refresh_from_db()
    assert booking.start_at == at(3, 9, 45)


def test_an_unknown_zone_is_refused(as_coach: Client, host: Host) -> None:
    page = reverse("admin:bookings_host_change", args=[host.pk])
    assert as_coach.post(page, week(host) | {"time_zone": "Mars/Base"}).status_code == 200
    host.refresh_from_db()
    assert host.time_zone == "Europe/Amsterdam"


# ---- what calls hang on ---------------------------------------------------------------------------------
def test_a_coach_with_calls_ahead_is_not_deleted_and_they_are_listed(
    as_superuser: Client, host: Host, book: Book, monday: Any
) -> None:
    book(at(3, 9, 45))
    page = reverse("admin:bookings_host_delete", args=[host.pk])
    for response in (as_superuser.get(page), as_superuser.post(page, {"post": "yes"})):
        assert response.status_code == 409
        assert "Sanne Vermeer, do 26 nov 2026, 09:45" in words(response)
    assert Host.objects.exists()


def test_a_coach_of_past_calls_stays_with_them_also_when_nobody_is_named_any_more(
    as_superuser: Client, host: Host, book: Book, monday: Any
) -> None:
    """A call without its coach says nothing, and a coach who is kept costs nothing."""
    book(at(-7, 10), status="completed")
    nameless = book(
        at(-14, 10), status="cancelled", name="", email="", cancelled_at=at(-15, 10), cancelled_by="host"
    )
    response = as_superuser.post(reverse("admin:bookings_host_delete", args=[host.pk]), {"post": "yes"})
    assert response.status_code == 409
    assert "2 gesprekken zijn geweest" in words(response)
    assert nameless in host.bookings.all()
    assert host.bookings.count() == 2


def test_a_kind_of_call_that_was_used_is_kept_and_one_that_was_not_may_go(
    as_coach: Client, call_type: CallType, book: Book, monday: Any
) -> None:
    other = CallType.objects.create(
        host=call_type.host, slug="kort", name_nl="Kort", name_en="Short", location_nl="x", location_en="x"
    )
    book(at(3, 9, 45))
    kept = reverse("admin:bookings_calltype_delete", args=[call_type.pk])
    gone = reverse("admin:bookings_calltype_delete", args=[other.pk])
    assert as_coach.post(kept, {"post": "yes"}).status_code == 409
    assert as_coach.post(gone, {"post": "yes"}).status_code == 302
    assert list(CallType.objects.all()) == [call_type]


def test_the_coach_sees_the_buffers_drawn(as_coach: Client, call_type: CallType) -> None:
    CallType.objects.update(buffer_before_minutes=10, buffer_after_minutes=25)
    page = words(as_coach.get(reverse("admin:bookings_calltype_change", args=[call_type.pk])))
    assert "10 vóór en 25 na elk gesprek" in page
    assert "minstens 35 minuten" in page
    assert page.count('<rect class="buffer"') == 4


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration_minutes", "0"),
        ("buffer_before_minutes", "9999"),
        ("horizon_days", "0"),
        ("duration_minutes", "x"),
    ],
)
def test_lengths_that_make_no_sense_are_refused(
    as_coach: Client, call_type: CallType, field: str, value: str
) -> None:
    names = [name for name in vars(call_type) if not name.startswith("_") and name not in {"id", "host_id"}]
    data = {name: getattr(call_type, name) for name in names}
    data = {name: value for name, value in data.items() if value is not None} | {"host": call_type.host_id}
    page = reverse("admin:bookings_calltype_change", args=[call_type.pk])
    assert as_coach.post(page, data).status_code == 302
    assert as_coach.post(page, data | {field: value}).status_code == 200
    call_type.refresh_from_db()
    assert call_type.duration_minutes == 30


# ---- one date -------------------------------------------------------------------------------------------
def other_hours(host: Host, on: str, *hours: tuple[str, str], closed: bool = False) -> dict[str, Any]:
    rows = [{"id": "", "override": "", "start_time": start, "end_time": end} for start, end in hours]
    rows += [{"id": "", "override": "", "start_time": "", "end_time": ""}]
    data = {"host": host.pk, "on": on} | formset("windows", rows)
    return data | ({"is_closed": "on"} if closed else {})


ADD_DATE = "/beheer/bookings/dateoverride/add/"


def test_a_date_can_be_closed(as_coach: Client, host: Host, call_type: CallType, monday: Any) -> None:
    assert as_coach.post(ADD_DATE, other_hours(host, "2026-11-26", closed=True)).status_code == 302
    assert DateOverride.objects.get().windows.count() == 0
    days = {slot.start.date() for slot in calendar.free_slots(call_type)}
    assert date(2026, 11, 26) not in days
    assert date(2026, 11, 27) in days


def test_a_date_can_have_other_hours(as_coach: Client, host: Host, call_type: CallType, monday: Any) -> None:
    data = other_hours(host, "2026-11-28", ("10:00", "11:00"), ("13:00", "14:00"))
    assert as_coach.post(ADD_DATE, data).status_code == 302
    starts = [f"{slot.start:%H:%M}" for slot in calendar.free_slots(call_type) if slot.start.day == 28]
    assert starts == ["09:00", "09:30", "12:00", "12:30"]  # UTC


@pytest.mark.parametrize(
    ("hours", "closed", "sentence"),
    [
        ([("10:00", "11:00")], True, "Hele dag gesloten, of andere tijden: kies een van de twee."),
        ([], False, "Vul de tijden van deze dag in"),
        ([("10:00", "12:00"), ("11:00", "13:00")], False, "10:00–12:00 en 11:00–13:00 overlappen."),
    ],
)
def test_a_date_says_clearly_what_it_is(
    as_coach: Client, host: Host, monday: Any, hours: list[tuple[str, str]], closed: bool, sentence: str
) -> None:
    response = as_coach.post(ADD_DATE, other_hours(host, "2026-11-26", *hours, closed=closed))
    assert sentence in words(response)
    assert not DateOverride.objects.exists()


def test_pages_of_a_date_and_of_a_block_are_named_in_words_by_the_coachs_clock(
    as_coach: Client, host: Host, monday: Any
) -> None:
    date_of_its_own = DateOverride.objects.create(host=host, on=date(2026, 12, 10))
    block = BlockedTime.objects.create(host=host, period=(at(3, 23, 30), at(4, 1)))
    for row, name in ((date_of_its_own, "Donderdag 10 december 2026"), (block, "Do 26 nov 2026, 23:30")):
        page = reverse(f"admin:bookings_{row._meta.model_name}_change", args=[row.pk])
        assert f"<h1>{name}</h1>" in words(as_coach.get(page))


@pytest.mark.parametrize("typed", ["", "ooit", "2026-02-30", "9999-01-01", "0001-01-01"])
def test_a_date_that_is_none_is_refused(as_coach: Client, host: Host, typed: str) -> None:
    assert as_coach.post(ADD_DATE, other_hours(host, typed, closed=True)).status_code == 200
    assert not DateOverride.objects.exists()


def test_the_same_date_twice_is_refused(as_coach: Client, host: Host, monday: Any) -> None:
    as_coach.post(ADD_DATE, other_hours(host, "2026-11-26", closed=True))
    response = as_coach.post(ADD_DATE, other_hours(host, "2026-11-26", closed=True))
    assert "Deze datum heeft al" in words(response)
    assert DateOverride.objects.count() == 1


# ---- blocked time -----------------------------------------------------------------------------------------
ADD_BLOCK = "/beheer/bookings/blockedtime/add/"


def block(client: Client, host: Host, **typed: str) -> Any:
    return client.post(ADD_BLOCK, {"host": host.pk, "reason": "tandarts"} | typed)


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        (
            {"start_on": "2026-11-25", "start_time": "14:00", "end_time": "17:30"},
            datetime(2026, 11, 25, 13, tzinfo=UTC),
            datetime(2026, 11, 25, 16, 30, tzinfo=UTC),
        ),
        (
            {"start_on": "2026-11-25", "start_time": "18:00", "end_time": "00:00"},
            datetime(2026, 11, 25, 17, tzinfo=UTC),
            datetime(2026, 11, 25, 23, tzinfo=UTC),
        ),
        (
            {"start_on": "2027-03-28", "all_day": "on"},  # a day of 23 hours
            datetime(2027, 3, 27, 23, tzinfo=UTC),
            datetime(2027, 3, 28, 22, tzinfo=UTC),
        ),
        (
            {"start_on": "2026-12-24", "end_on": "2027-01-01", "all_day": "on", "start_time": "10:00"},
            datetime(2026, 12, 23, 23, tzinfo=UTC),
            datetime(2027, 1, 1, 23, tzinfo=UTC),
        ),
        (
            {"start_on": "2027-10-31", "start_time": "02:30", "end_time": "02:45"},  # both of these hours
            datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
            datetime(2027, 10, 31, 1, 45, tzinfo=UTC),
        ),
    ],
)
def test_blocked_time_is_typed_in_the_coachs_clock(
    as_coach: Client, host: Host, monday: Any, typed: dict[str, str], start: datetime, end: datetime
) -> None:
    assert block(as_coach, host, **typed).status_code == 302
    blocked = BlockedTime.objects.get()
    assert (blocked.start_at, blocked.end_at) == (start, end)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"start_on": "2027-03-28", "start_time": "02:30", "end_time": "05:00"}, "slaat de klok 02:30 over"),
        ({"start_on": "2026-11-25"}, "Vul een tijd in, of vink ‘hele dagen’ aan."),
        ({"start_on": "2026-11-25", "start_time": "14:00", "end_time": "13:00"}, "Het einde"),
        ({"start_on": "2026-11-25", "end_on": "2026-11-24", "all_day": "on"}, "Het einde"),
        ({"start_on": "2026-11-25", "end_on": "2028-11-24", "all_day": "on"}, "Dat is langer dan een jaar."),
        ({"start_on": "", "start_time": "14:00", "end_time": "15:00"}, "Kies een datum."),
        ({"start_on": "31-31-2026", "all_day": "on"}, "Dat is geen datum."),
        ({"start_on": "9998-12-31", "all_day": "on"}, "Die datum ligt te ver weg."),
        ({"start_on": "2026-11-25", "start_time": "half", "end_time": "15:00"}, "Dat is geen tijd."),
    ],
)
def test_blocked_time_that_cannot_be_is_refused_in_a_sentence(
    as_coach: Client, host: Host, monday: Any, typed: dict[str, str], sentence: str
) -> None:
    response = block(as_coach, host, **typed)
    assert response.status_code == 200
    assert sentence in words(response)
    assert 'value="tandarts"' in words(response)
    assert not BlockedTime.objects.exists()


def test_blocked_time_is_shown_as_it_was_typed(as_coach: Client, host: Host, monday: Any) -> None:
    block(as_coach, host, start_on="2026-12-24", end_on="2027-01-01", all_day="on")
    page = words(
        as_coach.get(reverse("admin:bookings_blockedtime_change", args=[BlockedTime.objects.get().pk]))
    )
    assert 'value="2026-12-24"' in page
    assert 'value="2027-01-01"' in page
    assert "checked" in page


def test_blocked_time_takes_starts_away(
    as_coach: Client, host: Host, call_type: CallType, monday: Any
) -> None:
    assert block(as_coach, host, start_on="2026-11-26", all_day="on").status_code == 302
    assert date(2026, 11, 26) not in {slot.start.date() for slot in calendar.free_slots(call_type)}
