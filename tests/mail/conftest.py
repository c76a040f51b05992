"""A mail server that writes down what it gets, templates for tests, and no Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.common import waking
from portal.mail import render
from tests.chaos.harness import Sink, smtp_at
from tests.mail.imap_server import MailServer

TEMPLATES = {
    "mail.css": ".m-p { margin: 0 0 16px; }",
    "tests/confirmation/subject.txt": "Bevestigd voor {{ name }}",
    "tests/confirmation/body.txt": "Hallo {{ name }},\n\n\n\nBeheer: {{ manage_url }}\n{{ site.name }}",
    "tests/confirmation/body.html": '<p class="m-p">{{ name }}</p><a href="{{ manage_url }}">Beheer</a>',
    "tests/reminder/subject.txt": "Morgen: {{ what }}",
    "tests/reminder/body.txt": "Morgen {{ what }}. {{ unsubscribe_url }}",
    "tests/reminder/body.html": "<html><body><p>Morgen {{ what }}</p></body></html>",
}


@pytest.fixture
def sink(settings: object) -> Iterator[Sink]:
    with Sink() as server:
        settings.SMTP = smtp_at(server.port)  # type: ignore[attr-defined]
        yield server


@pytest.fixture(scope="session")
def _imap_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    server = MailServer(tmp_path_factory.mktemp("imap"))
    yield server
    server.end()


@pytest.fixture
def bounce_mailbox(_imap_server: MailServer, settings: object, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """A real mailbox for mail that comes back. What is in it from before is opened: each test sees its own."""
    monkeypatch.setenv("SSL_CERT_FILE", str(_imap_server.pem))
    settings.BOUNCE_MAILBOX = _imap_server.account  # type: ignore[attr-defined]
    _imap_server.open_all()
    return _imap_server


@pytest.fixture
def mail_templates(settings: object, tmp_path: Path) -> Iterator[Path]:
    for name, words in TEMPLATES.items():
        path = tmp_path / "emails" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]  # type: ignore[attr-defined]
    render._inliner.cache_clear()  # it remembers the style sheet of the real mails, and would remember ours
    yield tmp_path
    render._inliner.cache_clear()


@pytest.fixture
def renderers(monkeypatch: pytest.MonkeyPatch) -> dict[str, render.Renderer]:
    registered: dict[str, render.Renderer] = {}
    monkeypatch.setattr(render, "_renderers", registered)
    return registered


@pytest.fixture(autouse=True)
def _no_redis(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that refuses at once; every test starts with the breaker closed."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    monkeypatch.setattr(waking, "_closed_until", 0.0)
