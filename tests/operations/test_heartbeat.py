"""Somebody elsewhere hears that all is well, and nothing else."""

from __future__ import annotations

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from portal.common import times
from portal.common.reaching import Network
from portal.operations import heartbeat
from portal.operations.checks_of_settings import operators_settings_are_safe
from tests.bookings.world import NAME, World, answer
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
URL = f"https://{NAME}/ping/een-uuid"


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.HEARTBEAT_URL = URL


def test_it_is_told_while_all_is_well(receiver: World) -> None:
    assert heartbeat.send(receiver.network())
    assert [path for path, _headers in receiver.requests] == ["/ping/een-uuid"]


def test_nothing_is_told_while_mail_is_stuck(receiver: World) -> None:
    late = times.now() - timedelta(minutes=3)
    OutboundEmailFactory(due_at=late, send_after=late)
    assert not heartbeat.send(receiver.network())
    assert receiver.requests == []


def test_without_an_address_nobody_is_asked(receiver: World, settings: Any) -> None:
    settings.HEARTBEAT_URL = ""
    assert not heartbeat.send(receiver.network())
    assert receiver.requests == []


@pytest.mark.parametrize("inside", ["10.0.0.1", "127.0.0.1", "169.254.169.254"])
def test_a_name_that_leads_inside_is_not_followed(receiver: World, inside: str) -> None:
    assert not heartbeat.send(Network(lambda host: [inside], receiver.connect, lambda: receiver.context))
    assert receiver.connected == []


def test_an_answer_that_is_no_yes_or_never_comes_is_only_logged(receiver: World, caplog: Any) -> None:
    receiver.answers = [answer(status=500)]
    assert not heartbeat.send(receiver.network())
    receiver.answers = [lambda handler: threading.Event().wait(1)]  # type: ignore[list-item, return-value]
    assert not heartbeat.send(receiver.network(0.3))
    assert "answered with 500" in caplog.text
    assert "did not arrive" in caplog.text


@pytest.mark.parametrize("is_local", [True, False])
def test_a_plain_address_on_this_machine_is_for_a_portal_that_is_on_it_alone(
    settings: Any, is_local: bool
) -> None:
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    settings.LOCAL_MODE = is_local
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/ping"
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert heartbeat.send() is is_local
        server.timeout = 0
    assert seen == (["/ping"] if is_local else [])


@pytest.mark.parametrize(
    ("url", "is_wrong"),
    [
        (URL, False),
        ("", False),
        ("http://hc-ping.com/x", True),
        ("https://a:b@hc-ping.com", True),
        ("https://[", True),
        ("ping", True),
    ],
)
def test_an_address_that_cannot_be_is_refused_by_the_check(settings: Any, url: str, is_wrong: bool) -> None:
    settings.HEARTBEAT_URL = url
    assert [one.id for one in operators_settings_are_safe()] == (["portal.E008"] if is_wrong else [])


def test_a_token_that_can_be_guessed_and_an_address_that_is_none_are_refused(settings: Any) -> None:
    settings.METRICS_TOKEN, settings.ERROR_MAIL = "kort", "beheer"
    assert [one.id for one in operators_settings_are_safe()] == ["portal.E007", "portal.E009"]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"METRICS_TOKEN": "ë" * 30}, "portal.E010"),
        ({"METRICS_TOKEN": "een geheim met blanken erin"}, "portal.E010"),
        ({"METRICS_TOKEN": "x" * 5000}, ""),
        ({"BACKUP_DIR": "backups"}, "portal.E011"),
        ({"BACKUP_DIR": "~/backups"}, "portal.E011"),
        ({"BACKUP_DIR": "/nergens"}, ""),  # perhaps a disk that is not there now: the doctor says so
    ],
    ids=str,
)
def test_what_can_never_work_is_said_before_it_is_needed(
    settings: Any, changed: dict[str, str], found: str
) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    assert [one.id for one in operators_settings_are_safe()] == ([found] if found else [])
