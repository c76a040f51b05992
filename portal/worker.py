"""gunicorn's threads, for requests that are there.

gunicorn gives a request its thread at the first byte, so a few half-sent ones hold all threads there are.
Here a request lies in the poller of its worker, which holds nothing, until all of it came. A proxy that
buffers requests keeps slow senders away altogether, as the README asks.
"""

from __future__ import annotations

import io
import re
import socket
import time
from functools import partial
from typing import Any

import environ
from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import _DEFER, ThreadWorker

REQUEST_SECONDS = environ.Env().float("REQUEST_SECONDS", default=10.0)
MOST_BYTES = 320 * 1024  # kept for one sender; above what Django reads of a form, DATA_UPLOAD_MAX_MEMORY_SIZE
READ_BYTES = 64 * 1024
HEAD_END = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)


class Worker(ThreadWorker):
    """Every request has to be there, body and all, within REQUEST_SECONDS, and gets its thread then."""

    def handle(self, conn: Any) -> Any:
        if self.cfg.is_ssl:  # what lies on the socket is no request yet
            return super().handle(conn)
        if not hasattr(conn, "reader"):
            conn.reader = InTime(conn.sock)
            conn.init = partial(init, conn)
        if not conn.reader.has_all():
            return _DEFER
        conn.data_ready = True
        if not (keep := super().handle(conn)):
            # By itself gunicorn waits for the other side in the loop that serves everybody, and always.
            conn.close(graceful=conn.reader.has_more())
            raise ConnectionError("Closed.")
        conn.reader.until = None
        return keep

    def handle_request(self, req: Any, conn: Any) -> Any:
        try:
            return super().handle_request(req, conn)
        finally:
            if not self.cfg.is_ssl:
                conn.reader.until = 0.0  # what the site left unread is not waited for


def init(conn: Any) -> None:
    """What the connection does by itself, and then our way to read from it."""
    type(conn).init(conn)
    conn.parser.unreader = conn.reader


class InTime(SocketUnreader):
    """Collects a request without waiting. What gunicorn reads beyond it comes before `until`, or never."""

    def __init__(self, sock: Any) -> None:
        super().__init__(sock)
        self.until: float | None = None  # monotonic; None between two requests

    def has_all(self) -> bool:
        """Whether a thread is of use now. Raises TimeoutError when the sender took too long."""
        if self.until is None:
            self.until = time.monotonic() + REQUEST_SECONDS
        self.sock.setblocking(False)
        try:
            came = self.sock.recv(READ_BYTES)
        except BlockingIOError:
            came = None
        self.buf.seek(0, io.SEEK_END)
        self.buf.write(came or b"")
        if came == b"" or is_whole(self.buf.getvalue()):
            return True
        if time.monotonic() > self.until:
            raise TimeoutError
        return False

    def has_more(self) -> bool:
        """Whether something lies unread: closing at once would then take the answer away from the sender."""
        try:
            self.sock.setblocking(False)
            return bool(self.sock.recv(1, socket.MSG_PEEK))
        except OSError:  # nothing, or nobody
            return False

    def chunk(self, size_hint: int | None = None) -> bytes:
        left = (self.until or 0.0) - time.monotonic()
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


def is_whole(data: bytes) -> bool:
    """Whether `data` is a request to its end, or as much of one as is kept; only gunicorn truly reads it."""
    head, end, body = data.partition(HEAD_END)
    if len(data) >= MOST_BYTES:
        return True
    if not end:
        return False
    if CHUNKED.search(head):
        return body.endswith(LAST_CHUNK)
    length = LENGTH.search(head)
    wanted = int(length[1]) if length else 0
    return len(body) >= wanted or wanted > MOST_BYTES
