"""Two windows at once, dates and blocks that are over, days ahead or two dates, zones that are gone."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import psycopg
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.urls import reverse

from bookings.availability import calendar
from bookings.calls import lifecycle
from bookings.models import BlockedTime, CallType, DateOverride, Host
from portal.common import times, tokens
from portal.common.ids import new_public_id
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.week.test_calendar import (
    ADD_BLOCK,
    ADD_DATE,
    formset,
    hours_of,
    other_hours,
    week,
    words,
)
from tests.bookings.browsing import starts_on
from tests.bookings.people import details
from tests.factories.assessments import UserFactory

pytestmark = pytest.mark.django_db


def page_of(host: Host) -> str:
    return reverse("admin:bookings_host_change", args=[host.pk])


# ---- who it is ---------------------------------------------------------------------------------------------
def test_the_account_of_a_coach_is_chosen_among_those_who_work_here(as_superuser: Client, host: Host) -> None:
    UserFactory(email="bezoeker@voorbeeld.nl", name="Noor de Bezoeker")
    assert host.user
    choices = BeautifulSoup(as_superuser.get(page_of(host)).content, "html.parser").select("#id_user option")
    assert str(host.user) in [choice.text for choice in choices]
    assert "Noor de Bezoeker" not in [choice.text for choice in choices]


def test_the_address_of_a_coach_is_kept_as_every_address_is(as_coach: Client, host: Host) -> None:
    sent = {"name": host.name, "slug": host.slug, "time_zone": "Europe/Amsterdam", "is_active": "on"}
    assert as_coach.post(page_of(host), sent | {"email": "JET@Bücher.example"}).status_code == 302
    host.refresh_from_db()
    assert host.email == "jet@xn--bcher-kva.example"
    refused = as_coach.post(page_of(host), sent | {"email": '"<x>"@voorbeeld.nl'})
    assert "Dat lijkt geen e-mailadres." in words(refused)


# ---- two windows -------------------------------------------------------------------------------------------
def test_hours_that_another_window_added_are_named_and_nothing_typed_is_lost(
    as_coach: Client, host: Host
) -> None:
    first, second = week(host, (6, "10:00", "12:00")), week(host, (6, "11:00", "13:00"))
    assert as_coach.post(hours_of(host), first).status_code == 302
    response = as_coach.post(hours_of(host), second)
    assert response.status_code == 200
    assert "zaterdag 10:00–12:00 en zaterdag 11:00–13:00 overlappen; een van de twee" in words(response)
    assert 'value="13:00"' in words(response)
    assert host.rules.filter(weekday=6).count() == 1


def test_hours_that_another_window_took_away_are_said_to_be_gone(as_coach: Client, host: Host) -> None:
    first, second = week(host, without=(5,)), week(host, (6, "11:00", "13:00"))
    as_coach.post(hours_of(host), first)
    response = as_coach.post(hours_of(host), second)
    assert "Deze tijden zijn in een ander venster veranderd." in words(response)
    assert host.rules.count() == 4


def test_one_form_moves_two_windows_past_each_other(as_coach: Client, host: Host) -> None:
    host.rules.all().delete()
    host.rules.create(weekday=1, start_time="09:00", end_time="12:00")
    host.rules.create(weekday=1, start_time="13:00", end_time="17:00")
    data = week(host) | {"rules-0-end_time": "14:00", "rules-1-start_time": "14:00"}
    assert as_coach.post(hours_of(host), data).status_code == 302
    assert [str(rule) for rule in host.rules.all()] == ["maandag 09:00–14:00", "maandag 14:00–17:00"]


def test_seconds_count_in_the_form_as_in_the_database(as_coach: Client, host: Host) -> None:
    response = as_coach.post(hours_of(host), week(host, (1, "16:59:59", "18:00")))
    assert "overlappen." in words(response)
    assert as_coach.post(hours_of(host), week(host, (1, "17:00:00.4", "18:00"))).status_code == 200
    assert host.rules.count() == 5


def test_hours_of_a_date_that_another_window_added_are_named(
    as_coach: Client, host: Host, monday: Any
) -> None:
    override = DateOverride.objects.create(host=host, on=date(2026, 11, 28))
    page = reverse("admin:bookings_dateoverride_change", args=[override.pk])
    override.windows.create(start_time="10:00", end_time="12:00")
    row = {"id": "", "override": override.pk, "start_time": "11:00", "end_time": "13:00"}
    data = {"host": host.pk, "on": "2026-11-28"} | formset("windows", [row])
    assert "10:00–12:00 en 11:00–13:00 overlappen; een van de twee" in words(as_coach.post(page, data))
    closed = data | formset("windows", [row | {"start_time": "", "end_time": ""}]) | {"is_closed": "on"}
    assert "in een ander venster veranderd" in words(as_coach.post(page, closed))
    assert override.windows.count() == 1


@pytest.mark.django_db(transaction=True)
def test_hours_are_not_saved_while_somebody_else_has_the_calendar(as_coach: Client, host: Host) -> None:
    given = connection.get_connection_params()
    known = {name: given[name] for name in ("host", "port", "user", "password", "dbname") if given.get(name)}
    with psycopg.connect(**known) as other:
        other.execute("SELECT 1 FROM bookings_host WHERE id = %s FOR UPDATE", [host.pk])
        response = as_coach.post(hours_of(host), week(host, (6, "11:00", "13:00")))
        other.rollback()
    assert "Iemand anders wijzigt deze agenda op dit moment." in words(response)
    assert 'value="13:00"' in words(response)
    assert host.rules.count() == 5


# ---- over -------------------------------------------------------------------------------------------------
def test_other_hours_on_a_date_that_is_over_are_refused(as_coach: Client, host: Host, monday: Any) -> None:
    response = as_coach.post(ADD_DATE, other_hours(host, "2026-11-22", ("10:00", "12:00")))
    assert "22 november 2026 is voorbij, dus andere tijden veranderen daar niets meer." in words(response)
    assert 'value="10:00"' in words(response)
    assert not DateOverride.objects.exists()
    assert as_coach.post(ADD_DATE, other_hours(host, "2026-11-23", closed=True)).status_code == 302  # today


def test_today_is_the_coachs_today(as_coach: Client, host: Host, monday: Any) -> None:
    Host.objects.update(time_zone="Pacific/Auckland")  # Monday 22:00 there
    monday_there = times.local(times.now(), "Pacific/Auckland").date()
    assert as_coach.post(ADD_DATE, other_hours(host, f"{monday_there}", closed=True)).status_code == 302


def test_a_date_that_is_over_can_be_opened_kept_and_deleted(
    as_coach: Client, host: Host, monday: Any
) -> None:
    old = DateOverride.objects.create(host=host, on=date(2026, 11, 2))
    page = reverse("admin:bookings_dateoverride_change", args=[old.pk])
    assert as_coach.get(page).status_code == 200
    assert as_coach.post(page, other_hours(host, "2026-11-02", closed=True)).status_code == 302
    assert as_coach.post(page, other_hours(host, "2026-11-03", closed=True)).status_code == 200
    assert (
        as_coach.post(
            reverse("admin:bookings_dateoverride_delete", args=[old.pk]), {"post": "yes"}
        ).status_code
        == 302
    )
    assert not DateOverride.objects.exists()


def test_blocking_time_that_is_over_is_refused_and_an_old_block_keeps_its_reason_editable(
    as_coach: Client, host: Host, monday: Any
) -> None:
    typed = {"host": host.pk, "start_on": "2026-11-20", "all_day": "on", "reason": "vrij"}
    assert "Die tijd is al voorbij" in words(as_coach.post(ADD_BLOCK, typed))
    assert not BlockedTime.objects.exists()
    old = BlockedTime.objects.create(host=host, period=(at(-3, 0), at(-2, 0)))
    page = reverse("admin:bookings_blockedtime_change", args=[old.pk])
    assert as_coach.post(page, typed).status_code == 302
    old.refresh_from_db()
    assert old.reason == "vrij"


# ---- days ahead or two dates -----------------------------------------------------------------------------
def kind_of_call(call_type: CallType, **changes: Any) -> dict[str, Any]:
    """The form of a kind of call as the browser sends it."""
    names = [name for name in vars(call_type) if not name.startswith("_") and name not in {"id", "host_id"}]
    data = {name: "" if getattr(call_type, name) is None else getattr(call_type, name) for name in names}
    return data | {"host": call_type.host_id} | changes


def change(client: Client, call_type: CallType, **changes: Any) -> Any:
    page = reverse("admin:bookings_calltype_change", args=[call_type.pk])
    response = client.post(page, kind_of_call(call_type, **changes))
    call_type.refresh_from_db()
    return response


def ahead(call_type: CallType) -> tuple[int | None, date | None, date | None]:
    return call_type.horizon_days, call_type.first_on, call_type.last_on


def test_the_choice_says_which_counts_and_the_other_is_forgotten(
    as_coach: Client, call_type: CallType
) -> None:
    dates = {"first_on": "2027-01-01", "last_on": "2027-03-31"}
    assert change(as_coach, call_type, ahead="dates", **dates).status_code == 302
    assert ahead(call_type) == (None, date(2027, 1, 1), date(2027, 3, 31))
    page = reverse("admin:bookings_calltype_change", args=[call_type.pk])
    chosen = BeautifulSoup(as_coach.get(page).content, "html.parser").select("input[name=ahead][checked]")
    assert [field["value"] for field in chosen] == ["dates"]
    assert change(as_coach, call_type, ahead="days", horizon_days="45").status_code == 302
    assert ahead(call_type) == (45, None, None)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ahead": "days", "horizon_days": ""}, "Vul in hoeveel dagen vooruit"),
        ({"ahead": "days", "horizon_days": "0"}, "Dat is te kort: minstens 1 dag."),
        ({"ahead": "days", "horizon_days": "366"}, "Dat is te lang: hoogstens 365 dagen."),
        ({"ahead": "dates", "first_on": "2027-01-01"}, "Kies een datum."),
        ({"ahead": "dates", "last_on": "2027-01-01"}, "Kies een datum."),
        ({"ahead": "dates", "first_on": "2027-01-02", "last_on": "2027-01-01"}, "niet vóór de eerste"),
        ({"ahead": "dates", "first_on": "2027-01-02", "last_on": "2028-01-03"}, "langer dan een jaar"),
        ({"ahead": "dates", "first_on": "ooit", "last_on": "2028-01-03"}, "Dat is geen datum."),
        ({"ahead": "eens"}, "eens"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(
    as_coach: Client, call_type: CallType, typed: dict[str, str], sentence: str
) -> None:
    response = change(as_coach, call_type, name_nl="Ander gesprek", **typed)
    assert response.status_code == 200
    assert sentence in words(response)
    page = BeautifulSoup(response.content, "html.parser")
    for name, value in typed.items():
        if name != "ahead":
            assert page.select_one(f"input[name={name}]").get("value", "") == value
    assert page.select_one("input[name=name_nl]")["value"] == "Ander gesprek"
    assert ahead(call_type) == (30, None, None)


def test_what_does_not_count_is_not_judged(as_coach: Client, call_type: CallType) -> None:
    assert change(as_coach, call_type, ahead="days", horizon_days="20", first_on="onzin").status_code == 302
    dates = {"first_on": "2027-01-01", "last_on": "2027-12-31"}
    assert change(as_coach, call_type, ahead="dates", horizon_days="0", **dates).status_code == 302
    assert ahead(call_type)[0] is None


@pytest.mark.parametrize(
    ("day", "sentence"), [("2026-11-30", "Buiten de data."), ("2026-12-02", "Binnen de boekingstermijn.")]
)
def test_the_week_says_that_a_day_lies_outside_the_dates(
    as_coach: Client, call_type: CallType, monday: Any, day: str, sentence: str
) -> None:
    CallType.objects.update(horizon_days=None, first_on=date(2026, 12, 1), last_on=date(2026, 12, 4))
    page = words(as_coach.get(reverse("admin:bookings_booking_week"), {"day": day, "why": "1"}))
    assert sentence in page
    if sentence == "Buiten de data.":
        assert "Er kan geboekt worden van 1 december 2026 tot en met 4 december 2026." in page


# ---- a zone that is gone -----------------------------------------------------------------------------------
@pytest.fixture
def gone(host: Host) -> Host:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bookings_host SET time_zone = 'Europe/Atlantis' WHERE id = %s", [host.pk])
    host.refresh_from_db()
    return host


def test_the_form_names_a_zone_that_is_gone_and_asks_for_another(as_coach: Client, gone: Host) -> None:
    page = as_coach.get(page_of(gone))
    assert "De tijdzone ‘Europe/Atlantis’ bestaat niet meer, dus er kan niets geboekt worden." in words(page)
    select = BeautifulSoup(page.content, "html.parser").select_one("select[name=time_zone]")
    assert select.select("option")[0].get_text() == "Kies een tijdzone"
    assert as_coach.post(page_of(gone), week(gone) | {"time_zone": ""}).status_code == 200
    assert as_coach.post(page_of(gone), week(gone) | {"time_zone": "Europe/London"}).status_code == 302


def test_no_page_fails_when_the_zone_of_the_coach_is_gone(
    as_superuser: Client, gone: Host, call_type: CallType, book: Book, monday: Any
) -> None:
    booking = book(at(3, 9, 45))
    DateOverride.objects.create(host=gone, on=date(2026, 11, 27)).windows.create(
        start_time="10:00", end_time="12:00"
    )
    BlockedTime.objects.create(host=gone, period=(at(2, 9), at(2, 12)))
    paths = ["admin:index", "admin:bookings_booking_week", "admin:bookings_booking_outside"]
    paths += ["admin:bookings_dateoverride_holidays"]
    paths += [
        f"admin:bookings_{name}_changelist" for name in ("booking", "host", "dateoverride", "blockedtime")
    ]
    paths = [reverse(path) for path in paths]
    paths += [
        reverse(f"admin:bookings_booking_{name}", args=[booking.pk]) for name in ("change", "move", "cancel")
    ]
    paths += [reverse("admin:bookings_blockedtime_change", args=[BlockedTime.objects.get().pk])]
    for path in paths:
        assert as_superuser.get(path).status_code == 200, path


def test_no_call_is_put_on_a_moment_while_the_zone_of_the_coach_is_gone(
    as_superuser: Client, gone: Host, call_type: CallType, book: Book, monday: Any
) -> None:
    booking = book(at(3, 9, 45))
    page = reverse("admin:bookings_booking_move", args=[booking.pk])
    own = {"own_on": "2026-11-27", "own_time": "10:00"}
    asked = as_superuser.get(page, {"on": own["own_on"], "at": own["own_time"]})
    for answer, status in ((asked, 200), (as_superuser.post(page, own), 422)):
        assert answer.status_code == status
        assert "De tijdzone van deze coach bestaat niet meer. Kies eerst een andere." in words(answer)
    booking.refresh_from_db()
    assert booking.start_at == at(3, 9, 45)


def test_no_public_page_fails_when_the_zone_of_the_coach_is_gone(
    visitor: Client, call_type: CallType, monday: Any
) -> None:
    start = calendar.free_slots(call_type)[8].start
    booking = lifecycle.confirm(
        call_type, start, visitor="v", details=details(), user=None, key=new_public_id()
    )  # fmt: skip
    visitor.post(reverse("bookings:hold"), {"start": calendar.free_slots(call_type)[0].start.isoformat()})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bookings_host SET time_zone = 'Europe/Atlantis'")
    wanted = {"slots": 200, "zone": 200, "details": 200, "lost": 409, "already": 200}
    for name, status in wanted.items():
        assert visitor.get(reverse(f"bookings:{name}"), follow=True).status_code == status, name
    late = visitor.post(reverse("bookings:hold"), {"start": start.isoformat()})
    assert (late.status_code, starts_on(late)) == (409, [])
    assert starts_on(visitor.get(reverse("bookings:slots"))) == []
    assert visitor.get("/").status_code == 200
    link = tokens.make("bookings.manage", booking.public_id, booking.manage_generation)
    manage = visitor.get(reverse("bookings:manage_link", args=[booking.public_id, link]), follow=True)
    assert manage.status_code == 200
    for name in ("manage", "done", "invite", "move"):
        assert visitor.get(reverse(f"bookings:{name}", args=[booking.public_id])).status_code == 200, name
    feed = [booking.host.public_id, tokens.make("bookings.feed", booking.host.public_id)]
    assert visitor.get(reverse("feeds:calls", args=feed)).status_code == 200


def test_the_whole_day_is_still_00_00_to_00_00(as_coach: Client, host: Host) -> None:
    assert as_coach.post(hours_of(host), week(host, (6, "00:00", "00:00"))).status_code == 302
    assert host.rules.get(weekday=6).end_time == time(0)
