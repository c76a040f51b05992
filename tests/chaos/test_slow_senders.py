"""Requests that never come to their end hold no thread, over a real socket; slow ones are answered."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.chaos.harness import Chaos, wait_until
from tests.chaos.visitor import Visitor

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
FORM = b"POST /inloggen/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HALVES = {
    "nothing": b"",
    "half a first line": b"GET /healthz HT",
    "half of the headers": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    "half a body": FORM + b"Content-Length: 5000\r\n\r\nemail=",
    "half a body in chunks": FORM + b"Transfer-Encoding: chunked\r\n\r\n6\r\nemail=\r\n",
}
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LONG = 60  # seconds; longer than any wait in these tests


@pytest.fixture
def connect(chaos: Chaos) -> Callable[..., socket.socket]:
    """One more sender to the same site of two threads, which gives every sender `seconds`."""
    sites: list[str] = []
    with ExitStack() as stack:

        def one_more(seconds: float = LONG) -> socket.socket:
            if not sites:
                _web, site = chaos.start_web(workers=1, threads=2, REQUEST_SECONDS=str(seconds))
                assert wait_until(lambda: Visitor(site, 1).open("/healthz")[0] == 200, 20)
                sites.append(site)
            address = urlsplit(sites[0])
            sender = socket.create_connection((address.hostname, address.port), timeout=20)
            return stack.enter_context(sender)

        yield one_more


def test_half_sent_requests_hold_no_thread(connect: Callable[..., socket.socket]) -> None:
    """Four of a kind would hold both threads for a minute; whoever asks meanwhile waits for none of them."""
    senders = {name: [connect() for _ in range(4)] for name in HALVES}
    for name, half in HALVES.items():
        for sender in senders[name]:
            sender.sendall(half)
    other = connect()
    other.sendall(HEALTH)
    assert other.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_whoever_sends_a_byte_at_a_time_is_closed_in_the_end(connect: Callable[..., socket.socket]) -> None:
    senders = {name: connect(seconds=2) for name in HALVES}
    for name, half in HALVES.items():
        senders[name].sendall(half)
    assert wait_until(lambda: all(is_closed_after_a_byte_more(sender) for sender in senders.values()), 20)


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


def test_a_form_that_comes_in_pieces_is_answered_as_a_whole_one_is(
    connect: Callable[..., socket.socket],
) -> None:
    """And so is what comes on the same connection after it, at once or later."""
    sender = connect()
    form = FORM + b"Content-Length: 24\r\n\r\nemail=sanne@voorbeeld.nl"
    for piece in (form[:9], form[9:60], form[60:-5]):
        sender.sendall(piece)
        time.sleep(0.3)
    sender.sendall(form[-5:] + HEALTH)
    got = read_until(sender, b"ok")
    assert got.startswith(b"HTTP/1.1 403 ")  # the form had no token
    assert got.count(b"HTTP/1.1 200 OK") == 1
    sender.sendall(HEALTH[:20])
    time.sleep(0.3)
    sender.sendall(HEALTH[20:])
    assert read_until(sender, b"ok").startswith(b"HTTP/1.1 200 OK")


def test_a_form_far_too_long_is_refused_before_it_came(connect: Callable[..., socket.socket]) -> None:
    sender = connect()
    sender.sendall(FORM + b"Content-Length: 900000\r\nCookie: csrftoken=x\r\n\r\nemail=")
    assert read_until(sender, b"</html>").startswith(b"HTTP/1.1 4")
    assert wait_until(lambda: is_closed_after_a_byte_more(sender), 20)


def read_until(sender: socket.socket, words: bytes) -> bytes:
    got = b""
    while not got.rstrip().endswith(words):
        more = sender.recv(100_000)
        assert more, got
        got += more
    return got
