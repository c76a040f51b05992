"""The mailbox to which mail comes back, over IMAP: five commands of the standard library's client.

imaplib, and no library around it: those open the line and read its greeting before anybody can bound the time that
takes, and of IMAP no more is needed than this. TLS always, with a certificate that is checked; `deadline` hangs up when
all of it takes too long, whatever drips in between; and no more is read of a message than the first `MOST_BYTES`.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

SECONDS = 15.0  # for all of one visit: below the task's limit, and mail to be sent waits meanwhile
READ_SECONDS = 5.0
MOST_BYTES = 256 * 1024  # a report stands at the beginning; behind it comes what was sent back
MOST_HEADER_BYTES = 16 * 1024
MOST_LITERAL = 1024 * 1024
PORT = 993
NUMBER = re.compile(rb"\d+")
# long lists of numbers are one line
imaplib._MAXLINE = max(imaplib._MAXLINE, 10_000_000)  # type: ignore[attr-defined]


class MailboxError(Exception):
    """It cannot be read now; the words are for who runs the portal."""


@dataclass(frozen=True)
class Account:
    """`imaps://user:password@host:993/INBOX`, as EMAIL_URL is written: signs that mean something in an address are
    percent-encoded."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str

    @classmethod
    def of(cls, url: str) -> Account | None:
        """None where nothing is set. Raises ValueError with a sentence that does not repeat the password."""
        if not url:
            return None
        try:
            parts = urlsplit(url)
            port = parts.port or PORT
        except ValueError:
            raise ValueError("BOUNCE_MAILBOX is no address.") from None
        if parts.scheme != "imaps":
            raise ValueError(
                "BOUNCE_MAILBOX must begin with imaps://: the password never leaves without TLS."
            )
        if not (parts.hostname and parts.username and parts.password):
            raise ValueError("BOUNCE_MAILBOX must name a user, a password and a host.")
        folder = unquote(parts.path.strip("/")) or "INBOX"
        words = [unquote(parts.username), unquote(parts.password), folder]
        if any(not word.isprintable() for word in words) or not folder.isascii():
            raise ValueError("BOUNCE_MAILBOX holds signs that IMAP does not take.")
        return cls(parts.hostname, port, words[0], words[1], folder)

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


class _Line(imaplib.IMAP4_SSL):
    """Known to whoever hangs up before it is open, and never filled by a server that sends without end."""

    def __init__(self, account: Account, holder: list[Any]) -> None:
        holder.append(self)
        context = ssl.create_default_context()
        super().__init__(account.host, account.port, ssl_context=context, timeout=READ_SECONDS)

    def read(self, size: int) -> bytes:
        if size > MOST_LITERAL:
            raise self.abort(f"The server sends {size} bytes at once.")
        return super().read(size)


class Mailbox:
    """An open mailbox. Every method raises MailboxError."""

    def __init__(self, line: imaplib.IMAP4, uid_validity: int) -> None:
        self._line, self.uid_validity = line, uid_validity

    def unseen_after(self, uid: int) -> list[int]:
        """Numbers of messages that nobody opened, the oldest first."""
        answer = self._do("SEARCH", f"UID {uid + 1}:* UNSEEN")
        found = {int(one) for line in answer if isinstance(line, bytes) for one in NUMBER.findall(line)}
        return sorted(one for one in found if one > uid)  # `5:*` names the last one too when that is 4

    def header_of(self, uid: int) -> bytes:
        return self._literal(uid, f"(BODY.PEEK[HEADER]<0.{MOST_HEADER_BYTES}>)")

    def message(self, uid: int) -> bytes:
        """Its first MOST_BYTES. It stays unopened."""
        return self._literal(uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")

    def mark_seen(self, uid: int) -> None:
        self._do("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _literal(self, uid: int, what: str) -> bytes:
        parts = [part for part in self._do("FETCH", str(uid), what) if isinstance(part, tuple)]
        return parts[0][1] if parts else b""

    def _do(self, command: str, *arguments: str) -> list[Any]:
        with _in_words():
            status, answer = self._line.uid(command, *arguments)
        if status != "OK":
            raise MailboxError(f"The server refuses {command}.")
        return answer


@contextmanager
def opened(account: Account, *, seconds: float = SECONDS) -> Iterator[Mailbox]:
    """The mailbox, for so long in all. Raises MailboxError."""
    holder: list[Any] = []
    with _deadline(holder, seconds):
        with _in_words():
            line = _Line(account, holder)
        try:
            with _in_words():
                line.login(account.user, account.password)
                status, _count = line.select(_quoted(account.folder))
            if status != "OK":
                raise MailboxError(f"There is no folder {account.folder}.")
            validity = line.response("UIDVALIDITY")[1]
            numbers = NUMBER.findall(validity[0]) if validity and isinstance(validity[0], bytes) else []
            yield Mailbox(line, int(numbers[0]) if numbers else 0)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                line.logout()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except imaplib.IMAP4.error as error:  # and its kinds: the server refuses, breaks off or says nonsense
        raise MailboxError(_said(error)) from error
    except (OSError, ValueError, EOFError) as error:
        raise MailboxError(f"The server cannot be reached: {error}") from error


def _said(error: Exception) -> str:
    words = error.args[0] if error.args else ""
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@contextmanager
def _deadline(holder: list[Any], seconds: float) -> Iterator[None]:
    """Hang up after `seconds`: the line's own timeout begins again with every byte a slow server drips."""
    is_over = threading.Event()

    def hang_up() -> None:
        if is_over.wait(seconds):
            return
        while not is_over.wait(0.2):
            sock = getattr(holder[0], "sock", None) if holder else None
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=hang_up, daemon=True).start()
    try:
        yield
    finally:
        is_over.set()
