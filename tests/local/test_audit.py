"""Dependencies are pinned by hash, and what an audit did not check it never calls clean (T26)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from portal.local.audit import CLEAN, LOCKS, NOT_CHECKED, WEAK, judge
from portal.local.places import ROOT

PIN = re.compile(r"^([a-z0-9._-]+)==[\w.!+]+(?: ; .+)?(?: \\)?$")
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def pins(name: str) -> dict[str, int]:
    """How many hashes stand with each package of a lock file; every other line is a comment."""
    found: dict[str, int] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("    --hash=sha256:"):
            found[next(reversed(found))] += 1
        elif line and not line.lstrip().startswith("#"):
            match = PIN.fullmatch(line)
            assert match, line
            found[match[1]] = 0
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_to_one_version_with_its_hashes(name: str) -> None:
    found = pins(name)
    assert len(found) > 20
    assert [package for package, hashes in found.items() if not hashes] == []


def test_the_lock_holds_whatever_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    def names(asked: list[str]) -> set[str]:
        return {NAME.match(line)[0].lower().replace("_", "-") for line in asked}  # type: ignore[index]

    needed = names(project["project"]["dependencies"])
    assert needed - set(pins("requirements.txt")) == set()
    assert needed | names(project["dependency-groups"]["dev"]) <= set(pins("requirements-dev.txt"))


@pytest.mark.parametrize("name", LOCKS)
def test_nothing_is_installed_without_its_hash(name: str) -> None:
    install = (ROOT / "portal/local/bootstrap.py").read_text(encoding="utf-8")
    assert "--require-hashes" in install


def report(*weak: str, skipped: str = "") -> str:
    packages = [{"name": "django", "version": "5.2", "vulns": []}]
    packages += [
        {"name": name, "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]} for name in weak
    ]
    if skipped:
        packages.append({"name": skipped, "skip_reason": "not on the index"})
    return json.dumps({"dependencies": packages, "fixes": []})


def test_a_report_is_read_for_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge("requirements.txt", report(), "") == CLEAN
    assert judge("requirements.txt", report("pillow"), "Found 1 known vulnerability") == WEAK
    assert "pillow 1: PYSEC-1, mended in 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", ["", "{}", "null", "nonsense", '{"dependencies": []}', report(skipped="idna")]
)
def test_what_could_not_be_read_is_not_checked(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert judge("requirements.txt", words, "ERROR: Couldn't connect to the service") == NOT_CHECKED
    assert "not checked" in capsys.readouterr().err


@pytest.mark.local
def test_without_a_network_it_says_not_checked_and_fails(tmp_path: Path) -> None:
    alone = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "PIP_NO_INDEX": "1", "LOCAL_STATE_DIR": str(tmp_path)}
    argv, env = [sys.executable, "-m", "portal.local", "audit"], os.environ | alone
    done = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == NOT_CHECKED
    assert "Not checked" in done.stderr
