"""What an operator's tools are given by mistake or by somebody else: a sentence each, and nothing lost."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from portal.accounts import erasures
from portal.accounts.models import User
from portal.operations import erasure_list, manifest, programs
from portal.operations.errors import OperationError
from portal.operations.manifest import BLOCK, DUMP, MANIFEST, SEAL
from tests.chaos import harness
from tests.factories.assessments import UserFactory
from tests.portal.operations.places import empty_database
from tests.portal.operations.test_refusals import refusal, restoring, room_for, written

NOOR = "noor@voorbeeld.nl"


# ---- what is no file ----------------------------------------------------------------------------------
@pytest.fixture(params=["a pipe", "a device", "a circle", "nothing"])
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "odd"
    if request.param == "a pipe":
        os.mkfifo(path)
    elif request.param == "a device":
        return Path("/dev/zero")
    elif request.param == "a circle":
        path.symlink_to(path)
    return path


def test_of_what_is_no_file_nobody_waits_for_the_end(odd: Path, tmp_path: Path) -> None:
    assert restoring(odd).startswith(f"{odd} cannot be read: ")
    said = refusal("restore", written(tmp_path), erasures=odd)
    assert said.startswith((f"{odd} cannot be read: ", f"There is no list of erasures at {odd}: "))


# ---- what was made to look like a backup --------------------------------------------------------------
def part(name: str, content: bytes, size: int | None = None) -> bytes:
    header = tarfile.TarInfo(name)
    header.size = len(content) if size is None else size
    return header.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % BLOCK)


DEEP = b"[" * 500_000
MADE_UP = {
    "a dump of eight exbibytes": part(DUMP, b"x", 2**63 - 1) + part(MANIFEST, b"{}") + part(SEAL, b"{}"),
    "a manifest without end": part(DUMP, b"x") + part(MANIFEST, b"{}", 2**40) + part(SEAL, b"{}"),
    "brackets half a million deep": part(DUMP, b"x") + part(MANIFEST, DEEP) + part(SEAL, DEEP),
    "a sealed word": part(DUMP, b"x") + part(MANIFEST, b"{}") + part(SEAL, b'"x"'),
    "a seal of numbers": part(DUMP, b"x")
    + part(MANIFEST, b"{}")
    + part(SEAL, b'{"sha256": 1, "key": [], "hmac": 1e999}'),
    "a zip bomb in the place of a dump": part(DUMP, bytes(5_000_000))
    + part(MANIFEST, b"{}")
    + part(SEAL, b"{}"),
}


@pytest.mark.parametrize("content", MADE_UP.values(), ids=MADE_UP)
def test_what_was_made_to_look_like_a_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "made-up.backup"
    path.write_bytes(content + bytes(2 * BLOCK))
    assert restoring(path).startswith(
        (f"{path} ends before it should", f"{path} was changed after it was made")
    )


def test_in_every_region_one_bit_is_noticed(tmp_path: Path) -> None:
    """Beginning, middle and end of each part: headers, dump, manifest, seal. Of what only fills up, nothing is read."""
    path = written(tmp_path)
    whole = path.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        regions = [(one.offset_data, one.size) for one in tar.getmembers()]
    places = {at for start, size in regions for at in (start, start + size // 2, start + size - 1)}
    places |= {
        start - BLOCK + name for start, _size in regions for name in (0, 124, 148)
    }  # name, size, checksum
    passed = []
    for place in sorted(places):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            manifest.read(path)
        except OperationError:
            continue
        passed.append(place)
    assert (len(places), passed) == (18, [])


# ---- the list of erasures -----------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_list_that_lost_a_line_or_a_letter_is_refused(tmp_path: Path) -> None:
    """A line that is missing would let somebody come back, and nothing else would say so."""
    path = tmp_path / "erasures.jsonl"
    for name in ("noor", "bram", "sanne"):
        erasures.note(f"{name}@voorbeeld.nl")
    assert erasure_list.write(path) == 3
    head, *lines = path.read_text().splitlines(keepends=True)
    later = json.dumps(json.loads(head) | {"written_at": "2030-01-01T00:00:00+00:00"}) + "\n"
    for made in ([head, *lines[:-1]], [head, lines[0], *lines], [head], [later, *lines], [head, *lines, "[" * 100_000],
                 [head, lines[0].replace("erased", "refused", 1), *lines[1:]]):  # fmt: skip
        path.write_text("".join(made))
        assert "was cut off or changed: take another one" in refusal(
            "restore", written(tmp_path), erasures=path
        )
    path.write_text("".join([head, *lines]))
    assert len(erasure_list.read(path).lines) == 3


@pytest.mark.django_db
def test_a_disk_that_fills_leaves_the_list_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    erasures.note(NOOR)
    erasure_list.write(path)
    before = path.read_bytes()
    erasures.note("bram@voorbeeld.nl")
    with room_for(len(before)):
        assert (
            refusal("erasures", tmp_path) == f"{path} could not be written: File too large. It is as it was."
        )
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (before, [path])


# ---- a folder for backups -----------------------------------------------------------------------------
def whole_backups(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir())
    for path in found:
        if path.suffix == ".backup":
            manifest.read(path)
    return found


@pytest.mark.django_db(transaction=True)
def test_wherever_the_disk_fills_nothing_half_is_left(tmp_path: Path) -> None:
    """In the dump, and in the very last block. And when only the list cannot be written, that is what is said."""
    (tmp_path / "erasures.jsonl").mkdir()
    said = refusal("backup", tmp_path)
    (made,) = tmp_path.glob("*.backup")
    assert said.startswith(
        f"{made} is whole. But: {tmp_path / 'erasures.jsonl'} cannot be read: Is a directory"
    )
    size = made.stat().st_size
    made.rename(tmp_path / "elsewhere")
    for room in (0, BLOCK, size // 2, size - 3 * BLOCK):
        with room_for(room):
            assert "the disk is full. Nothing is left of this try" in refusal("backup", tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == {"erasures.jsonl", "elsewhere"}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_in_one_second_are_one_backup_and_a_sentence(clock: Any, tmp_path: Path) -> None:
    said: list[str] = []

    def back_up() -> None:
        try:
            call_command("backup", str(tmp_path), stdout=io.StringIO())
        except CommandError as error:
            said.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=back_up) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in whole_backups(tmp_path)] == [
        "draagkracht-20261123T120000Z.backup",
        "erasures.jsonl",
    ]
    assert len(said) == 1
    assert "another one is being made there this very second" in said[0] or "is there already" in said[0]


def test_a_folder_that_takes_nothing_is_a_sentence(tmp_path: Path) -> None:
    """Whoever runs the suite as root may write everywhere but there."""
    folder = Path("/proc") if os.geteuid() == 0 else tmp_path
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR) if folder == tmp_path else None
    assert refusal("backup", folder).startswith(f"No backup was made in {folder}: ")


# ---- a restore that is stopped ------------------------------------------------------------------------
HALFWAY = """#!/bin/sh
[ "$1" = --version ] && exec {own} --version
head -c {bytes} | {own} "$@" 2>/dev/null
kill -9 $PPID
"""


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_a_restore_that_is_killed_half_way_leaves_an_empty_database_and_goes_again(tmp_path: Path) -> None:
    UserFactory(email=NOOR)
    call_command("backup", str(tmp_path), stdout=io.StringIO())
    (file,) = tmp_path.glob("*.backup")
    own, _major = programs.find("pg_restore", at_least=manifest.read(file).dumped_by)
    killing = tmp_path / "bin" / "pg_restore"
    killing.parent.mkdir()
    killing.write_text(HALFWAY.format(own=own, bytes=manifest.read(file).size // 2))
    killing.chmod(0o755)
    with empty_database():
        env = {
            **os.environ,
            "DATABASE_URL": harness.test_database_url(),
            "PATH": f"{killing.parent}:{os.environ['PATH']}",
        }
        connection.close()
        argv = [sys.executable, "manage.py", "restore", str(file)]
        done = subprocess.run(argv, env=env, cwd=harness.ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, "It is whole" in done.stdout) == (-9, True), done.stderr
        assert connection.introspection.table_names() == []
        call_command("restore", str(file), stdout=io.StringIO())
        assert User.objects.get().email == NOOR
