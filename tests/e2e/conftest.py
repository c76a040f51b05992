"""A real Chromium on a real server. Every page is watched: no CSP violation, nothing from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.e2e.desk import call  # noqa: F401 - a fixture of the admin's tests
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import first_coach

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
WATCH_CSP = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', e => {
  window.__violations.push(`${e.violatedDirective} ${e.blockedURI}`);
  window.report_violation && window.report_violation(`${e.violatedDirective} ${e.blockedURI}`);
});
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("CHROMIUM")
    if not chromium:
        pytest.fail("No Chromium: run the suite with `make test`, which finds or installs one.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def _pages_as_they_are_served() -> Iterator[None]:
    """The test server's own handler knows no hashed names and answers 404: pages would be tested naked.
    Stepping aside lets whitenoise serve the built files, as it does in the product."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "_should_handle", lambda self, path: False)
        yield


@pytest.fixture
def site(live_server: LiveServer, settings: Any, transactional_db: None) -> str:
    """The address of a running portal with the instrument, a coach and a call type."""
    InstrumentFactory()
    first_coach()
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def open_browser(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a browser of its own (own cookies) and return its page; checks the watch at the end."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_one(**options: Any) -> Page:
        options = {"locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "base_url": site} | options
        context = browser.new_context(**options)
        context.expose_function("report_violation", lambda text: problems.append(f"CSP: {text}"))
        context.add_init_script(WATCH_CSP)
        context.on("request", lambda request: _note_foreign(request.url, site, problems))
        context.on("response", lambda response: _note_error(response.status, response.url, problems))
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(open_browser: Callable[..., Page]) -> Page:
    return open_browser(viewport={"width": 1280, "height": 900})


def _note_foreign(url: str, site: str, problems: list[str]) -> None:
    if not url.startswith((site, "data:", "blob:")):
        problems.append(f"third party: {url}")


def _note_error(status: int, url: str, problems: list[str]) -> None:
    if status >= 500:
        problems.append(f"server error {status}: {url}")
    if status >= 400 and "/static/" in url:
        problems.append(f"missing file {status}: {url}")
