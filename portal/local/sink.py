"""A mail server for this machine only: it keeps each message as a file and sends nothing on."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT_MESSAGES = 500
MESSAGE_LIMIT = 10_000_000  # bytes


class Keeper:
    """Keeps what arrives in `folder`, the newest `KEPT_MESSAGES` only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        if isinstance(content, str):
            content = content.encode()
        trace = [f"Return-Path: <{envelope.mail_from or ''}>"]
        trace += [f"Delivered-To: {address}" for address in envelope.rcpt_tos]
        try:
            keep(self.folder, "".join(f"{line}\r\n" for line in trace).encode() + content)
        except OSError as error:  # a full disk; whoever sent it tries again later
            print(f"Not kept: {error}", file=sys.stderr, flush=True)
            return "452 4.3.1 This machine has no room for it now"
        return "250 Kept on this machine"


def keep(folder: Path, content: bytes) -> Path:
    """Write one message so that a reader sees all of it or nothing; drop the oldest beyond the bound.

    Raises OSError when it cannot be kept, and then nothing of it is left.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    unfinished = folder / f"{name}.tmp"
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        message = unfinished.rename(folder / f"{name}.eml")
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    with suppress(OSError):
        for old in sorted(folder.glob("*.eml"))[:-KEPT_MESSAGES]:
            old.unlink(missing_ok=True)
    return message


async def serve(port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(
            Keeper(folder), hostname="localhost", data_size_limit=MESSAGE_LIMIT, enable_SMTPUTF8=True
        ),
        "127.0.0.1",
        port,
    )
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
