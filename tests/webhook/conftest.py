"""A receiver on loopback that plays the world, over real sockets and TLS, and no Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.common import waking
from portal.webhook.models import Webhook
from tests.bookings.world import World, answer, serving
from tests.factories.webhook import switched_on


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[World]:
    with serving(tmp_path) as world:
        world.answers = [answer(status=204)]
        yield world


@pytest.fixture
def hook(db: None) -> Webhook:
    return switched_on()


@pytest.fixture(autouse=True)
def _no_redis(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    monkeypatch.setattr(waking, "_closed_until", 0.0)
