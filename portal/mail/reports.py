"""Reading what mail servers report of a mail: that it did not arrive (RFC 3464, RFC 6533), or that somebody reported
it as unwanted (RFC 5965). Pure. Nothing in a report is true because it says so: `bounces` judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.utils import parseaddr

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
RETURNED = {"text/rfc822-headers", "message/rfc822", "message/global-headers", "message/global"}
MOST_RECIPIENTS = 20  # ours go to one
MOST_PARTS = 50
LONGEST = 300


@dataclass(frozen=True)
class Report:
    """What is said of one address. `action` is 'failed', 'delayed' or 'complaint'; `ids` are those that stand in the
    headers that were sent back, `addresses` whom it was to, in lower case, as far as that is said."""

    action: str
    ids: frozenset[str]
    addresses: frozenset[str]
    status: str = ""
    answer: str = ""


def is_report(headers: bytes) -> bool:
    """By the headers of a message alone."""
    head = BytesParser().parsebytes(headers, headersonly=True)
    return head.get_content_type() == "multipart/report"


def read(raw: bytes) -> list[Report]:
    """Every report in a message, perhaps cut off at its end. None, when it is another kind of message."""
    try:
        message = message_from_bytes(raw)
    except RecursionError:  # boxes in boxes in boxes
        return []
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return []
    parts = [part for part in message.get_payload() if isinstance(part, Message)][:MOST_PARTS]
    ids = frozenset(one for part in parts for one in _ids(part))
    if not ids:
        return []
    found = []
    for part in parts:
        match part.get_content_type():
            case "message/delivery-status" | "message/global-delivery-status":
                found += [_delivery(block, ids) for block in _blocks(part)[1 : MOST_RECIPIENTS + 1]]
            case "message/feedback-report":
                found += [_complaint(block, ids) for block in _blocks(part)[:1]]
    return [report for report in found if report is not None]


def _delivery(block: Message, ids: frozenset[str]) -> Report | None:
    action = _words(block, "Action").lower()
    if action not in ("failed", "delayed"):
        return None
    names = ("Final-Recipient", "Original-Recipient")
    status = STATUS.search(_words(block, "Status"))
    return Report(
        action=action,
        ids=ids,
        addresses=frozenset(filter(None, (_address(_words(block, name)) for name in names))),
        status=status[0] if status else "",
        answer=_words(block, "Diagnostic-Code").partition(";")[2].strip()[:LONGEST],
    )


def _complaint(block: Message, ids: frozenset[str]) -> Report | None:
    """Of whom, may be left out: providers hide it."""
    if _words(block, "Feedback-Type").lower() != "abuse":
        return None
    to = parseaddr(_words(block, "Original-Rcpt-To"))[1].lower()
    return Report("complaint", ids, frozenset([to] if "@" in to else []))


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a status part: of the message first, then one for each recipient."""
    inner = part.get_payload()
    found = [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []
    rest = _text(found[-1] if found else part).strip()  # Python takes only the older kind apart
    groups = re.split(r"\r?\n[ \t]*\r?\n", rest) if rest else []
    return found + [HeaderParser().parsestr(group) for group in groups]


def _ids(part: Message) -> Iterator[str]:
    """Of the mail that was sent back: each of ours carries its id twice."""
    if part.get_content_type() not in RETURNED:
        return
    inner = part.get_payload()
    head = inner[0] if isinstance(inner, list) and inner else HeaderParser().parsestr(_text(part).strip())
    if isinstance(head, Message):
        for name in ("X-Outbox-Id", "Message-ID"):
            yield from (found.lower() for found in UUID.findall(_words(head, name)))


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _words(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _address(field: str) -> str:
    """'rfc822; sanne@example.org' is its address, in lower case."""
    address = field.rpartition(";")[2].strip().strip("<>").lower()
    return address if "@" in address else ""
