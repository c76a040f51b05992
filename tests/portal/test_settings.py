"""Settings that would harm somebody are refused at every start, also by the web server and the workers."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from portal.checks import mail_that_comes_back_is_seen
from portal.local.places import ROOT
from portal.mail.imap import Account

PUBLIC = {
    "SITE_URL": "https://draagkracht.example.org",
    "LOCAL_MODE": "false",
    "DEBUG": "false",
    "SECRET_KEY": "x" * 50,
    "COACH_EMAIL": "coach@draagkracht.example.org",
}


def started(program: str = "import portal.settings", **changed: str) -> tuple[int, str]:
    """Exit code and last line of a Python program with these variables."""
    env = {**os.environ, **PUBLIC, **changed}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr.strip().rpartition("\n")[2]


def test_settings_of_a_public_site_start() -> None:
    assert started() == (0, "")


def test_debug_on_a_public_site_is_refused() -> None:
    code, words = started(DEBUG="true")
    assert code == 1
    assert "DEBUG is on while SITE_URL is https" in words
    assert started(DEBUG="true", SITE_URL="http://localhost:8000")[0] == 0


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "SITE_URL"])
def test_what_is_needed_is_asked_for_with_an_example(name: str) -> None:
    code, words = started(**{name: ""})
    assert code == 1
    assert f"{name} is not set" in words


def test_a_mailbox_that_cannot_be_used_is_refused_without_its_password() -> None:
    code, words = started(BOUNCE_MAILBOX="imap://agenda:geheim@imap.example.org")
    assert code == 1
    assert "BOUNCE_MAILBOX must begin with imaps://" in words
    assert "geheim" not in words
    assert started(BOUNCE_MAILBOX="imaps://agenda:geheim@imap.example.org/INBOX") == (0, "")


def test_a_team_mirror_never_shows_anything_of_fewer_than_four() -> None:
    code, words = started(TEAM_MINIMUM="3")
    assert code == 1
    assert "TEAM_MINIMUM must be 4 or more" in words


@pytest.mark.parametrize(("url", "said"), [("", True), ("imaps://agenda:geheim@imap.example.org", False)])
def test_a_deployment_without_one_is_told_what_it_does_not_see(settings: Any, url: str, said: bool) -> None:
    settings.LOCAL_MODE, settings.BOUNCE_MAILBOX = False, Account.of(url)
    assert [one.id for one in mail_that_comes_back_is_seen()] == (["portal.W001"] if said else [])


@pytest.mark.parametrize(
    "url", ["https://draagkracht.example.org", "http://192.168.1.5:8000", "http://0.0.0.0:8000"]
)
@pytest.mark.parametrize(
    "program",
    ["import portal.settings", "import portal.wsgi", "import portal.celery as c; c.app.conf.timezone"],
)
def test_local_mode_on_any_other_machine_is_refused(program: str, url: str) -> None:
    code, words = started(program, LOCAL_MODE="true", SITE_URL=url)
    assert code == 1
    assert "LOCAL_MODE opens the mail sink" in words


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_local_mode_on_this_machine_starts(url: str) -> None:
    assert started(LOCAL_MODE="true", SITE_URL=url) == (0, "")


def test_local_mode_under_a_name_of_another_machine_is_refused() -> None:
    here = {"LOCAL_MODE": "true", "SITE_URL": "http://localhost:8000"}
    assert started(**here, ALLOWED_HOSTS="localhost,draagkracht.example.org")[0] == 1
    assert started(**here, ALLOWED_HOSTS="*")[0] == 1
