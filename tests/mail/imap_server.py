"""A real IMAP server (pymap) on loopback, over TLS: the mailbox to which mail comes back."""

from __future__ import annotations

import asyncio
import imaplib
import ssl
import threading
from argparse import Namespace
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.version import ProxyProtocolVersion
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer

from portal.local.places import free_port
from portal.mail.imap import Account
from tests.bookings.world import make_certificate

USER, PASSWORD = "agenda@voorbeeld.nl", "geheim/en@raar"


class MailServer:
    """Its messages stay when it stops, as those of a server that is down for a day."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.pem, self._trusting = make_certificate(folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._open: asyncio.AbstractServer | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._serve = self._do(self._make())
        self.start()

    @property
    def account(self) -> Account:
        found = Account.of(f"imaps://agenda%40voorbeeld.nl:geheim%2Fen%40raar@127.0.0.1:{self.port}/INBOX")
        assert found is not None
        return found

    def start(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)
        self._open = self._do(asyncio.start_server(self._met, "127.0.0.1", self.port, ssl=context))

    def stop(self) -> None:
        assert self._open is not None
        self._loop.call_soon_threadsafe(self._open.close)
        for line in list(self._lines):
            self._loop.call_soon_threadsafe(line.close)
        self._open = None

    def end(self) -> None:
        if self._open is not None:
            self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    # ---- what is in it, seen by a client that shares nothing with the portal's -----------------------------
    def put(self, *messages: bytes) -> None:
        self._ask(lambda line: [line.append("INBOX", None, None, message) for message in messages])

    def open_all(self) -> None:
        def ask(line: imaplib.IMAP4) -> None:
            line.select("INBOX")
            if line.search(None, "ALL")[1][0]:
                line.store("1:*", "+FLAGS", r"(\Seen)")

        self._ask(ask)

    def unseen(self) -> int:
        return len(self._numbers("UNSEEN"))

    def seen(self) -> int:
        return len(self._numbers("SEEN"))

    def _numbers(self, criterion: str) -> list[bytes]:
        def ask(line: imaplib.IMAP4) -> list[bytes]:
            line.select("INBOX", readonly=True)
            found: list[bytes] = line.search(None, criterion)[1][0].split()
            return found

        return self._ask(ask)

    def _ask(self, func: Callable[[imaplib.IMAP4], Any]) -> Any:
        with imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=self._trusting, timeout=10) as line:
            line.login(USER, PASSWORD)
            return func(line)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        try:
            await self._serve(reader, writer)
        finally:
            self._lines.discard(writer)

    async def _make(self) -> Any:
        options = Namespace(
            host=["127.0.0.1"], port="0", cert=None, key=None, tls=False, debug=False, skip_services=[],
            inherited_sockets=None, proxy_protocol=None, passlib_cfg=None,
            demo_data=False, demo_user=USER, demo_password=PASSWORD,
        )  # fmt: skip
        backend, config = await DictBackend.init(options)
        return ProxyProtocolReader(ProxyProtocolVersion.NOOP.value).get_callback(
            IMAPServer(backend.login, config)
        )

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
