"""A day's hours copied to other days, on the page of the hours."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.models import Host
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.week.test_calendar import hours_of, week, words
from tests.factories.bookings import HostFactory

pytestmark = [pytest.mark.usefixtures("monday"), pytest.mark.django_db]


def copying(host: Host, source: str, *targets: str, **typed: Any) -> dict[str, Any]:
    return week(host, *typed.get("added", ())) | {
        "_copy": "on",
        "copy_from": source,
        "copy_to": list(targets),
    }


def hours(host: Host, weekday: int) -> list[str]:
    return [f"{rule.start_time:%H:%M}–{rule.end_time:%H:%M}" for rule in host.rules.filter(weekday=weekday)]


def test_the_hours_are_one_click_away_and_no_longer_below_the_coach(as_coach: Client, host: Host) -> None:
    page = words(as_coach.get(reverse("admin:bookings_host_hours")))
    assert f"Werktijden van {host.name}" in page
    assert "rules-TOTAL_FORMS" in page
    below = words(as_coach.get(reverse("admin:bookings_host_change", args=[host.pk])))
    assert "rules-TOTAL_FORMS" not in below
    assert f"{reverse('admin:bookings_host_hours')}?host={host.slug}" in below


def test_a_day_is_copied_with_what_was_typed_in_the_same_form(as_coach: Client, host: Host) -> None:
    host.rules.filter(weekday=1).delete()
    added = ((1, "09:00", "12:00"), (1, "13:00", "15:00"))
    answer = as_coach.post(hours_of(host), copying(host, "1", "2", "6", "1", added=added), follow=True)
    assert "Je werktijden zijn opgeslagen." in words(answer)
    for day in (1, 2, 6):
        assert hours(host, day) == ["09:00–12:00", "13:00–15:00"]
    assert hours(host, 3) == ["09:00–17:00"]


def test_a_free_day_can_be_copied_too(as_coach: Client, host: Host) -> None:
    as_coach.post(hours_of(host), copying(host, "7", "1", "2"))
    assert {rule.weekday for rule in host.rules.all()} == {3, 4, 5}


def test_a_night_that_runs_into_the_copied_day_is_named_and_nothing_is_lost(
    as_coach: Client, host: Host
) -> None:
    data = copying(host, "6", "7", added=((6, "22:00", "10:00"), (7, "09:00", "11:00")))
    answer = as_coach.post(
        hours_of(host), data
    )  # Saturday's night runs into Sunday's, and Sunday's into Monday's
    assert answer.status_code == 200
    assert "overlappen." in words(answer)
    assert 'value="22:00"' in words(answer)
    soup = BeautifulSoup(answer.content, "html.parser")
    assert [box["value"] for box in soup.select("[name=copy_to][checked]")] == ["7"]
    assert soup.select_one("[name=copy_from] option[selected]")["value"] == "6"
    assert host.rules.count() == 5


@pytest.mark.parametrize(
    ("source", "targets"), [("", ["2"]), ("9", ["2"]), ("x", ["2"]), ("1", ["0", "x"]), ("1", [])]
)
def test_nonsense_copies_nothing(as_coach: Client, host: Host, source: str, targets: list[str]) -> None:
    assert as_coach.post(hours_of(host), copying(host, source, *targets)).status_code == 302
    assert host.rules.count() == 5


def test_hours_that_another_window_added_on_a_copied_day_are_not_swept_away(
    as_coach: Client, host: Host
) -> None:
    data = copying(host, "1", "6")
    host.rules.create(weekday=6, start_time="18:00", end_time="20:00")
    as_coach.post(hours_of(host), data)
    assert hours(host, 6) == ["09:00–17:00", "18:00–20:00"]


def test_calls_that_fall_outside_after_copying_are_led_to(as_coach: Client, host: Host, book: Book) -> None:
    book(at(3, 9, 45))
    answer = as_coach.post(hours_of(host), copying(host, "7", "4"))
    assert answer.headers["Location"].startswith(reverse("admin:bookings_booking_outside"))


def test_only_the_hours_are_saved_there(as_coach: Client, host: Host) -> None:
    data = week(host) | {"name": "Een ander", "email": "ander@voorbeeld.nl", "is_active": ""}
    as_coach.post(hours_of(host), data)
    before = host.name
    host.refresh_from_db()
    assert (host.name, host.is_active) == (before, True)


def test_another_coach_is_chosen_by_name(as_superuser: Client, host: Host) -> None:
    other = HostFactory(name="Mila")
    assert "Werktijden van Mila" in words(as_superuser.get(hours_of(other)))
    assert f"Werktijden van {host.name}" in words(
        as_superuser.get(reverse("admin:bookings_host_hours"), {"host": "x"})
    )
