"""What the tests of caldav share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

from bookings.connected import importing
from bookings.models import CalendarSource, CallType, Login
from tests.bookings.connected.radicale import LOGIN, ROOT, Radicale
from tests.bookings.world import World, answer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


Send = Callable[[BaseHTTPRequestHandler], None]


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026 by the clock of Amsterdam, which is an hour ahead."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - HOUR


def connect(call_type: CallType, address: str = ROOT, login: Login = LOGIN, **fields: Any) -> CalendarSource:
    new = CalendarSource(host=call_type.host, kind="caldav", name="Eigen agenda", **fields)
    new.set_address(address)
    new.set_login(login.user, login.password)
    new.save()
    return new


def read(source: CalendarSource, server: Radicale | World) -> CalendarSource:
    """Read it now, whenever it was read before."""
    CalendarSource.objects.filter(pk=source.pk).update(last_tried_at=None)
    importing.import_source(source.pk, network=server.network())
    source.refresh_from_db()
    return source


def periods(source: CalendarSource) -> list[tuple[datetime, datetime]]:
    return [(busy.start_at, busy.end_at) for busy in source.busy.order_by("period")]


def multistatus(*responses: str) -> bytes:
    spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
    return f'<?xml version="1.0"?><d:multistatus {spaces}>{"".join(responses)}</d:multistatus>'.encode()


def told(href: str, *props: str) -> str:
    return (
        f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{''.join(props)}</d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )


def dav(*responses: str) -> Send:
    return answer(multistatus(*responses), 207)


IS_CALENDAR = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
