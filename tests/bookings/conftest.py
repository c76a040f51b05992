from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assessments.models import Instrument
from bookings.models import CallType
from tests.bookings.world import World, serving
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import CallTypeFactory

THURSDAY_9 = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # 09:00 in Amsterdam, the first start of that day


@pytest.fixture
def instrument(db: None) -> Instrument:
    return InstrumentFactory()


@pytest.fixture
def call_type(instrument: Instrument, clock: Any) -> CallType:
    """A call of the shipped kind, of a coach who works on weekdays from 9 to 17 in Amsterdam."""
    return CallTypeFactory()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving(tmp_path) as found:
        yield found
