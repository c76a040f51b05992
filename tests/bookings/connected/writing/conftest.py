from __future__ import annotations

from typing import Any

import pytest

from bookings.models import CalendarSource, CallType
from portal.common import waking
from tests.bookings.connected.radicale import Radicale
from tests.factories.bookings import CalDavSourceFactory


@pytest.fixture(autouse=True)
def _no_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(waking, "_closed_until", 0.0)


@pytest.fixture
def source(call_type: CallType, radicale: Radicale) -> CalendarSource:
    """A calendar on the server that gets the host's calls."""
    return CalDavSourceFactory(host=call_type.host, collection=radicale.make_calendar("werk"), writes=True)
