"""What docs/complaints.md promises and no other file proves."""

from __future__ import annotations

import inspect
import socket
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from bookings.availability import calendar
from bookings.models import CallType
from portal.common import times
from tests.bookings.browsing import hold, starts_on
from tests.factories.bookings import CalendarSourceFactory

TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.mark.django_db
def test_hours_are_kept_as_wall_times_whatever_the_season_they_were_saved_in(
    call_type: CallType, clock: Any
) -> None:
    wednesday = call_type.host.rules.get(weekday=3)
    first_starts = []
    for saved_at, looked_at in (
        (datetime(2027, 7, 1, 10, tzinfo=UTC), datetime(2027, 1, 4, 10, tzinfo=UTC)),
        (datetime(2027, 1, 4, 10, tzinfo=UTC), datetime(2027, 7, 5, 10, tzinfo=UTC)),
    ):
        clock.move_to(saved_at)
        wednesday.save()
        with connection.cursor() as cursor:
            cursor.execute("SELECT start_time FROM bookings_availabilityrule WHERE id = %s", [wednesday.pk])
            assert cursor.fetchone() == (time(9),)
        clock.move_to(looked_at)
        starts = (times.local(slot.start, "Europe/Amsterdam") for slot in calendar.free_slots(call_type))
        first_starts.append(next(at for at in starts if at.isoweekday() == 3))
    assert [f"{at:%H:%M}" for at in first_starts] == ["09:00", "09:00"]
    assert first_starts[0].utcoffset() != first_starts[1].utcoffset()


@pytest.mark.parametrize(
    "writes",
    [times.offset, times.zone_label, times.long_date, times.short_date, times.clock, times.long_span,
     times.short_moment],
)  # fmt: skip
def test_no_moment_is_written_without_naming_a_zone(writes: Any) -> None:
    zone = inspect.signature(writes).parameters["time_zone"]
    assert zone.default is inspect.Parameter.empty


@pytest.mark.parametrize("folder", ["bookings", "emails/bookings"])
def test_no_template_writes_the_moment_of_a_call_by_itself(folder: str) -> None:
    """A template would write it in the zone of the server."""
    files = [path for path in sorted((TEMPLATES / folder).rglob("*.*")) if path.is_file()]
    assert files
    offenders = [
        str(path.relative_to(TEMPLATES))
        for path in files
        if any(
            words in path.read_text(encoding="utf-8")
            for words in ("start_at|", "end_at|", "start_at }}", "end_at }}", "{% now")
        )
    ]
    assert offenders == []


@pytest.mark.django_db
def test_no_page_waits_for_another_calendar(
    call_type: CallType, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connected calendar that was never read, and a network on which every attempt is an error."""
    CalendarSourceFactory(host=call_type.host, last_good_at=None, last_tried_at=None, imported_at=None)

    def refuse(*_arguments: object) -> None:
        raise AssertionError("A page looked for another computer.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    browser = Client()
    start = starts_on(browser.get(reverse("bookings:slots")))[0]
    hold(browser, start)
    assert browser.get(reverse("bookings:details")).status_code == 200


@pytest.mark.django_db
def test_no_page_is_a_frame_or_lets_itself_be_framed(call_type: CallType) -> None:
    response = Client().get(reverse("bookings:slots"))
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    framed = [
        str(path.relative_to(TEMPLATES))
        for path in sorted(TEMPLATES.rglob("*.html"))
        if "<iframe" in path.read_text(encoding="utf-8") and "local" not in path.parts
    ]
    # a page of the scan and a mail as they look, where nothing in them can act
    assert framed == ["admin/assessments/editor/section.html", "admin/mail/mail.html"]
