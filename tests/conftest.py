"""What every test may use. The suite runs against a real PostgreSQL and Redis: `make test` starts them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache, caches
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests.bookings.connected.radicale import Radicale, running

hypothesis_settings.register_profile("suite", deadline=None)  # a busy machine is slow, not wrong
hypothesis_settings.load_profile("suite")

if "DATABASE_URL" not in os.environ:
    pytest.exit("No PostgreSQL: run the suite with `make test`, which starts one.", returncode=1)


@pytest.fixture(autouse=True)
def _dutch_first() -> Iterator[None]:
    """A request in English leaves its language active in this thread; the next test must not inherit it."""
    with translation.override("nl"):
        yield


@pytest.fixture(autouse=True)
def _no_counters_left(request: pytest.FixtureRequest) -> None:
    """allauth's rate counters live in the cache table, which no test rolls back when it commits."""
    if {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        cache.clear()


@pytest.fixture(autouse=True)
def _no_pages_left() -> None:
    """Pages that are written outlive a test in this process, and say what its settings were."""
    caches["pages"].clear()


@pytest.fixture(scope="session")
def _radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with running(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture
def radicale(_radicale: Radicale) -> Radicale:
    """A real CalDAV server, running and empty; started once, when the first test asks for it."""
    _radicale.empty()
    if _radicale.child is None:
        _radicale.start()
    return _radicale


@pytest.fixture
def visitor(db: None) -> Client:
    """A browser of its own."""
    return Client()
