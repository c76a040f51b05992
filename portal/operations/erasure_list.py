"""A small file of everything that a backup of before may not undo: who was erased, took back a yes, gets no mail.

It lies beside the backups and is written more often than they are. Digests and times, a line each; whatever stood
in it stays until no backup is old enough to need it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from portal.accounts.models import Erasure
from portal.common import times
from portal.leads.models import ConsentEvent
from portal.mail.models import RefusedAddress
from portal.operations.errors import OperationError
from portal.operations.manifest import fingerprint, own_keys, refuse_what_has_no_end, sync

NAME = "erasures.jsonl"
KIND = "draagkracht erasures"
ERASED, WITHDRAWN, REFUSED = "erased", "withdrawn", "refused"
MOST = 200_000_000  # bytes
SALT = "portal.operations.erasure_list"


@dataclass(frozen=True, order=True)
class Line:
    """`about` is what a yes was about; `detail` its purpose, or why an address gets no mail."""

    at: str
    what: str
    digest: str
    detail: str = ""
    about: str = ""
    how: str = ""

    @classmethod
    def read(cls, raw: str) -> Self:
        kept = json.loads(raw)
        line = cls(**{name: str(kept[name]) for name in cls.__dataclass_fields__})
        if line.instant.tzinfo is None or line.what not in (ERASED, WITHDRAWN, REFUSED):
            raise ValueError
        return line

    @property
    def instant(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class ErasureList:
    written_at: datetime
    lines: frozenset[Line]


def write(path: Path) -> int:
    """Bring the file up to date. Returns how many lines it has. Raises OperationError."""
    at = times.now()
    before = at - settings.RETENTION["erasures"]
    kept = read(path).lines if path.exists() else frozenset()
    lines = sorted(line for line in kept | set(of_database(before)) if line.instant >= before)
    written_at, body = at.isoformat(), "".join(json.dumps(asdict(line)) + "\n" for line in lines)
    head = {"list": KIND, "written_at": written_at, "key": fingerprint(settings.SECRET_KEY)}
    text = json.dumps(head | {"seal": seal_of(written_at, body, settings.SECRET_KEY)}) + "\n" + body
    try:
        number, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # for its owner alone
        try:
            with os.fdopen(number, "w") as file:
                file.write(text)
                file.flush()
                os.fsync(number)
            Path(unfinished).rename(path)
        finally:
            Path(unfinished).unlink(missing_ok=True)
        sync(path.parent)
    except OSError as error:
        raise OperationError(f"{path} could not be written: {error.strerror}. It is as it was.") from None
    return len(lines)


def seal_of(written_at: str, body: str, secret: str) -> str:
    """A line that is missing would let somebody come back, and nothing else would say so."""
    return salted_hmac(SALT, written_at + body, secret=secret, algorithm="sha256").hexdigest()


def of_database(before: datetime) -> Iterable[Line]:
    for digest, at in Erasure.objects.filter(erased_at__gte=before).values_list("digest", "erased_at"):
        yield Line(at.isoformat(), ERASED, digest)
    taken_back = ConsentEvent.objects.filter(action=ConsentEvent.Action.WITHDRAWN, created_at__gte=before)
    for at, *rest in taken_back.values_list("created_at", "subject", "purpose", "about", "method"):
        yield Line(at.isoformat(), WITHDRAWN, *rest)
    for at, *rest in RefusedAddress.objects.filter(created_at__gte=before).values_list(
        "created_at", "digest", "why"
    ):
        yield Line(at.isoformat(), REFUSED, *rest)


def read(path: Path) -> ErasureList:
    """Raises OperationError for what is no list of this portal."""
    foreign = OperationError(
        f"{path} is no list of erasures of this portal, was cut off or changed: take another one."
    )
    refuse_what_has_no_end(path)
    try:
        if path.stat().st_size > MOST:
            raise foreign
        head, _end, body = path.read_text().partition("\n")
        kept = json.loads(head)
        if kept["list"] != KIND:
            raise foreign
        secret = own_keys().get(str(kept["key"]))
        if secret is None:
            raise OperationError(
                f"{path} was written with another SECRET_KEY: nobody can be found by it. "
                "Put that key in SECRET_KEY_FALLBACKS."
            )
        written_at = str(kept["written_at"])
        if not constant_time_compare(str(kept["seal"]), seal_of(written_at, body, secret)):
            raise foreign
        lines = frozenset(map(Line.read, body.splitlines()))
        return ErasureList(datetime.fromisoformat(written_at), lines)
    except OSError as error:
        raise OperationError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise foreign from None
