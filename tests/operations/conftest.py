"""A receiver on loopback that plays the world, over real sockets and TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bookings.world import World, answer, serving


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[World]:
    with serving(tmp_path) as world:
        world.answers = [answer(status=204)]
        yield world
