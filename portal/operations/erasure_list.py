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

from portal.accounts.models import Erasure
from portal.common import times
from portal.leads.models import ConsentEvent
from portal.mail.models import RefusedAddress
from portal.operations.errors import OperationError
from portal.operations.manifest import fingerprint, own_keys, sync

NAME = "erasures.jsonl"
KIND = "draagkracht erasures"
ERASED, WITHDRAWN, REFUSED = "erased", "withdrawn", "refused"
MOST = 200_000_000  # bytes


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
    head = {"list": KIND, "written_at": at.isoformat(), "key": fingerprint(settings.SECRET_KEY)}
    text = "".join(json.dumps(one) + "\n" for one in [head, *map(asdict, lines)])
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
        f"{path} is no list of erasures of this portal, or was cut off: take another one."
    )
    try:
        if path.stat().st_size > MOST:
            raise foreign
        head, *rest = path.read_text().split("\n")
        kept = json.loads(head)
        if kept["list"] != KIND or rest.pop() != "":
            raise foreign
        if kept["key"] not in own_keys():
            raise OperationError(
                f"{path} was written with another SECRET_KEY: nobody can be found by it. "
                "Put that key in SECRET_KEY_FALLBACKS."
            )
        return ErasureList(datetime.fromisoformat(kept["written_at"]), frozenset(map(Line.read, rest)))
    except OSError as error:
        raise OperationError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError, IndexError):
        raise foreign from None
