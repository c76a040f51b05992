"""Read the messages the sink keeps."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from functools import cached_property
from pathlib import Path

NAME = re.compile(r"\d{20}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Attachment:
    number: int  # its place among all parts of the message
    content_type: str
    filename: str
    content: bytes


@dataclass(frozen=True)
class Message:
    name: str
    raw: bytes

    @property
    def kept_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name[:20]) / 1e9, tz=UTC)

    @cached_property
    def parsed(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.parsed.items()]

    @property
    def subject(self) -> str:
        return str(self.parsed["Subject"] or "")

    @property
    def recipients(self) -> str:
        return ", ".join(str(value) for value in self.parsed.get_all("Delivered-To", []))

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[Attachment]:
        """Every part that is not the text or HTML one reads; the calendar alternative counts as one."""
        shown = [id(part) for kind in ("plain", "html") if (part := self._part(kind)) is not None]
        leaves = [part for part in self.parsed.walk() if not part.is_multipart()]
        return [
            Attachment(
                number=number,
                content_type=part.get_content_type(),
                filename=part.get_filename() or f"part-{number}",
                content=decoded(part),
            )
            for number, part in enumerate(leaves)
            if id(part) not in shown
        ]

    def _part(self, kind: str) -> MIMEPart | None:
        return self.parsed.get_body(preferencelist=(kind,))

    def _body(self, kind: str) -> str:
        part = self._part(kind)
        if part is None:
            return ""
        try:
            return str(part.get_content())
        except LookupError:  # a character set nobody knows
            return decoded(part).decode(errors="replace")


def decoded(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def newest(folder: Path, limit: int = 100) -> list[Message]:
    paths = sorted(folder.glob("*.eml"), reverse=True)[:limit]
    return [message for path in paths if (message := read(folder, path.stem)) is not None]


def read(folder: Path, name: str) -> Message | None:
    if not NAME.fullmatch(name):
        return None
    try:
        return Message(name=name, raw=(folder / f"{name}.eml").read_bytes())
    except FileNotFoundError:
        return None
