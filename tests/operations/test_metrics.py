"""Figures for whoever watches machines: behind a token, in few queries, and never of a person."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from portal import tasks
from portal.common import times
from portal.mail.models import OutboundEmail
from portal.operations import measures
from tests.factories.bookings import BookingFactory
from tests.factories.mail import OutboundEmailFactory

TOKEN = "een-lang-geheim-dat-niemand-raadt"
LINE = re.compile(r'# (?:HELP|TYPE) \S+ \S.*|[a-z_]+(?:\{[a-z]+="[a-z_]+"\})? -?[0-9.e+]+')


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def asked(client: Client, authorization: str = f"Bearer {TOKEN}") -> Any:
    return client.get("/metrics", headers={"Authorization": authorization})


def figures(client: Client) -> dict[str, str]:
    text = asked(client).content.decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_without_a_token_of_its_own_there_is_no_such_page(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert asked(client, "Bearer ").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "Bearer",
        "Bearer x",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer é\0",
        f"Bearer {TOKEN}é",
        "Bearer " + "x" * 100_000,
        f"Bearer {TOKEN} {TOKEN}",
    ],
    ids=lambda sent: sent[:20],
)
def test_a_wrong_token_gets_a_sentence_and_no_figure(client: Client, sent: str) -> None:
    response = asked(client, sent)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert response.content.decode() == "Send METRICS_TOKEN of this portal as ‘Authorization: Bearer …’.\n"


def test_a_token_in_the_address_opens_nothing(client: Client) -> None:
    """There it would stand in the log of every proxy."""
    for query in (f"token={TOKEN}", f"Authorization=Bearer {TOKEN}"):
        assert client.get(f"/metrics?{query}").status_code == 401


@pytest.mark.django_db
def test_the_figures_are_those_of_the_rows(client: Client, clock: Any) -> None:
    at = times.now()
    OutboundEmailFactory(due_at=at - timedelta(minutes=5), send_after=at - timedelta(minutes=5))
    OutboundEmailFactory(due_at=at + timedelta(minutes=5), send_after=at + timedelta(minutes=5))
    OutboundEmailFactory(status=OutboundEmail.Status.FAILED)
    BookingFactory()
    tasks.tick()
    clock.shift(timedelta(seconds=40))
    found = figures(client)
    assert found["portal_mail_due"] == "1"
    assert found["portal_mail_oldest_due_seconds"] == "340"
    assert found['portal_mail_not_delivered{state="failed"}'] == "1"
    assert found['portal_mail_not_delivered{state="uncertain"}'] == "0"
    assert found['portal_bookings{state="confirmed"}'] == "1"
    assert found["portal_bookings_lapsed_holds"] == found["portal_team_rounds_open"] == "0"
    assert found['portal_seen_seconds_ago{process="beat"}'] == "40"


@pytest.mark.django_db
def test_who_was_never_seen_has_no_age(client: Client) -> None:
    assert [name for name in figures(client) if "seen" in name] == []


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_whatever_is_there(
    client: Client, django_assert_num_queries: Any, count: int
) -> None:
    BookingFactory.create_batch(count)
    OutboundEmailFactory.create_batch(count)
    with django_assert_num_queries(6):
        response = asked(client)
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    odd = [line for line in response.content.decode().splitlines() if not LINE.fullmatch(line)]
    assert odd == []
    assert "@" not in response.content.decode()


def test_a_database_that_is_away_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_at: object) -> list[measures.Measure]:
        raise DatabaseError

    monkeypatch.setattr(measures, "_reads", [away])
    assert asked(client).status_code == 503


def test_what_stands_in_a_label_stays_in_it() -> None:
    odd = measures.Measure("x", 'a "b"\nc\\', [measures.Sample(1.5, {"state": 'a"b\n\\'})])
    assert measures.as_text([odd]) == (
        '# HELP x a "b"\\nc\\\\\n# TYPE x gauge\nx{state="a\\"b\\n\\\\"} 1.5\n'
    )
