"""Dependencies are pinned by hash, and what an audit did not check it never calls clean (T26)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from portal.local.audit import CLEAN, LOCKS, NOT_CHECKED, TOOL, WEAK, install, judge
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


def test_a_weakness_beside_what_was_not_checked_hides_neither(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge("requirements.txt", report("pillow", skipped="idna"), "") == WEAK
    said = capsys.readouterr().err
    assert "pillow 1: PYSEC-1, mended in 2" in said
    assert "not checked: 1 of 3 packages, first idna (not on the index)" in said


# ---- the real tool ------------------------------------------------------------------------------------
@dataclass
class Advisories:
    """A server that answers as OSV does (https://google.github.io/osv.dev/post-v1-query/): about a package
    and version what is `known`, about all others nothing."""

    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def answer(self, query: dict[str, Any]) -> dict[str, Any]:
        name = query["package"]["name"]
        self.asked.append((name, query["version"]))
        return {"vulns": [self.known[name]]} if name in self.known else {}


@pytest.fixture
def advisories() -> Iterator[Advisories]:
    """A running one."""
    told = Advisories()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(told.answer(query)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield told
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tool stands, once installed."""
    folder = tmp_path_factory.mktemp("state")
    if trouble := install(folder / "audit"):
        pytest.fail(f"{TOOL} cannot be installed here: {trouble}")
    return folder


def audited(state: Path, **env: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "portal.local", "audit"]
    env = os.environ | {"LOCAL_STATE_DIR": str(state)} | env
    return subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


def audited_with(state: Path, told: Advisories) -> subprocess.CompletedProcess[str]:
    url = f"http://127.0.0.1:{told.port}/v1/query"
    return audited(state, PIP_AUDIT_VULNERABILITY_SERVICE="osv", PIP_AUDIT_OSV_URL=url, NO_PROXY="127.0.0.1")


@pytest.mark.local
def test_a_known_weakness_fails_and_is_named_with_its_cure(state: Path, advisories: Advisories) -> None:
    events = [{"introduced": "0"}, {"fixed": "99.1"}]
    package = {"name": "django", "ecosystem": "PyPI"}
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    advisories.known = {"django": {"id": "PYSEC-2026-9999", "summary": "Weak", "affected": affected}}
    done = audited_with(state, advisories)
    version = dict(advisories.asked)["django"]
    assert done.returncode == WEAK
    for name in LOCKS:
        assert f"{name}: django {version}: PYSEC-2026-9999, mended in 99.1." in done.stderr


@pytest.mark.local
def test_nothing_known_passes_and_every_package_for_this_machine_was_asked_about(
    state: Path, advisories: Advisories
) -> None:
    done = audited_with(state, advisories)
    assert (done.returncode, done.stderr.count("nothing known about any of")) == (CLEAN, len(LOCKS))
    for name in LOCKS:
        everywhere = re.findall(r"(?m)^(\S+)==(\S+) \\$", (ROOT / name).read_text(encoding="utf-8"))
        assert len(everywhere) > 20
        assert set(everywhere) - set(advisories.asked) == set()


@pytest.mark.local
def test_a_tool_that_reaches_nobody_says_not_checked_and_fails(state: Path) -> None:
    nobody = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:1")
    done = audited(state, PIP_NO_CACHE_DIR="1", **nobody)
    assert done.returncode == NOT_CHECKED
    for name in LOCKS:
        assert f"{name}: not checked: the advisories could not be read (" in done.stderr


@pytest.mark.local
def test_without_the_tool_it_says_not_checked_and_fails(tmp_path: Path) -> None:
    done = audited(tmp_path, PIP_INDEX_URL="http://127.0.0.1:1/", PIP_NO_INDEX="1")
    assert done.returncode == NOT_CHECKED
    assert "Not checked" in done.stderr
