"""Which Chromium the browser tests take."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.local import chromium

pytestmark = pytest.mark.local


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Playwright's folder, with a whole browser; nothing is on PATH, and nothing may be installed."""
    whole = put(tmp_path / "chromium-1255" / "chrome-linux64" / "chrome")
    monkeypatch.setattr(chromium, "where_playwright_looks", lambda: whole)
    monkeypatch.setattr(chromium, "is_root", lambda: False)
    monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
    monkeypatch.delenv("CHROMIUM", raising=False)
    return tmp_path


def put(path: Path, code: int = 0) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    "name", ["chrome-linux/headless_shell", "chrome-headless-shell-linux64/chrome-headless-shell"]
)
def test_the_shell_beside_playwrights_browser_comes_first(cache: Path, name: str) -> None:
    shell = put(cache / "chromium_headless_shell-1255" / name)
    assert chromium.chromium() == str(shell)


def test_one_that_does_not_start_is_passed_over(cache: Path) -> None:
    put(cache / "chromium_headless_shell-1255" / "chrome-linux" / "headless_shell", code=1)
    assert chromium.chromium() == str(cache / "chromium-1255" / "chrome-linux64" / "chrome")


def test_without_a_shell_the_whole_browser_will_do(cache: Path) -> None:
    assert chromium.chromium() == str(cache / "chromium-1255" / "chrome-linux64" / "chrome")


def test_what_is_asked_for_is_taken(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/own/chromium")
    assert chromium.chromium() == "/opt/own/chromium"
