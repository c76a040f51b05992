"""A visitor without a browser: plain HTTP with cookies, for booking many calls while something is broken."""

from __future__ import annotations

import re
import time
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(start|key|stamp)" value="([^"]+)"')
START = re.compile(r'name="start"[^>]* value="([^"]+)"')
PATIENCE = 40  # seconds for any answer; a bound for what hangs, on a busy machine too
PROMISE = (
    3  # seconds for the POST that confirms: twice the 1.5 that are promised, so that a busy machine passes
)


class Visitor:
    """Books one call over HTTP. `number` gives it its own address, on the network and by mail."""

    def __init__(self, site: str, number: int) -> None:
        self.site = site
        self.number = number
        self.email = f"visitor{number}@example.org"
        self.seconds = 0.0  # how long the confirming POST took
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()), HTTPRedirectHandler())

    def open(
        self, path: str, data: dict[str, str] | None = None, patience: float = PATIENCE
    ) -> tuple[int, str, str]:
        """Status, final address and text. Raises TimeoutError when no answer comes in time."""
        body = urlencode(data).encode() if data is not None else None
        request = Request(self.site + path, data=body)
        request.add_header("X-Forwarded-For", f"10.0.{self.number // 250}.{self.number % 250 + 1}")
        try:
            with self.opener.open(request, timeout=patience) as answer:
                return answer.status, answer.url, answer.read().decode()
        except HTTPError as error:
            return error.code, error.url or "", error.read().decode()

    def starts(self) -> list[str]:
        """As they are now: a page that was kept for somebody else may name what was just held."""
        _status, _url, text = self.open(f"/impactcall/?{self.number}")
        self.token = TOKEN.search(text)[1]  # type: ignore[index]  # the page always has its form
        return START.findall(text)

    def hold(self, start: str) -> int:
        """Hold a start; the form of the details is then ready."""
        form = {"csrfmiddlewaretoken": self.token, "start": start, "zone": "Europe/Amsterdam"}
        status, _url, text = self.open("/impactcall/vastzetten/", form)
        self.form = dict(HIDDEN.findall(text))
        self.ready_at = time.monotonic() + 2.1  # the form knows that a person needs two seconds
        if found := TOKEN.search(text):
            self.token = found[1]
        return status

    def confirm(self, patience: float = PROMISE) -> tuple[int, str]:
        """Status and final address of the POST that confirms."""
        time.sleep(max(0, self.ready_at - time.monotonic()))
        form = self.form | {"csrfmiddlewaretoken": self.token, "name": "Sanne Vermeer", "email": self.email}
        began = time.monotonic()
        status, url, _text = self.open("/impactcall/bevestigen/", form, patience)
        self.seconds = time.monotonic() - began
        return status, url
