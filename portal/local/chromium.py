"""Find a Chromium for the browser tests, or install one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from portal.local.places import LocalError, is_root, say

SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
)
PATIENCE = 300  # seconds for one step of an installation, after which it is given up


def chromium() -> str:
    """Return the path of a Chromium, installing Debian's or Playwright's when there is none.

    The headless shell comes first, also when a whole browser is there: it opens no windows behind the screen, and takes
    a fifth of the time for a page. Raises LocalError when nothing can be had.
    """
    found = os.environ.get("CHROMIUM") or shutil.which(SHELL) or playwrights_shell()
    can_install = is_root() and shutil.which("apt-get")
    if not found and can_install:
        say("Installing Chromium's headless shell with apt-get; this is done once.")
        quietly(["apt-get", "update"])
        quietly(["apt-get", "install", "-y", "--no-install-recommends", SHELL])
        found = shutil.which(SHELL)
    found = found or on_path() or playwrights()
    if not found and can_install:
        quietly(["apt-get", "install", "-y", "--no-install-recommends", "chromium"])
        found = on_path()
    if not found:
        say("Installing Playwright's Chromium; this is done once.")
        quietly([sys.executable, "-m", "playwright", "install", "chromium"])
        found = playwrights_shell() or playwrights()
    if not found:
        raise LocalError(
            "The browser tests need a Chromium and none could be installed; install Debian's `chromium`."
        )
    return found


def on_path() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def playwrights() -> str | None:
    path = where_playwright_looks()
    return str(path) if path.is_file() else None


def playwrights_shell() -> str | None:
    """It lies beside the whole browser: `chromium-1255/…` and `chromium_headless_shell-1255/…`."""
    home = next((one for one in where_playwright_looks().parents if one.name.startswith("chromium-")), None)
    if home is None:
        return None
    beside = home.with_name(home.name.replace("chromium-", "chromium_headless_shell-", 1))
    shells = [one for one in beside.glob("*/*") if one.stem in ("headless_shell", "chrome-headless-shell")]
    return str(shells[0]) if shells and runs(shells[0]) else None


@cache
def where_playwright_looks() -> Path:
    asked = subprocess.run(
        [sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False
    )
    return Path(asked.stdout.strip() or "/nonexistent")


def runs(program: Path) -> bool:
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def quietly(argv: list[str]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            argv,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=PATIENCE,
        )
