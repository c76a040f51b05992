from __future__ import annotations

import socket
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from portal.common import times, waking
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from tests.factories.mail import OutboundEmailFactory

SOON = 5  # seconds, on a busy machine too: a Redis without an end to the wait takes more, and fifty wakes 25


@pytest.fixture
def hung_port() -> Any:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        yield listener.getsockname()[1]


def test_wake_with_an_absent_redis_returns_quickly_and_raises_nothing() -> None:
    started = time.monotonic()
    outbox.wake()
    assert time.monotonic() - started < SOON


def test_wake_with_a_hung_redis_returns_within_a_second_and_then_at_once(
    settings: Any, hung_port: int
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{hung_port}/0"
    started = time.monotonic()
    outbox.wake()
    first = time.monotonic() - started
    for _ in range(50):
        outbox.wake()
    assert first < SOON
    assert time.monotonic() - started - first < SOON


def test_the_breaker_closes_again_after_its_time(
    settings: Any, hung_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{hung_port}/0"
    monkeypatch.setattr(waking, "BREAK", 0.2)
    outbox.wake()
    time.sleep(0.25)
    started = time.monotonic()
    outbox.wake()
    assert time.monotonic() - started > 0.3


@pytest.mark.django_db(transaction=True)
def test_a_commit_with_redis_away_keeps_the_mail() -> None:
    with transaction.atomic():
        OutboundEmailFactory()
        transaction.on_commit(outbox.wake, robust=True)
    assert OutboundEmail.objects.get().status == "queued"


def write(key: str, due: timedelta = timedelta()) -> None:
    at = times.now()
    outbox.enqueue(
        outbox.addressed(
            key=key,
            kind="service",
            message="tests/a",
            language="nl",
            to_email="sanne@example.org",
            subject="Bevestigd",
            text="Hallo",
            rendered_at=at,
            send_after=at + due,
        )
    )


def write_and_undo(key: str) -> None:
    with transaction.atomic():
        write(key)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_mistake_of_ours_in_waking_costs_nobody_the_answer(settings: Any) -> None:
    """The mail is committed by then: an error page would not be true."""
    del settings.KILL_POINT
    with pytest.raises(AttributeError):
        outbox.wake()
    with transaction.atomic():
        write("first")
    assert OutboundEmail.objects.get().status == "queued"


@pytest.mark.django_db
def test_one_commit_wakes_once_however_many_mails_it_holds(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as asked, transaction.atomic():
        write("first")
        write("second")
        write_and_undo("third")
    assert asked == [outbox.wake]


@pytest.mark.django_db
def test_a_mail_that_is_due_later_wakes_nobody(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as asked, transaction.atomic():
        write("reminder", timedelta(days=1))
    assert asked == []


@pytest.mark.django_db
def test_a_wake_up_that_was_undone_is_asked_for_again(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as asked, transaction.atomic():
        write_and_undo("first")
        write("second")
    assert asked == [outbox.wake]


def test_kill_points_do_nothing_unless_asked_for(settings: Any) -> None:
    assert settings.KILL_POINT == ""
    for point in ("after_claim", "after_send", "before_mark", "after_commit_before_wake"):
        waking.kill_point(point)
