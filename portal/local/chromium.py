"""Find a Chromium for the browser tests, or install one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from portal.local.places import LocalError, is_root, say

# The headless shell first: it opens no windows behind the screen, and takes a fifth of the time for a page.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
)


def chromium() -> str:
    """Return the path of a Chromium, installing Debian's or Playwright's when none is on PATH.

    Raises LocalError when neither can be had.
    """
    found = os.environ.get("CHROMIUM") or on_path() or playwrights()
    if not found and is_root() and shutil.which("apt-get"):
        say("Installing Chromium with apt-get; this is done once.")
        quietly(["apt-get", "update"])
        for package in (SHELL, "chromium"):
            if not found:
                quietly(["apt-get", "install", "-y", "--no-install-recommends", package])
                found = on_path()
    if not found:
        say("Installing Playwright's Chromium; this is done once.")
        quietly([sys.executable, "-m", "playwright", "install", "chromium"])
        found = playwrights()
    if not found:
        raise LocalError(
            "The browser tests need a Chromium and none could be installed; install Debian's `chromium`."
        )
    return found


def on_path() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def playwrights() -> str | None:
    asked = subprocess.run(
        [sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False
    )
    path = Path(asked.stdout.strip() or "/nonexistent")
    return str(path) if path.is_file() else None


def quietly(argv: list[str]) -> None:
    subprocess.run(
        argv,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
