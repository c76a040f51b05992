"""What every test may use. The suite runs against a real PostgreSQL and Redis: `make test` starts them."""

from __future__ import annotations

import fcntl
import gc
import math
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache, caches
from django.core.cache.backends.dummy import DummyCache
from django.db import connection, transaction
from django.db.backends.postgresql.creation import DatabaseCreation
from django.template import Template
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext, instrumented_test_render
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker
from whitenoise.base import WhiteNoise

from portal.local import templates
from portal.practice import known
from tests.bookings.connected.radicale import Radicale, running

# A busy machine is slow, not wrong. A change is judged by examples that are the same each time; whoever runs the
# suite by hand tries others each time, and finds more.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis_settings.load_profile("suite")

render_plainly = Template._render  # before Django's test environment puts its own in the place

if "DATABASE_URL" not in os.environ:
    pytest.exit("No PostgreSQL: run the suite with `make test`, which starts one.", returncode=1)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: faults, browsers and programs are mostly waited for."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What is loaded stays. Looked through again and again for garbage it took a seventh of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


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


@pytest.fixture(autouse=True)
def _practice_is_known() -> Iterator[None]:
    """As in a process that answers for a while, so that no page asks who runs the portal. A test that changes it
    through the portal, or by a factory, reads it anew."""
    known.hold(known.Known())
    yield
    known.forget()


@pytest.fixture
def kept_pages(_pages_made_anew: None) -> Any:
    """Pages are kept, as they are outside the suite, and none is there yet."""
    del caches["pages"]
    return caches["pages"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Workers side by side copy the tables that the first of them made: the migrations run once."""
    if not hasattr(request.config, "workerinput"):
        return
    test, name = connection.settings_dict["TEST"], connection.settings_dict["NAME"]
    own, template = test["NAME"], f"test_{name}_template"
    with (tmp_path_factory.getbasetemp().parent / template).open("a+") as made, django_db_blocker.unblock():
        fcntl.flock(made, fcntl.LOCK_EX)
        made.seek(0)
        if not made.read():
            test["NAME"] = template
            connection.creation.create_test_db(verbosity=0, autoclobber=True)
            connection.creation.destroy_test_db(name, verbosity=0, keepdb=True)  # only lets go of it
            made.write("made")
    test |= {"NAME": own, "TEMPLATE": template}


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_done_twice_for_nothing(django_test_environment: None) -> Iterator[None]:
    """What every `Client`, page and commit would find out anew, though here it never changes; and for each template
    of a page a copy of its context, which hardly a test reads: those ask for `page_context`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render_plainly)
        patch.setattr(WhiteNoise, "update_files_dictionary", static_files_of_the_first)
        patch.setattr(templates, "LOOK_EVERY", math.inf)  # nobody edits them meanwhile
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_tables())
        patch.setattr(DatabaseCreation, "_destroy_test_db", drop)
        yield


def drop(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
    """A thread that a test left behind, as the doctor leaves one that hangs, may still be connected."""
    with self._nodb_cursor() as cursor:
        name = self.connection.ops.quote_name(test_database_name)
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def page_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of a `Client` have their `context`."""
    monkeypatch.setattr(Template, "_render", instrumented_test_render)


READ: dict[tuple[str, str], dict[str, object]] = {}
read_static_files = WhiteNoise.update_files_dictionary


def static_files_of_the_first(self: WhiteNoise, root: str, prefix: str) -> None:
    if (root, prefix) not in READ:
        read_static_files(self, root, prefix)
        READ[root, prefix] = self.files
    self.files = dict(READ[root, prefix])


def empty_tables() -> None:
    """Rows are few here: deleting them takes 4 ms, and Django's TRUNCATE 50 and its signals 50 more. Rights and
    content types, which those would make anew, stay."""
    kept = {"django_migrations", ContentType._meta.db_table, Permission._meta.db_table}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # as TRUNCATE: no triggers, no checks
        for table in set(connection.introspection.table_names(cursor)) - kept:
            cursor.execute(f'DELETE FROM "{table}"')


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
