"""Settings that would harm somebody are refused at every start, also by the web server and the workers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from portal.checks import mail_that_comes_back_is_seen, settings_are_safe
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


def test_the_key_of_the_example_is_refused() -> None:
    """T25: whoever copies `.env.example` and fills in the rest."""
    example = re.search(r"^# SECRET_KEY=(\S+)", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert example
    code, words = started(SECRET_KEY=example[1])
    assert code == 1
    assert "SECRET_KEY is the example" in words


SWITCHED = """
import json, django; django.setup()
from django.conf import settings
names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT SESSION_COOKIE_HTTPONLY CSRF_COOKIE_HTTPONLY"
names += " SECURE_HSTS_INCLUDE_SUBDOMAINS SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SAMESITE"
names += " CSRF_COOKIE_SAMESITE SECURE_HSTS_SECONDS USE_X_FORWARDED_HOST ALLOWED_HOSTS DEBUG"
print(json.dumps({name: getattr(settings, name) for name in names.split()}))
from django.test import Client
answer = Client().get("/healthz", secure=True, headers={"host": "draagkracht.example.org"})
print(json.dumps([answer.status_code, answer.headers["Strict-Transport-Security"]]))
answer = Client().get("/robots.txt", headers={"host": "draagkracht.example.org"})
print(json.dumps([answer.status_code, answer.headers["Location"]]))
"""


def test_one_switch_makes_all_of_it_safe_for_the_open_internet() -> None:
    """T20, T22: an https SITE_URL is that switch."""
    env = {**os.environ, **PUBLIC, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", SWITCHED], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    found, strict, plain = (json.loads(line) for line in done.stdout.splitlines())
    assert found == {
        **dict.fromkeys(("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"), True),
        **dict.fromkeys(
            ("SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "SECURE_HSTS_INCLUDE_SUBDOMAINS"), True
        ),
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SAMESITE": "Lax",
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "USE_X_FORWARDED_HOST": False,
        "ALLOWED_HOSTS": ["draagkracht.example.org"],
        "DEBUG": False,
    }
    assert strict == [200, "max-age=31536000; includeSubDomains; preload"]
    assert plain == [301, "https://draagkracht.example.org/robots.txt"]


@pytest.mark.parametrize("changed", [{"LOG_FORMAT": "xml"}, {"LOG_LEVEL": "LUID"}], ids=str)
def test_a_log_that_cannot_be_is_refused_in_a_sentence(changed: dict[str, str]) -> None:
    code, words = started(**changed)
    assert code == 1
    assert "LOG_FORMAT is line or json; LOG_LEVEL DEBUG, INFO" in words


def test_hosts_of_everybody_are_refused_by_the_check(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["draagkracht.example.org", "*"]
    assert [one.id for one in settings_are_safe()] == ["portal.E002"]


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
