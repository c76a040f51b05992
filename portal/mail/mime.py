"""The bytes that leave: built from the row alone, so that every attempt sends the same message."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import (
    Address,
    BaseHeader,
    HeaderRegistry,
    UniqueSingleAddressHeader,
    UnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings

from portal.common import tokens
from portal.common.names import ascii_domain, clean_line, unlinked
from portal.mail.models import OutboundEmail
from portal.mail.render import unsubscribe_url
from portal.practice.facts import practice


class OneLineHeader(UnstructuredHeader, BaseHeader):
    """Addresses in angle brackets: Python would fold a long one into an encoded word, which nobody reads."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class SubjectHeader(UnstructuredHeader, BaseHeader):
    """Folded by Python's older class: the newer one leaves the first line empty before a subject that just
    does not fit, and loses a space between words with accents (CPython gh-92081)."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        words = Header(str(self), None if self.isascii() else "utf-8", header_name=self.name)
        return f"{self.name}: {words.encode(linesep=policy.linesep)}{policy.linesep}"


class PersonHeader(UniqueSingleAddressHeader, BaseHeader):  # type: ignore[misc]  # as the registry mixes them
    """One person. Python's newer class loses the quotes of a long name when it folds, so that a comma in it
    makes two addresses, and cuts a word in two between encoded words."""

    def fold(self, *, policy: Policy) -> str:
        name, address = self.address.display_name, self.address.addr_spec
        if name.isascii():
            return f"{self.name}: {formataddr((name, address))}{policy.linesep}"
        words = Header(name, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {words} <{address}>{policy.linesep}"


_registry = HeaderRegistry()
for name in ("from", "to", "reply-to"):
    _registry.map_to_type(name, PersonHeader)
_registry.map_to_type("subject", SubjectHeader)
_registry.map_to_type("list-unsubscribe", OneLineHeader)
POLICY = SMTP.clone(header_factory=_registry)


def build(mail: OutboundEmail) -> bytes:
    """The message as it goes over the line: CRLF, 7-bit, the same bytes for the same row.

    Raises ValueError when an address cannot stand in a header, or when the row has no text to send.
    """
    if mail.rendered_at is None or not mail.text:
        raise ValueError("There is no text to send.")
    message = _bodies(mail)
    if mail.calendar:
        message = _with_attachment(message, mail)
    sender_domain = parseaddr(mail.from_email)[1].rpartition("@")[2] or settings.MAIL_DOMAIN
    message["Message-ID"] = f"<{mail.public_id}@{sender_domain}>"
    message["Date"] = format_datetime(mail.rendered_at)
    message["From"] = _address(mail.from_email)
    message["To"] = _mailbox(unlinked(mail.to_name), mail.to_email)
    if mail.reply_to:
        message["Reply-To"] = _address(mail.reply_to)
    message["Subject"] = _line(mail.subject)
    message["X-Outbox-Id"] = str(mail.public_id)
    for name, value in (_kind_headers(mail) | mail.headers).items():
        if name not in message:
            message[name] = _line(str(value))
    return message.as_bytes()


def _line(text: str) -> str:
    """One line for a header. An encoded word somebody typed is taken apart: Python would decode it, and write
    out whatever line break or sign is hidden in it."""
    return clean_line(text).replace("=?", "= ?")


def ascii_address(address: str) -> str:
    """The address with its domain in ASCII (IDNA). UnicodeError when the rest has no ASCII form."""
    name, _at, domain = address.rpartition("@")
    name.encode("ascii")
    return f"{name}@{ascii_domain(domain)}"


def _bodies(mail: OutboundEmail) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message.set_content(tokens.fill_in(mail.text), charset="utf-8", cte="quoted-printable")
    if mail.html:
        message.add_alternative(
            tokens.fill_in(mail.html), subtype="html", charset="utf-8", cte="quoted-printable"
        )
    if mail.calendar:
        method = {"method": mail.calendar_method, "charset": "UTF-8"}
        message.add_alternative(mail.calendar.encode(), "text", "calendar", cte="base64", params=method)
    if message.is_multipart():
        message.set_boundary(f"=_{mail.public_id.hex}_alternative")
    return message


def _with_attachment(bodies: EmailMessage, mail: OutboundEmail) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message.make_mixed()
    message.attach(bodies)
    message.add_attachment(mail.calendar.encode(), "application", "ics", cte="base64", filename="invite.ics")
    message.set_boundary(f"=_{mail.public_id.hex}_mixed")
    del bodies["MIME-Version"]
    message["MIME-Version"] = "1.0"
    return message


def _kind_headers(mail: OutboundEmail) -> dict[str, str]:
    if mail.kind == OutboundEmail.Kind.SERVICE:
        return {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
    if address := tokens.fill_in(unsubscribe_url(mail.about)):
        return {
            "List-Unsubscribe": f"<{address}>, <mailto:{practice()['email']}?subject=unsubscribe>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return {}


def _address(text: str) -> Address:
    return _mailbox(*parseaddr(_line(text)))


def _mailbox(name: str, address: str) -> Address:
    """ValueError when `address` is none: Python 3.13 reads none in what it does not trust."""
    try:
        return Address(_line(name), addr_spec=ascii_address(address))
    except HeaderParseError as error:
        raise ValueError(f"There is no address to read: {error}") from None
