"""What every test may use. The suite runs against a real PostgreSQL and Redis: `make test` starts them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.dummy import DummyCache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
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
def _pages_made_anew() -> Iterator[None]:
    """The clock stands still, so that the seconds for which a page is kept would never pass."""
    caches["pages"].clear()  # for servers of tests, in threads of their own
    caches["pages"] = DummyCache("", {})
    yield
    del caches["pages"]


@pytest.fixture
def kept_pages(_pages_made_anew: None) -> Any:
    """Pages are kept, as they are outside the suite, and none is there yet."""
    del caches["pages"]
    return caches["pages"]


@contextmanager
def counted(number: int, *, exactly: bool) -> Iterator[CaptureQueriesContext]:
    """The queries of a block, which are as many; otherwise it says which they were, and what to do."""
    with CaptureQueriesContext(connection) as queries:
        yield queries
    done = len(queries)
    if (done != number) if exactly else (done > number):
        asked = "\n".join(f"  {n}. {query['sql'][:160]}" for n, query in enumerate(queries, 1))
        pytest.fail(
            f"{done} queries, and not {'' if exactly else 'at most '}{number}:\n{asked}\n"
            "One for each row? select_related or prefetch_related it. "
            "One that is needed, whatever the data, or one saved? Write the new number in this test."
        )


Counted = Callable[[int], AbstractContextManager[CaptureQueriesContext]]


@pytest.fixture
def django_assert_num_queries() -> Counted:
    """As pytest-django's, with words for who added a query."""
    return partial(counted, exactly=True)


@pytest.fixture
def django_assert_max_num_queries() -> Counted:
    return partial(counted, exactly=False)


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
