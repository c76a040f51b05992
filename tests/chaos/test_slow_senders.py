"""Requests that never come to their end hold no thread for ever, over a real socket."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.chaos.harness import Chaos, wait_until
from tests.chaos.visitor import Visitor

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
HALVES = {
    "half a first line": b"GET /healthz HT",
    "half of the headers": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    "half a body": b"POST /inloggen/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=",
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_half_sent_requests_let_go_of_their_threads(chaos: Chaos, half: bytes) -> None:
    _web, site = chaos.start_web(workers=1, threads=2, REQUEST_SECONDS="2")
    assert wait_until(lambda: Visitor(site, 1).open("/healthz")[0] == 200, 40)
    address = urlsplit(site)
    with ExitStack() as stack:
        senders = [
            stack.enter_context(socket.create_connection((address.hostname, address.port))) for _ in range(4)
        ]
        for sender in senders:
            sender.sendall(half)
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(lambda: Visitor(site, 1).open("/healthz", patience=40)[0])
            assert wait_until(lambda: all(is_closed_after_a_byte_more(sender) for sender in senders), 40)
            assert other.result() == 200


def is_closed_after_a_byte_more(sender: socket.socket) -> bool:
    """Something always comes, so that no wait for a single read ever ends."""
    sender.settimeout(0.1)
    try:
        sender.sendall(b"x")
        return sender.recv(1000) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
