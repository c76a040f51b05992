"""A mail server that wants TLS, a name and a password."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from environ import Env

from portal.mail import smtp
from tests.bookings.world import make_certificate
from tests.chaos.harness import Sink

MAIL = b"X-Outbox-Id: 1\r\n\r\nHallo"


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """It offers TLS with a certificate that this machine trusts, and lets in who then says 'geheim'."""
    pem, _trusting = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    with Sink(
        tls_context=context,
        auth_required=True,
        authenticator=lambda *said: AuthResult(success=said[-1] == LoginPassword(b"jet", b"geheim")),
    ) as server:
        yield server


def told(settings: Any, url: str) -> smtp.Outcome:
    settings.SMTP = Env.email_url_config(url)
    return smtp.send("jet@voorbeeld.nl", "sanne@voorbeeld.nl", MAIL, seconds=10)


def test_name_and_password_go_over_tls_and_then_the_mail(guarded: Sink, settings: Any) -> None:
    assert told(settings, f"smtp+tls://jet:geheim@127.0.0.1:{guarded.port}") == smtp.Sent()
    assert guarded.copies() == {"1": 1}


def test_a_wrong_password_is_no_reason_to_give_a_mail_up(guarded: Sink, settings: Any) -> None:
    outcome = told(settings, f"smtp+tls://jet:fout@127.0.0.1:{guarded.port}")
    assert isinstance(outcome, smtp.Refused)
    assert (outcome.is_final, outcome.is_unreachable) == (False, True)


def test_a_server_that_nobody_vouches_for_hears_nothing(
    guarded: Sink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    outcome = told(settings, f"smtp+tls://jet:geheim@127.0.0.1:{guarded.port}")
    assert isinstance(outcome, smtp.Refused)
    assert "certificate verify failed" in outcome.reason
    assert guarded.received == []


def test_tls_from_the_first_byte(guarded: Sink, settings: Any) -> None:
    """The server of this test speaks first and is not understood; that it is asked for TLS shows."""
    outcome = told(settings, f"smtp+ssl://jet:geheim@127.0.0.1:{guarded.port}")
    assert isinstance(outcome, smtp.Refused)
    assert "SSL" in outcome.reason
