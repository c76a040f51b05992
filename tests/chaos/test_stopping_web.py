"""A web process that is asked to stop ends what it has in hand, and nobody else gets through its door."""

from __future__ import annotations

import os
import signal
import socket
from urllib.parse import urlsplit

import pytest

from tests.chaos.harness import Chaos, wait_until
from tests.chaos.visitor import Visitor

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
HALF, REST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n", b"\r\n"


def test_a_stopping_web_process_refuses_at_once_and_answers_what_it_has_in_hand(chaos: Chaos) -> None:
    """Whoever it refuses is served by another one. Whoever it lets in and hangs up on is not: their form was sent."""
    web, site = chaos.start_web(workers=2, threads=4, REQUEST_SECONDS="40")
    assert wait_until(lambda: Visitor(site, 1).open("/healthz")[0] == 200, 40)
    address = urlsplit(site)
    here = (address.hostname, address.port)
    with socket.create_connection(here, timeout=40) as first, socket.create_connection(here, 40) as second:
        for sender in (first, second):
            sender.sendall(HALF)
        # taken in by now: whoever came later was answered, by a thread that is free wherever all three are
        assert Visitor(site, 1).open("/healthz")[0] == 200
        os.kill(web.pid, signal.SIGTERM)
        assert wait_until(lambda: is_refused(here), 10)
        for sender in (first, second):
            sender.sendall(REST)
            assert sender.recv(100).startswith(b"HTTP/1.1 200 ")
    assert web.popen is not None
    assert web.popen.wait(20) == 0


def is_refused(here: tuple[str | None, int | None]) -> bool:
    try:
        socket.create_connection(here, timeout=5).close()  # type: ignore[arg-type]  # both are there
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False
