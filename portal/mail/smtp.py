"""Handing one message to the mail server, and reading its answer.

Exactly-once does not exist here: a server may keep the message and the line may break before its 250
(RFC 1047, RFC 5321 6.1). That outcome has a name of its own, `Unknown`.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from portal.mail.mime import ascii_address

# Which answers are worth another try soon, later, or never (the classes of pretix' services/mail.py).
QUICK = {101, 111, 421, 422, 431, 432, 442, 447, 452}
REFUSED_FOR_GOOD = range(500, 600)
TOO_LARGE = "message is too large"


@dataclass(frozen=True)
class Sent:
    pass


@dataclass(frozen=True)
class Refused:
    """The server said no, or never got the message. `is_final` means that trying again makes no sense;
    `is_recipient` that it said so of the address, before it saw what was written."""

    reason: str
    is_final: bool = False
    is_slow: bool = False
    is_unreachable: bool = False
    is_recipient: bool = False


@dataclass(frozen=True)
class Unknown:
    """The line broke after the message left and before the server's word: it may have arrived."""

    reason: str


Outcome = Sent | Refused | Unknown


def send(sender: str, recipient: str, content: bytes, *, seconds: float) -> Outcome:
    """Send `content` to one recipient within `seconds` in all; SMTP_TIMEOUT bounds each single read."""
    server = Server()
    with deadline(server, seconds):
        try:
            line = server.open()
        except smtplib.SMTPResponseException as error:
            return refusal(error.smtp_code, error.smtp_error, is_unreachable=True)
        except (OSError, smtplib.SMTPException) as error:
            return Refused(f"The mail server cannot be reached: {error}", is_unreachable=True)
        else:
            return hand_over(line, sender, recipient, content)
        finally:
            server.close()


class Server:
    """The mail server of EMAIL_URL, with the line to it as soon as it greeted: `deadline` hangs that up.

    Django's own backend is made from MAILERS alone since 6.1, and keeps a line that is half open to itself.
    """

    line: smtplib.SMTP | None = None

    def open(self) -> smtplib.SMTP:
        to = settings.SMTP
        at = (to["EMAIL_HOST"], to["EMAIL_PORT"] or 0)  # 0: the usual port
        name, seconds = DNS_NAME.get_fqdn(), settings.SMTP_TIMEOUT
        if to.get("EMAIL_USE_SSL"):
            context = ssl.create_default_context()
            self.line = smtplib.SMTP_SSL(*at, local_hostname=name, timeout=seconds, context=context)
        else:
            self.line = smtplib.SMTP(*at, local_hostname=name, timeout=seconds)
        if to.get("EMAIL_USE_TLS"):
            self.line.starttls(context=ssl.create_default_context())
        if to["EMAIL_HOST_USER"] and to["EMAIL_HOST_PASSWORD"]:
            self.line.login(to["EMAIL_HOST_USER"], to["EMAIL_HOST_PASSWORD"])
        return self.line

    def close(self) -> None:
        if self.line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.line.quit()
            self.line.close()


def hand_over(line: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> Outcome:
    try:
        line.ehlo_or_helo_if_needed()
        code, answer = line.mail(
            ascii_address(parseaddr(sender)[1]), [f"size={len(content)}"] if line.has_extn("size") else []
        )
        if code != 250:
            return refusal(code, answer)
        code, answer = line.rcpt(ascii_address(recipient))
        if code not in (250, 251):
            return refusal(code, answer, is_recipient=True)
    except (OSError, smtplib.SMTPException) as error:
        return Refused(f"The mail server stopped answering: {error}")
    try:
        code, answer = line.data(content)
    except smtplib.SMTPDataError as error:  # it did not want to hear the message
        return refusal(error.smtp_code, error.smtp_error)
    except Exception as error:  # whatever it was, a task's time limit too: the message may have left
        return Unknown(f"The line broke before the mail server confirmed: {error}")
    return Sent() if code == 250 else refusal(code, answer)


def refusal(
    code: int, answer: bytes | str, *, is_unreachable: bool = False, is_recipient: bool = False
) -> Refused:
    """Put an SMTP answer into a class. 5xx is final, except where the server itself may be in the way."""
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    is_too_large = TOO_LARGE in words.lower()
    return Refused(
        reason=f"{code} {words}",
        is_final=code in REFUSED_FOR_GOOD and not is_too_large and not is_unreachable,
        is_slow=is_too_large or code not in QUICK,
        is_unreachable=is_unreachable,
        is_recipient=is_recipient,
    )


@contextmanager
def deadline(server: Server, seconds: float) -> Iterator[None]:
    """Hang up after `seconds`: smtplib's own timeout starts again with every byte a slow server drips."""
    is_over = threading.Event()

    def hang_up() -> None:
        if is_over.wait(seconds):
            return
        while not is_over.wait(0.2):
            line = server.line
            if line is not None and line.sock is not None:
                with suppress(OSError):
                    line.sock.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=hang_up, daemon=True).start()
    try:
        yield
    finally:
        is_over.set()
