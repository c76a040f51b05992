"""What a backup and a restore do not do, each said in a sentence; what was there stays as it was."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.accounts import erasures
from portal.operations import backing_up, erasure_list, manifest, programs
from portal.operations.errors import OperationError
from portal.operations.manifest import Manifest

DUMPED = b"as PostgreSQL would write it " * 200
KEPT = Manifest(
    made_at=datetime(2026, 11, 22, 3, tzinfo=UTC).isoformat(),
    site="voorbeeld.nl",
    portal=manifest.version(),
    postgres=18,
    dumped_by=18,
    migrations={"accounts": ["0001_initial"]},
    rows={"accounts_user": 3},
    left_out=["cache"],
    keys=[],
    sha256="",
    size=0,
)


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "draagkracht-20261122T030000Z.backup"
    with path.open("wb") as file:
        sha256, size = manifest.write_dump(file, [DUMPED], KEPT.at)
        keys = list(manifest.own_keys())
        manifest.write_end(file, replace(KEPT, **({"sha256": sha256, "size": size, "keys": keys} | changes)))
    return path


def refusal(*arguments: object, **options: object) -> str:
    with pytest.raises(CommandError) as refused:
        call_command(*map(str, arguments), **options)
    return str(refused.value)


def restoring(path: Path, **options: object) -> str:
    return refusal("restore", path, **({"no_erasures": True} | options))


# ---- the file -----------------------------------------------------------------------------------------
def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    read = manifest.read(written(tmp_path))
    assert (read.rows, read.at, read.size) == (KEPT.rows, KEPT.at, len(DUMPED))
    assert b"".join(manifest.dump_of(written(tmp_path), read.size)) == DUMPED


@pytest.mark.parametrize("foreign", [b"", b"x", b"PK\x03\x04" + bytes(600), bytes(2048), b"\xff" * 5000])
def test_a_file_of_something_else_is_no_backup(tmp_path: Path, foreign: bytes) -> None:
    path = tmp_path / "foreign.backup"
    path.write_bytes(foreign)
    assert restoring(path) == f"{path} is no backup of this portal: nothing was restored."


def test_a_file_that_is_not_there_or_a_folder_is_said(tmp_path: Path) -> None:
    assert restoring(tmp_path / "none") == f"{tmp_path / 'none'} cannot be read: No such file or directory."
    assert restoring(tmp_path) == f"{tmp_path} cannot be read: Is a directory."


def test_wherever_it_was_cut_off_it_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    for length in range(manifest.BLOCK, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(OperationError, match="ends before it should"):
            manifest.read(path)


def test_whatever_byte_was_changed_it_is_refused(tmp_path: Path) -> None:
    """What fills up a block says nothing, nor does the last sign of tar's own checksum (the 155th byte)."""
    path = written(tmp_path)
    whole = path.read_bytes()
    passed = []
    for place in [n for n in range(0, len(whole), 31) if whole[n]]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            manifest.read(path)
        except OperationError:
            continue
        passed.append(place)
    assert passed in ([], [155])


def test_a_manifest_that_somebody_wrote_anew_does_not_pass(tmp_path: Path, settings: Any) -> None:
    """With the right digests, but without the key."""
    settings.SECRET_KEY, own = "another", settings.SECRET_KEY
    path = written(tmp_path, keys=[manifest.fingerprint(own)])
    raw = path.read_bytes()
    settings.SECRET_KEY = own
    path.write_bytes(
        raw.replace(manifest.fingerprint("another").encode(), manifest.fingerprint(own).encode())
    )
    assert "was changed after it was made" in restoring(path)


