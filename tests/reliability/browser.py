"""A browser with cookies and without JavaScript, that says of every answer what came of it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from tests.reliability.pages import Page

PATIENCE = 20  # seconds for one answer
LOST = (OSError, HTTPException)  # whatever a browser sees of a server that goes


@dataclass(frozen=True)
class Answer:
    """`status` 0: none came. `led_to`: where the first one led, before what stands at `url` was asked for."""

    status: int
    url: str
    text: str
    led_to: str = ""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @cached_property
    def page(self) -> Page:
        return Page(self.text)


class Redirects(HTTPRedirectHandler):
    first = ""

    def redirect_request(self, *asked: Any) -> Request | None:
        self.first = self.first or asked[-1]
        return super().redirect_request(*asked)


class Gate:
    """Requests go through it side by side; `closed` waits for those under way and lets no other in meanwhile."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside, self._is_closed = 0, False

    def __enter__(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._inside += 1

    def __exit__(self, *_exception: object) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    @contextmanager
    def closed(self, patience: float) -> Iterator[None]:
        """Whoever is inside longer than that is not waited for."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: self._inside == 0, patience)
        try:
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()


class Browser:
    """`address` is its own on the network, as the proxy says; "" is this machine itself."""

    def __init__(self, site: str, address: str = "", gate: Gate | None = None) -> None:
        self.is_lost = self.is_away = False  # the last page got no answer; it asked for a moment of patience
        self.site, self.address, self.gate = site, address, gate or Gate()
        self.jar = CookieJar()
        self.redirects = Redirects()
        self.opener = build_opener(HTTPCookieProcessor(self.jar), self.redirects)

    def get(self, path: str) -> Answer:
        with self.gate:
            answer = self._send(self._request(path, None, ""))
        self.is_lost, self.is_away = answer.status == 0, answer.status == 503
        return answer

    def post(self, path: str, data: dict[str, str], *, request_id: str = "", lose: bool = False) -> Answer:
        request = self._request(path, data, request_id)
        with self.gate:
            return self._lose(request) if lose else self._send(request)

    def _request(self, path: str, data: dict[str, str] | None, request_id: str) -> Request:
        body = urlencode(data).encode() if data is not None else None
        request = Request(self.site + path, data=body)
        if self.address:
            request.add_header("X-Forwarded-For", self.address)
        if request_id:
            request.add_header("X-Request-ID", request_id)
        return request

    def _send(self, request: Request) -> Answer:
        self.redirects.first = ""
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                text = answer.read().decode()
                return Answer(answer.status, answer.url, text, urlsplit(self.redirects.first).path)
        except HTTPError as error:
            try:
                return Answer(error.code, error.url or "", error.read().decode())
            except LOST as lost:
                return Answer(0, "", repr(lost))
        except LOST as error:
            return Answer(0, "", repr(error))

    def _lose(self, request: Request) -> Answer:
        """Send all of it, and go before the answer comes."""
        self.jar.add_cookie_header(request)
        parts = urlsplit(request.full_url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            headers = dict(request.header_items())
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            connection.request("POST", parts.path, request.data, headers)  # type: ignore[arg-type]
            time.sleep(0.02)
        except LOST as error:
            return Answer(0, "", repr(error))
        finally:
            connection.close()
        return Answer(0, "", "the browser went")


def new_request_id() -> str:
    return str(uuid.uuid4())
