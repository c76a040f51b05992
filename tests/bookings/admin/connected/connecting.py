"""What the tests of connected share."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from bookings.models import CalendarSource, Host

LIST = "admin:bookings_calendarsource_changelist"


ADD = "admin:bookings_calendarsource_add"


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def typed(host: Host, **changes: str) -> dict[str, Any]:
    kept = {"host": str(host.pk), "name": "Eigen agenda", "on_stale": "keep", "is_active": "on"}
    kept |= {"unanswered_blocks": "on"}
    kept |= {"kind": "ics", "user_name": "", "password": ""}
    return kept | {"address": "https://agenda.example.org/geheim-7/jet.ics"} | changes


def week_of(client: Client, on: str) -> str:
    return words(client.get(reverse("admin:bookings_booking_week"), {"day": on, "why": "1"}))


def change_page(source: CalendarSource) -> str:
    return reverse("admin:bookings_calendarsource_change", args=[source.pk])
