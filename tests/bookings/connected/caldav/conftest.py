from __future__ import annotations

import pytest

from bookings.models import CalendarSource, CallType
from tests.bookings.connected.caldav.servers import connect


@pytest.fixture
def source(call_type: CallType) -> CalendarSource:
    """Connected just now to the server's first page; nothing was looked up yet."""
    return connect(call_type)
