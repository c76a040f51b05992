"""Connected calendars in the admin: connect, recognise, and see how it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import CalendarSource, Host
from portal.common import times
from tests.bookings.admin.conftest import at
from tests.bookings.admin.connected.connecting import ADD, LIST, typed, week_of, words
from tests.factories.bookings import (
    BusyTimeFactory,
    CalendarSourceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "https://agenda.example.org/geheim-7/jet.ics",
        "webcal://agenda.example.org/geheim-7/jet.ics",
        "webcals://agenda.example.org/geheim-7/jet.ics",
        " WebCal://agenda.example.org/geheim-7/jet.ics ",
        "HTTPS://agenda.example.org/geheim-7/jet.ics",
        "\u200bhttps://agenda.example.org/\u00a0geheim-7/ jet.ics",
        "<webcal://agenda.example.org/geheim-7/jet.ics>",
    ],
)
def test_a_calendar_is_connected_with_its_address_sealed(as_coach: Client, host: Host, address: str) -> None:
    assert as_coach.post(reverse(ADD), typed(host, address=address)).status_code == 302
    source = CalendarSource.objects.get()
    assert source.address == "https://agenda.example.org/geheim-7/jet.ics"  # however it was pasted
    assert source.last_tried_at is None
    for page in (reverse(LIST), reverse("admin:bookings_calendarsource_change", args=[source.pk])):
        body = words(as_coach.get(page))
        assert "https://agenda.example.org/…" in body
        assert "geheim-7" not in body


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Vul het adres van de agenda in."),
        ("http://agenda.example.org/", "Probeer het met https://."),
        ("agenda", "Een adres begint met https://."),
        ("ftp://agenda.example.org/", "Een adres begint met https://."),
        ("https://a:b@example.org/", "Laat de naam en het wachtwoord vóór de @ weg"),
        ("https://x.example.org:8443/", "Dit adres vraagt om poort 8443."),
        ("https://x.example.org:99999/", "Dit adres vraagt om poort 99999."),
        ("https://x.example.org:port/", "Dit adres vraagt om poort port."),
        ("https://localhost/", "Dit adres ligt in je eigen netwerk"),
        ("https://nas.local/jet.ics", "Dit adres ligt in je eigen netwerk"),
        ("https://192.168.1.20/", "Dit adres ligt in je eigen netwerk"),
        ("https://[::1]/", "Dit adres ligt in je eigen netwerk"),
        ("https:///jet.ics", "Dit adres kunnen we niet lezen."),
    ],
)
def test_another_kind_of_address_is_refused_with_what_is_wrong_with_it(
    as_coach: Client, host: Host, address: str, sentence: str
) -> None:
    response = as_coach.post(reverse(ADD), typed(host, address=address))
    assert response.status_code == 200
    assert sentence in words(response)
    assert f'value="{address}"' in words(response) or not address  # nothing typed is lost
    assert not CalendarSource.objects.exists()


def test_an_empty_address_keeps_the_one_there_is(as_coach: Client, host: Host) -> None:
    source = CalendarSourceFactory(host=host, etag='"een"')
    page = reverse("admin:bookings_calendarsource_change", args=[source.pk])
    assert as_coach.post(page, typed(host, address="", name="Werk")).status_code == 302
    kept = CalendarSource.objects.get()
    assert (kept.name, kept.address, kept.etag) == ("Werk", source.address, '"een"')
    as_coach.post(page, typed(host, address="https://andere.example.org/"))
    kept.refresh_from_db()
    assert (kept.address, kept.etag, kept.last_tried_at) == ("https://andere.example.org/", "", None)
    assert kept.last_good_at == source.last_good_at


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "5 minuten geleden"),
        ({"last_good_at": None}, "nog niet gelezen"),
        ({"is_active": False}, "uitgezet"),
        (
            {"last_good_at": timedelta(hours=7), "last_problem": "slow"},
            "Let op: 7 uur geleden. Het lezen duurde te lang",
        ),
        (
            {"last_good_at": timedelta(days=3), "last_problem": "big", "on_stale": "close"},
            "Let op: 3 dagen geleden. De agenda is groter dan 2 MB. "
            "Er worden geen tijden aangeboden tot we de agenda weer kunnen lezen",
        ),
    ],
)
def test_the_list_says_how_old_it_is_and_what_follows(
    as_coach: Client, host: Host, monday: Any, fields: dict[str, Any], expected: str
) -> None:
    at = fields.get("last_good_at")
    moments = {"last_good_at": times.now() - at} if isinstance(at, timedelta) else {}
    BusyTimeFactory(source=CalendarSourceFactory(host=host, **(fields | moments)))
    body = words(as_coach.get(reverse(LIST)))
    assert expected in body
    assert '<td class="field-found">1 bezette tijd</td>' in body


def test_the_first_page_names_a_calendar_that_cannot_be_read(as_coach: Client, host: Host) -> None:
    source = CalendarSourceFactory(host=host, last_problem="answer")
    heading = "De gekoppelde agenda ‘Eigen agenda’ is al uren niet gelezen."
    assert heading not in words(as_coach.get(reverse("admin:index")))
    CalendarSource.objects.update(last_good_at=times.now() - timedelta(hours=6))
    body = words(as_coach.get(reverse("admin:index")))
    assert heading in body
    assert reverse("admin:bookings_calendarsource_change", args=[source.pk]) in body


def test_the_week_shows_imported_time_and_says_what_it_costs(
    as_coach: Client, host: Host, monday: Any
) -> None:
    busy = BusyTimeFactory(source=CalendarSourceFactory(host=host), period=(at(3, 9), at(3, 12)))
    BusyTimeFactory(
        source=CalendarSourceFactory(host=host, name="Oud", is_active=False), period=(at(3, 13), at(3, 14))
    )
    body = week_of(as_coach, "2026-11-26")
    assert "weg door geblokkeerde of bezette tijd" in body
    assert "09:00 Bezet in Eigen agenda" in body
    assert f'href="{busy.source.admin_page}"' in body
    assert "Oud" not in body


def test_the_week_says_that_a_calendar_closes_the_day(as_coach: Client, host: Host, monday: Any) -> None:
    source = CalendarSourceFactory(host=host, on_stale="close", last_good_at=times.now() - timedelta(hours=6))
    body = week_of(as_coach, "2026-11-26")
    assert "Een gekoppelde agenda kan niet gelezen worden." in body
    assert f'href="{source.admin_page}"' in body
    assert "Eigen agenda" in body
    assert "Vrij:" not in body
    CalendarSource.objects.update(on_stale="keep")
    assert "Een gekoppelde agenda kan niet gelezen worden." not in week_of(as_coach, "2026-11-26")
