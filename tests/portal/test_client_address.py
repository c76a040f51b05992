"""Whose address counts when a proxy writes none: RFC 7239 lets it say `unknown`, or a name of its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.common.http import client_address
from tests.factories.bookings import CallTypeFactory
from tests.portal.test_door import ask

pytestmark = pytest.mark.django_db
PEER = "10.0.0.1"
ODD = [
    "unknown", "_hidden", "_SEVKISEK", "", " ", "198.51.100", "198.51.100.7.8", "999.1.1.1", "localhost",
    "2001:db8::zz", "[2001:db8::1", '"198.51.100.7"', "for=198.51.100.7", "x" * 5000, "1" * 5000, "\x00", "é",
    "198.51.100.7, ", "fe80::1%" + "x" * 5000 + " y z",
]  # fmt: skip
WARNING = "X-Forwarded-For"


@pytest.fixture(params=ODD, ids=lambda value: value[:12])
def odd(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def address(rf: Any, forwarded: str | None, peer: str = PEER) -> str:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(rf.get("/", REMOTE_ADDR=peer, **headers))


def test_a_proxy_that_names_nobody_is_counted_itself(rf: Any, settings: Any, caplog: Any, odd: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for made_up in ("", "203.0.113.1, ", "203.0.113.2, 203.0.113.3, "):
        assert address(rf, made_up + odd) in {PEER, "fe80::"}
    assert all(len(record.getMessage()) < 200 and not record.exc_info for record in caplog.records)
    assert not any(odd.strip() and odd in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("203.0.113.1, unknown, 10.0.0.2", "10.0.0.2"),  # what stands before it was not written by ours
        ("203.0.113.1, 198.51.100.7, unknown", PEER),
        ("203.0.113.1, unknown, unknown", PEER),
        ("198.51.100.7", "198.51.100.7"),  # one proxy fewer than was said
        (None, PEER),
    ],
)
def test_of_two_proxies_the_farthest_that_was_named_counts(
    rf: Any, settings: Any, forwarded: str | None, counted: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert address(rf, forwarded) == counted


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8:1:2::1]:4711", "2001:db8:1:2::"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::"),
        ("  2001:db8:1:2::1 ", "2001:db8:1:2::"),
    ],
)
def test_an_address_with_a_port_is_an_address(rf: Any, settings: Any, written: str, counted: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert address(rf, written) == counted


def test_a_proxy_on_a_socket_of_this_machine_has_no_address_itself(rf: Any, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert address(rf, "203.0.113.1, 198.51.100.7", peer="") == "198.51.100.7"
    assert address(rf, "unknown", peer="") == "127.0.0.1"


def test_whoever_is_behind_an_odd_proxy_gets_a_code_and_a_time(settings: Any, caplog: Any, odd: str) -> None:
    """No 403 and no traceback: one short line for a request."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    browser = Client(REMOTE_ADDR=PEER, HTTP_X_FORWARDED_FOR=odd)
    assert ask(browser, "sanne@voorbeeld.nl").status_code == 302
    said = [record for record in caplog.records if WARNING in record.getMessage()]
    assert len(said) == (0 if odd.startswith("fe80") else 1)
    assert [record for record in caplog.records if record.exc_info] == []
    CallTypeFactory()
    start = {"start": "2030-01-01T09:00:00+00:00"}
    assert browser.post(reverse("bookings:hold"), start).status_code in {302, 409}


def test_nobody_is_spared_the_limits_by_writing_nonsense(settings: Any) -> None:
    """T07: what a client makes up stands before what the proxy wrote, and changes nothing."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [
        ask(Client(REMOTE_ADDR=PEER, HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, unknown"), f"gast{n}@voorbeeld.nl")
        for n in range(21)
    ]
    assert [answer.status_code for answer in answers] == [302] * 20 + [422]
