from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.factories.assessments import InstrumentFactory


@pytest.fixture(autouse=True)
def _dutch_and_an_instrument() -> Iterator[None]:
    """A request in English leaves its language behind in this thread; every test begins in Dutch."""
    with translation.override("nl"):
        InstrumentFactory()
        yield