def test_a_newer_kind_of_file_is_left_to_its_own_version(tmp_path: Path) -> None:
    assert "was made by a newer version of this portal" in restoring(written(tmp_path, format=2, rows=[1]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": [1]},
        {"migrations": None},
        {"made_at": "gisteren"},
        {"size": 7},
        {"sha256": 1},
        {"format": {}},
    ],
)
def test_a_manifest_that_says_nonsense_is_refused(
    tmp_path: Path, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though its seal is right."""
    monkeypatch.setattr(manifest, "asdict", lambda kept: asdict(kept) | wrong)
    assert "was changed after it was made" in restoring(written(tmp_path))


# ---- what it holds ------------------------------------------------------------------------------------
def test_of_a_newer_version_of_the_portal_it_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, portal="9.0", migrations={"accounts": ["0001_initial", "0999_later"]})
    assert "made by a newer version (9.0; this is" in (said := restoring(path))
    assert "accounts.0999_later" in said


def test_of_another_secret_key_it_is_refused_until_that_is_said(tmp_path: Path, settings: Any) -> None:
    path = written(tmp_path, migrations={"accounts": ["0999_later"]})
    settings.SECRET_KEY, own = "another", settings.SECRET_KEY
    said = restoring(path)
    assert "The SECRET_KEY of this backup is another" in said
    assert manifest.fingerprint(own) in said
    assert own not in said
    assert "newer version" in restoring(path, other_key=True)  # the next hurdle
    settings.SECRET_KEY_FALLBACKS = [own]
    assert "newer version" in restoring(path)


@pytest.mark.django_db
def test_of_a_newer_postgresql_it_is_refused(tmp_path: Path) -> None:
    assert "This backup is of PostgreSQL 99 and this database of an older one" in restoring(
        written(tmp_path, postgres=99)
    )


@pytest.mark.django_db
def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    said = restoring(written(tmp_path))
    assert "is not empty. Nothing is written over" in said


# ---- the list of erasures -----------------------------------------------------------------------------
def test_without_a_list_of_erasures_nothing_is_restored_unless_that_is_said(tmp_path: Path) -> None:
    said = refusal("restore", written(tmp_path))
    assert said.startswith(
        f"There is no list of erasures at {tmp_path / 'erasures.jsonl'}: without it, people who"
    )


@pytest.mark.parametrize(
    "text", ["", "{}", "[]\n", "een brief\n", '{"list": "draagkracht erasures"}\n', "\x00"]
)
def test_a_list_that_is_none_is_refused_before_anything(tmp_path: Path, text: str) -> None:
    path = tmp_path / "erasures.jsonl"
    path.write_text(text)
    assert "is no list of erasures of this portal" in refusal("restore", written(tmp_path))


@pytest.mark.django_db
def test_a_list_grows_and_is_never_cut_short(clock: Any, tmp_path: Path, settings: Any) -> None:
    """Not by a database that was restored to before, either; and what no backup is old enough for goes."""
    path = tmp_path / "erasures.jsonl"
    erasures.note("noor@voorbeeld.nl")
    assert erasure_list.write(path) == 1
    erasures.Erasure.objects.all().delete()
    erasures.note("bram@voorbeeld.nl")
    assert erasure_list.write(path) == 2
    assert erasure_list.write(path) == 2
    assert path.stat().st_mode & 0o777 == 0o600
    whole = path.read_text()
    path.write_text(whole[:-20])
    assert "was cut off" in refusal("erasures", tmp_path)
    path.write_text(whole)
    settings.SECRET_KEY, own = "another", settings.SECRET_KEY
    assert "was written with another SECRET_KEY" in refusal("erasures", tmp_path)
    settings.SECRET_KEY = own
    clock.shift(settings.RETENTION["erasures"] * 1.01)
    assert erasure_list.write(path) == 0


# ---- a backup that cannot be made ---------------------------------------------------------------------
@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process may become larger: what a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.MonkeyPatch.context() as patch:
        # Python keeps a compiled module that did not fit as if it were whole, for every later process.
        patch.setattr(sys, "dont_write_bytecode", True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_fills_leaves_nothing_half(tmp_path: Path) -> None:
    with room_for(10_000):
        said = refusal("backup", tmp_path)
    assert said == f"No backup was made in {tmp_path}: the disk is full. Nothing is left of this try."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert refusal("backup", tmp_path / "disk") == (
        f"There is no folder {tmp_path / 'disk'}: make it, or mount its disk, and try again."
    )


@pytest.mark.django_db(transaction=True)
def test_a_missing_or_failing_pg_dump_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_places", lambda name: iter(()))
    assert "There is no pg_dump of PostgreSQL" in refusal("backup", tmp_path)
    failing = tmp_path / "pg_dump"
    shown = "[ $1 = --version ] && echo 'pg_dump (PostgreSQL) 99.1' && exit 0"
    failing.write_text(f"#!/bin/sh\n{shown}\necho half\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setattr(programs, "_places", lambda name: iter([str(failing)]))
    assert refusal("backup", tmp_path) == "No backup was made; pg_dump said: nothing"
    assert list(tmp_path.iterdir()) == [failing]


def test_a_database_that_is_away_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    assert "the database does not answer" in refusal("backup", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_only_old_backups_of_ours_are_thrown_away(clock: Any, tmp_path: Path) -> None:
    names = [
        "draagkracht-20261001T030000Z.backup",
        "draagkracht-20261120T030000Z.backup",
        "draagkracht-eigen.backup",
    ]
    for name in [*names, "erasures.jsonl"]:
        (tmp_path / name).touch()
    gone = backing_up.forget_old(tmp_path, 30, but=tmp_path / names[1])
    assert [path.name for path in gone] == names[:1]
    assert {path.name for path in tmp_path.iterdir()} == {*names[1:], "erasures.jsonl"}


def test_of_the_programs_at_hand_the_nearest_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_places", lambda name: iter(["/15", "/18", "/17", "/broken"]))
    monkeypatch.setattr(programs, "major", lambda path: int(path[1:]) if path[1:].isdigit() else 0)
    assert programs.find("pg_dump", at_least=16) == ("/17", 17)
    with pytest.raises(OperationError, match="postgresql-client-19"):
        programs.find("pg_dump", at_least=19)


def test_no_password_stands_in_a_list_of_processes_and_no_row_in_a_sentence() -> None:
    found = programs.environment({"NAME": "d", "PASSWORD": "geheim", "OPTIONS": {"sslmode": "require"}})
    assert (found["PGPASSWORD"], found["PGSSLMODE"], found["PGDATABASE"]) == ("geheim", "require", "d")
    said = 'pg_restore: error: COPY failed for table "x": DETAIL: noor@voorbeeld.nl\nCONTEXT: COPY x, line 1: "noor"'
    assert "noor" not in programs.complaint(said)
