"""`make check`: everything a machine can say about the code without running its tests."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from portal.local.machine import throwaway_machine
from portal.local.places import ROOT, LocalError, say

TOOLS = Path(sys.executable).parent
PRODUCTION = {
    "LOCAL_MODE": "false",
    "DEBUG": "false",
    "SITE_URL": "https://draagkracht.example.org",
    "COACH_EMAIL": "coach@draagkracht.example.org",
    "COACH_NAME": "A Coach",
    "PRACTICE_NAME": "A Practice",
    "PRACTICE_EMAIL": "practice@draagkracht.example.org",
    "PRACTICE_PHONE": "+31 20 794 0000",
    "PRACTICE_ADDRESS": "Dorpsstraat 1, Ons Dorp",
    "PRACTICE_KVK": "12345678",
    "PRACTICE_VAT_ID": "",
    "PROCESSORS": '[{"name": "A Host", "purpose": "hosting", "country": "NL"}]',
    "EMAIL_URL": "smtp+tls://user:password@smtp.example.org:587",
    "BOUNCE_MAILBOX": "imaps://user:password@imap.example.org:993/INBOX",
}
TIDIED = {"ruff check", "ruff format", "djade"}


def check() -> int:
    if not (TOOLS / "ruff").exists():
        raise LocalError("The checking tools are not installed; run `make check`, which installs them.")
    with throwaway_machine() as this:
        environment = {
            **os.environ,
            **this.environment,
            **PRODUCTION,
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
        failed = [name for name, argv in checks() if not passes(name, argv, environment)]
    if failed:
        say(f"Failed: {', '.join(failed)}.")
    if TIDIED & set(failed):
        say("`make tidy` mends what a machine can mend.")
    return 1 if failed else 0


def checks() -> list[tuple[str, list[str]]]:
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    manage = [sys.executable, "manage.py"]
    return [
        ("ruff check", [str(TOOLS / "ruff"), "check", "."]),
        ("ruff format", [str(TOOLS / "ruff"), "format", "--check", "."]),
        ("djade", [str(TOOLS / "djade"), "--check", "--target-version", "5.2", *templates]),
        ("import order", [sys.executable, "-m", "portal.local.imports"]),
        ("types", [sys.executable, "-m", "mypy"]),
        ("languages", [*manage, "check_translations"]),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"]),
    ]


def passes(name: str, argv: list[str], environment: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(argv, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print((done.stdout + done.stderr).strip(), flush=True)
    print(
        f"{'FAILED' if done.returncode else 'ok':6} {name} ({time.monotonic() - started:.1f} s)", flush=True
    )
    return done.returncode == 0
