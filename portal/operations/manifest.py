"""The file of a backup: a tar of three parts. What PostgreSQL dumped, what it should hold, and the seal of that.

The dump comes first, for its length is known only when it is written; so a file that was cut off has no end. The
manifest names the digest of the dump, and the seal that of the manifest, with SECRET_KEY as well: bits that fell
over are found by anybody, and what somebody changed by who has the key.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import tarfile
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from portal.operations.errors import OperationError

FORMAT = 1
DUMP, MANIFEST, SEAL = "draagkracht/database.dump", "draagkracht/manifest.json", "draagkracht/seal.json"
CHUNK = 1 << 20
BLOCK = tarfile.BLOCKSIZE
MOST = 5_000_000  # bytes of a manifest
SALT = "portal.operations.manifest"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What the dump holds. `postgres` is the major version of its server, `dumped_by` of pg_dump; `left_out` are
    tables that come back empty."""

    made_at: str
    site: str
    portal: str
    postgres: int
    dumped_by: int
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    left_out: list[str]
    keys: list[str]  # fingerprints of SECRET_KEY and the older ones: sealed columns need them
    sha256: str
    size: int
    format: int = FORMAT

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """Raises ValueError, TypeError or KeyError for what is none."""
        kept: dict[str, Any] = json.loads(raw)
        read = cls(**{name: kept[name] for name in cls.__dataclass_fields__})
        if (
            read.format != FORMAT
            or read.at.tzinfo is None
            or not all(isinstance(one, dict) for one in (read.rows, read.migrations))
        ):
            raise ValueError
        return read


def version() -> str:
    """Of this code."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return str(project["project"]["version"])


def fingerprint(secret: str) -> str:
    """By which a key is known again, and not found."""
    return salted_hmac(SALT, "fingerprint", secret=secret, algorithm="sha256").hexdigest()[:16]


def own_keys() -> dict[str, str]:
    """Our secret keys by fingerprint; the current one first."""
    return {fingerprint(secret): secret for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]}


# ---- writing ------------------------------------------------------------------------------------------
def write_dump(file: IO[bytes], chunks: Iterable[bytes], at: datetime) -> tuple[str, int]:
    """The first part, however long it becomes. Returns its digest and its size."""
    file.write(bytes(BLOCK))
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        file.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    file.write(bytes(-size % BLOCK))
    file.seek(0)
    file.write(_header(DUMP, size, at))
    file.seek(0, io.SEEK_END)
    return digest.hexdigest(), size


def write_end(file: IO[bytes], manifest: Manifest) -> None:
    raw = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    seal = {
        "sha256": hashlib.sha256(raw).hexdigest(),
        "key": fingerprint(settings.SECRET_KEY),
        "hmac": _signature(raw, settings.SECRET_KEY),
    }
    for name, part in ((MANIFEST, raw), (SEAL, json.dumps(seal).encode())):
        file.write(_header(name, len(part), manifest.at) + part + bytes(-len(part) % BLOCK))
    file.write(bytes(2 * BLOCK))


def sync(folder: Path) -> None:
    """A new name survives a power cut only once its folder is written."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _header(name: str, size: int, at: datetime) -> bytes:
    part = tarfile.TarInfo(name)
    part.size, part.mode, part.mtime = size, 0o600, int(at.timestamp())
    return part.tobuf(tarfile.GNU_FORMAT)


def _signature(raw: bytes, secret: str) -> str:
    return salted_hmac(SALT, raw, secret=secret, algorithm="sha256").hexdigest()


# ---- reading ------------------------------------------------------------------------------------------
def read(path: Path) -> Manifest:
    """Look through the whole file. Raises OperationError for one that is not ours, cut off, or changed."""
    refuse_what_has_no_end(path)
    try:
        with path.open("rb") as file:
            return _read(file, path, path.stat().st_size)
    except OSError as error:
        raise OperationError(f"{path} cannot be read: {error.strerror}.") from None


def refuse_what_has_no_end(path: Path) -> None:
    """Of a pipe or a device one would wait for ever. What is not there is said by who opens it."""
    try:
        kind = path.stat().st_mode
    except OSError:
        return
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        raise OperationError(f"{path} cannot be read: it is no file.")


def _read(file: IO[bytes], path: Path, length: int) -> Manifest:
    size = _next_part(file, DUMP)
    if size is None:
        raise OperationError(f"{path} is no backup of this portal: nothing was restored.")
    cut_off = OperationError(f"{path} ends before it should: copy it once more, or take an older one.")
    changed = OperationError(
        f"{path} was changed after it was made, or the disk lost something: take another one."
    )
    if BLOCK + size > length:
        raise cut_off
    file.seek(BLOCK + size + (-size % BLOCK))
    raw, seal = _small_part(file, MANIFEST, cut_off), _small_part(file, SEAL, cut_off)
    if len(file.read(2 * BLOCK)) < 2 * BLOCK:
        raise cut_off
    try:
        kept = json.loads(seal)
        is_whole = kept["sha256"] == hashlib.sha256(raw).hexdigest()
        secret = own_keys().get(str(kept["key"]))
        if secret is not None:
            is_whole = is_whole and constant_time_compare(str(kept["hmac"]), _signature(raw, secret))
        number = json.loads(raw)["format"] if is_whole else FORMAT
        if isinstance(number, int) and number > FORMAT:
            raise OperationError(
                f"{path} was made by a newer version of this portal: restore it with that one."
            )
        manifest = Manifest.read(raw) if is_whole else None
        is_whole = (
            manifest is not None and manifest.keys[0] == kept["key"]
        )  # it was sealed by whoever made it
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise changed from None
    if manifest is None or not is_whole or manifest.size != size or manifest.sha256 != _digest(file, size):
        raise changed
    return manifest


def dump_of(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(BLOCK)
        yield from _chunks(file, size)


def _digest(file: IO[bytes], size: int) -> str:
    file.seek(BLOCK)
    digest = hashlib.sha256()
    for chunk in _chunks(file, size):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(file: IO[bytes], left: int) -> Iterator[bytes]:
    while left and (chunk := file.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk


def _next_part(file: IO[bytes], name: str) -> int | None:
    """The size of the part that begins here, or None when it is another, or none."""
    try:
        part = tarfile.TarInfo.frombuf(file.read(BLOCK), "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError):
        return None
    return part.size if part.name == name and part.size >= 0 else None


def _small_part(file: IO[bytes], name: str, cut_off: OperationError) -> bytes:
    size = _next_part(file, name)
    if size is None or size > MOST:
        raise cut_off
    raw = file.read(size)
    if len(raw) < size:
        raise cut_off
    file.read(-size % BLOCK)
    return raw
