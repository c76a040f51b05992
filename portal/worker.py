"""gunicorn's threads, with an end to the wait for one request, and a door that closes behind the last who came in.

A thread reads a request as fast as its sender sends it; without an end, a few half-sent requests hold all
threads for ever. A proxy that buffers requests keeps such senders away altogether, as the README asks.
"""

from __future__ import annotations

import select
import time
from functools import partial
from typing import Any

import environ
from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import ThreadWorker

REQUEST_SECONDS = environ.Env().float("REQUEST_SECONDS", default=10.0)


class Worker(ThreadWorker):
    """Every request has to be there, body and all, within REQUEST_SECONDS of its first byte."""

    def handle(self, conn: Any) -> Any:
        until = time.monotonic() + REQUEST_SECONDS
        if conn.parser is None:
            conn.init = partial(init, conn, until)
        else:
            conn.parser.unreader.until = until
        return super().handle(conn)

    def set_accept_enabled(self, enabled: bool) -> None:
        """When it stops, take in who has connected already, and close: gunicorn listens on until the requests in
        hand have ended, and then hangs up on all who connected meanwhile. A refused connection goes to the other
        address; a form that was sent and not answered goes nowhere."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()


def init(conn: Any, until: float) -> None:
    type(conn).init(conn)
    conn.parser.unreader = InTime(conn.sock, until)


class InTime(SocketUnreader):
    """Reads until `until` (monotonic), however little comes at a time."""

    def __init__(self, sock: Any, until: float) -> None:
        super().__init__(sock)
        self.until = until

    def chunk(self, size_hint: int | None = None) -> bytes:
        left = self.until - time.monotonic()
        before = self.sock.gettimeout()
        if left <= 0:
            raise NoMoreData
        self.sock.settimeout(left if before is None else min(left, before))
        try:
            return bytes(super().chunk(size_hint))
        except TimeoutError as error:
            raise NoMoreData from error
        finally:
            self.sock.settimeout(before)
