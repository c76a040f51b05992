"""`make up` as the operator meets it: everything runs, everything stops, whatever was killed starts again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from portal.local.machine import new_throwaway, stop_orphans, throw_away
from portal.local.places import ROOT, free_port
from portal.local.processes import birth, wait_until
from tests.local.test_run import OURS

pytestmark = pytest.mark.local

NAMES = {"postgres", "redis", "sink", "web", "worker", "beat"}
READY_SECONDS = 90  # the first start of a new database, on a busy machine


class Portal:
    """One `python -m portal.local up` on a state and a port of its own."""

    def __init__(self, state: Path) -> None:
        self.state, self.port = state, free_port()
        self.told = state / "told"

    def start(self) -> None:
        bare = {name: value for name, value in os.environ.items() if name not in OURS}
        with self.told.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.local", "up"],
                env={**bare, "LOCAL_STATE_DIR": str(self.state), "PORT": str(self.port)},
                cwd=ROOT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        is_done = wait_until(lambda: self.is_ready or self.process.poll() is not None, READY_SECONDS)
        assert is_done, self.told.read_text()
        assert self.is_ready, self.told.read_text()

    @property
    def is_ready(self) -> bool:
        return "Ctrl-C stops everything." in self.told.read_text()

    @property
    def pids(self) -> dict[str, int]:
        files = (self.state / "run").glob("*.pid")
        return {file.stem: int(file.read_text().split()[0]) for file in files}

    @property
    def sign_in_link(self) -> str:
        found = re.search(r"http://localhost:\d+/local/sign-in/\S+", self.told.read_text())
        assert found
        return found.group()

    def get(self, path: str) -> int:
        try:
            return build_opener().open(f"http://localhost:{self.port}{path}", timeout=10).status
        except HTTPError as error:
            return error.code
        except OSError:
            return 0


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """Empty for the first test, whichever that is; the others find there what it left."""
    state = new_throwaway()
    yield state
    throw_away(state)


@pytest.fixture
def portal(state: Path) -> Iterator[Portal]:
    portal = Portal(state)
    yield portal
    portal.process.kill()
    portal.process.wait()
    stop_orphans(state)


def follow(browser: OpenerDirector, link: str) -> str:
    """Open the link, press its button, return the address one lands on."""
    with browser.open(link, timeout=10) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert token
    with browser.open(link, urlencode({"csrfmiddlewaretoken": token.group(1)}).encode(), timeout=30) as page:
        return str(page.geturl())


def test_up_runs_the_whole_portal_and_stops_all_of_it(portal: Portal) -> None:
    portal.start()
    pids = portal.pids
    assert set(pids) == NAMES
    assert portal.get("/healthz") == 200
    assert portal.get("/local/mail/") == 200
    assert follow(build_opener(HTTPCookieProcessor(CookieJar())), portal.sign_in_link).endswith("/beheer/")
    portal.process.send_signal(signal.SIGINT)
    assert portal.process.wait(60) == 130
    assert {name for name, pid in pids.items() if birth(pid)} == set()


def test_up_starts_again_what_was_killed_and_itself_after_kill_9(portal: Portal) -> None:
    portal.start()
    before = portal.pids
    os.killpg(before["web"], signal.SIGKILL)
    assert wait_until(lambda: portal.get("/healthz") == 200 and portal.pids["web"] != before["web"], 60)
    assert "web stopped (exit code -9); starts again in" in portal.told.read_text()
    for pid in (portal.process.pid, *portal.pids.values()):
        with suppress(ProcessLookupError):  # it ends with its supervisor
            os.kill(pid, signal.SIGKILL)
    portal.process.wait()
    portal.start()
    assert portal.get("/healthz") == 200
    portal.process.terminate()
    assert portal.process.wait(60) == 130


def manage(portal: Portal, *arguments: str) -> str:
    """`make manage` in another window."""
    bare = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "-m", "portal.local", "manage", "--", *arguments],
        env={**bare, "LOCAL_STATE_DIR": str(portal.state)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    ).stdout


def test_manage_joins_the_portal_that_runs_and_starts_its_database_when_none_does(portal: Portal) -> None:
    portal.start()
    shell = ("shell", "--verbosity=0", "-c")
    noor = "from portal.accounts.models import User; noor = User.objects.{}; print(noor)"
    assert manage(portal, *shell, noor.format("create_user('noor@voorbeeld.nl')")) == "noor@voorbeeld.nl\n"
    assert portal.get("/impactcall/") == 200
    portal.process.send_signal(signal.SIGINT)
    assert portal.process.wait(60) == 130
    assert manage(portal, *shell, noor.format("get(email__startswith='noor')")) == "noor@voorbeeld.nl\n"
