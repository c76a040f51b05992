"""The visitor of the chaos tests over HTTPS: the certificate is checked, and each comes from an address of its own."""

from __future__ import annotations

import re
import socket
import ssl
import time
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException, HTTPSConnection
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import HTTPSHandler, Request

from tests.chaos.visitor import Visitor

LOST = (OSError, HTTPException)  # whatever a browser sees of a server that goes
BUSY = "Het is even druk;"
SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
CALL = re.compile(r"/impactcall/([^/]+)/bevestigd/")
NETWORKS = count(1)  # of all crowds: one network may book five calls a day without proof


@dataclass(frozen=True)
class Answer:
    """What came back for one request, redirects and all. `status` is 0 when nothing did; `began` is seconds since
    1970, to lay it beside rows."""

    who: str
    what: str
    status: int
    began: float
    seconds: float
    said: str = ""

    @property
    def is_lost(self) -> bool:
        """What no visitor of a rolling restart may see: nothing at all, or an error of a server."""
        return (self.status == 0 or self.status >= 500) and not self.is_busy

    @property
    def is_busy(self) -> bool:
        """The portal's own word that others are at this calendar: with the form as it was, and one button. Right when
        the lock takes longer than three seconds, as on a machine with too much to do."""
        return self.status in (200, 503) and self.said == BUSY


class SecureVisitor(Visitor):
    """Keeps every answer. The names of the site lead to this machine, whatever it is called."""

    def __init__(self, site: str, number: int, ca_file: Path, name: str = "visitor") -> None:
        super().__init__(site, number)
        self.email = f"{name}{number}@example.org"
        self.answers: list[Answer] = []
        self.opener.add_handler(ResolvedHere(ssl.create_default_context(cafile=ca_file), next(NETWORKS)))
        self.opener.addheaders = [("Origin", site), ("Accept", "text/html")]

    def open(
        self, path: str, data: dict[str, str] | None = None, patience: float = 40
    ) -> tuple[int, str, str]:
        began, clock = time.time(), time.monotonic()
        what = f"{'GET' if data is None else 'POST'} {path}"
        try:
            status, url, text = super().open(path, data, patience)
        except LOST as error:
            self.answers.append(
                Answer(self.email, what, 0, began, time.monotonic() - clock, repr(error)[:200])
            )
            raise
        words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
        said = BUSY if BUSY in words else url if status < 500 else words[:300]
        self.answers.append(Answer(self.email, what, status, began, time.monotonic() - clock, said))
        self.page = text
        return status, url, text

    def look_at_sheet(self) -> None:
        """Ask for the style sheet that the last page names, as a browser does."""
        if found := SHEET.search(self.page):
            self.open(found[1])


class ResolvedHere(HTTPSHandler):
    handler_order = 400  # before the one that every opener has

    def __init__(self, context: ssl.SSLContext, network: int) -> None:
        super().__init__(context=context)
        self.trusted = context
        self.source = f"127.1.{network // 250 % 250}.{network % 250 + 1}"

    def https_open(self, request: Request) -> Any:
        return self.do_open(partial(Connection, source=self.source), request, context=self.trusted)


class Connection(HTTPSConnection):
    def __init__(self, *arguments: Any, source: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.source = source

    def connect(self) -> None:
        plain = socket.create_connection(
            ("127.0.0.1", self.port), self.timeout, source_address=(self.source, 0)
        )
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)  # type: ignore[attr-defined]
