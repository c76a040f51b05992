"""A small load loop: some connections kept open, each asking again as soon as it was answered.

One thread and a selector, so that it takes little from the server beside it; `ceiling` says what it can do.
"""

from __future__ import annotations

import re
import selectors
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Round:
    """Requests a second, and how long each answer took in milliseconds, sorted."""

    seconds: float
    statuses: dict[int, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return sum(self.statuses.values()) / self.seconds


@dataclass
class _Line:
    """One connection: what it asks, and what came back so far."""

    port: int
    request: bytes
    socket: socket.socket = field(init=False)
    answer: bytearray = field(default_factory=bytearray)
    began: float = 0.0

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        self.answer.clear()
        self.began = perf_counter()
        self.socket.sendall(self.request)

    def is_answered(self) -> bool:
        end = self.answer.find(HEAD_END)
        if end < 0:
            return False
        length = LENGTH.search(self.answer, 0, end + 2)
        return len(self.answer) >= end + len(HEAD_END) + (int(length[1]) if length else 0)


def request_bytes(path: str, *, body: bytes = b"", cookies: str = "", headers: Sequence[str] = ()) -> bytes:
    """A request as a browser writes it, kept open; with a body it is the POST of a form."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    lines += [f"Cookie: {cookies}"] if cookies else []
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + HEAD_END + body


def run(port: int, requests: Sequence[bytes], seconds: float) -> Round:
    """One connection for each of `requests`, all asking for `seconds`."""
    found = Round(seconds)
    lines = [_Line(port, request) for request in requests]
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.ask()
        began = perf_counter()
        while perf_counter() - began < seconds:
            for key, _events in selector.select(timeout=1):
                _read(selector, key.data, found)
        found.seconds = perf_counter() - began
    for line in lines:
        line.socket.close()
    found.waits.sort()
    return found


def _read(selector: selectors.BaseSelector, line: _Line, found: Round) -> None:
    piece = line.socket.recv(65_536)
    if not piece:  # the server ended a connection that it had answered: the next request takes another
        selector.unregister(line.socket)
        line.socket.close()
        line.open()
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.ask()
        return
    line.answer += piece
    if line.is_answered():
        status = int(line.answer[9:12])
        found.statuses[status] = found.statuses.get(status, 0) + 1
        found.waits.append((perf_counter() - line.began) * 1000)
        line.ask()


def ceiling(connections: int, seconds: float = 1.0) -> Round:
    """What the loop itself can do: against a server that only writes one answer of 10 KB."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 10240\r\n\r\n" + b"x" * 10_240
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_echo, args=(server, answer, connections), daemon=True)
        thread.start()
        found = run(server.getsockname()[1], [request_bytes("/")] * connections, seconds)
    thread.join(5)
    return found


def _echo(server: socket.socket, answer: bytes, connections: int) -> None:
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            selector.register(server.accept()[0], selectors.EVENT_READ)
        while selector.get_map():
            for key, _events in selector.select(timeout=1):
                peer = key.fileobj
                assert isinstance(peer, socket.socket)
                try:
                    if peer.recv(65_536):
                        peer.sendall(answer)
                        continue
                except OSError:
                    pass
                selector.unregister(peer)
                peer.close()
