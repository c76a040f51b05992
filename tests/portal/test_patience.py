"""How long a request waits for the database; a server that truly stands still: tests/chaos."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, close_old_connections, connection, transaction

from assessments.models import Instrument
from portal.common import patience
from tests.factories.assessments import InstrumentFactory

pytestmark = pytest.mark.django_db(transaction=True)


def ask(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "ANSWER_SECONDS", 0.3)


@contextmanager
def request() -> Iterator[None]:
    with patience.counted():
        yield
    close_old_connections()  # as Django does at the end of one


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_does_not_come_ends_the_connection_and_every_further_question() -> None:
    with request():
        assert ask("SELECT 1") == (1,)
        late = connection.connection
        with pytest.raises(OperationalError, match="No answer within"):
            ask("SELECT pg_sleep(2), 1")
        assert late.closed
        with pytest.raises(OperationalError, match="asks nothing more"):
            ask("SELECT 2")
    assert ask("SELECT 3") == (3,)  # the next request has a connection of its own
    assert connection.connection is not late


@pytest.mark.usefixtures("impatient")
def test_nothing_of_a_transaction_without_an_answer_stays() -> None:
    @transaction.atomic
    def half() -> None:
        InstrumentFactory()
        ask("SELECT pg_sleep(2)")

    with request(), pytest.raises(OperationalError):
        half()
    assert not Instrument.objects.exists()


@pytest.mark.usefixtures("impatient")
def test_work_outside_requests_waits_for_its_answer() -> None:
    assert ask("SELECT pg_sleep(0.7) IS NULL, 1") == (False, 1)


def test_the_wait_for_a_lock_ends_well_before_that_for_an_answer() -> None:
    assert patience.ANSWER_SECONDS >= 2 * patience.SECONDS
