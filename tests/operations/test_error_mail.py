"""Errors reach whoever runs the portal: once an hour for each place, masked, and never at the cost of more errors."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction

from portal import logs, request_ids
from portal.logs import ToSomebody
from portal.mail.models import OutboundEmail
from portal.operations import error_mail

pytestmark = pytest.mark.django_db
GIVEN = "3f2b0c1d-0000-4000-8000-00000000abcd"


@pytest.fixture(autouse=True)
def _somebody(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ERROR_MAIL = "beheer@voorbeeld.nl"
    monkeypatch.setattr(error_mail, "_closed_until", 0.0)
    monkeypatch.setattr(ToSomebody, "tell", staticmethod(error_mail.tell))


def fail(said: str, error: type[Exception] = ValueError) -> None:
    """As a logger in trouble does."""
    try:
        raise error(said)
    except error as found:
        told = (type(found), found, found.__traceback__)
    ToSomebody().emit(
        logging.LogRecord("portal.x", logging.ERROR, __file__, 1, "It failed: %s", (said,), told)
    )


def mails() -> list[OutboundEmail]:
    return list(OutboundEmail.objects.filter(message=error_mail.MESSAGE))


def test_an_error_is_a_mail_with_its_lines_its_request_and_nobody_in_it(clock: Any) -> None:
    with request_ids.following(GIVEN):
        fail("sanne@voorbeeld.nl at /u/" + "Ab3" * 8)
    (mail,) = mails()
    assert mail.to_email == "beheer@voorbeeld.nl"
    assert "ValueError: ***@voorbeeld.nl at /u/***" in mail.text
    assert GIVEN in mail.text
    for part in (mail.subject, mail.text, mail.html):
        assert "sanne" not in part
        assert "Ab3Ab3" not in part


def test_the_same_place_is_told_once_an_hour_and_all_together_ten_times(clock: Any) -> None:
    for said in ("een", "twee"):
        fail(said)
    assert len(mails()) == 1
    clock.shift(timedelta(hours=1))
    fail("drie")
    assert len(mails()) == 2
    for number in range(20):
        fail("x", type(f"Error{number}", (Exception,), {}))
    assert len(mails()) == 1 + error_mail.MOST_AN_HOUR


def test_a_database_that_is_away_is_told_by_the_heartbeat_that_stays_out(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        fail("away", OperationalError)


def test_whatever_goes_wrong_with_the_mail_stops_there_and_is_left_for_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: Any, django_assert_num_queries: Any
) -> None:
    tried = []

    def broken(*_args: object, **_named: object) -> None:
        tried.append(1)
        fail("within")  # it logs an error too
        raise RuntimeError("no")

    monkeypatch.setattr(error_mail.outbox, "written", broken)
    fail("first")
    assert "An error was not mailed: no" in caplog.text
    assert len(tried) == 1
    with django_assert_num_queries(0):
        fail("second")
    assert mails() == []


def test_within_a_transaction_that_is_broken_it_stays_in_the_log() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        fail("broken")
        transaction.set_rollback(False)
    assert mails() == []


def test_before_the_site_is_loaded_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs.ToSomebody, "tell", None)
    fail("early")
    assert mails() == []
