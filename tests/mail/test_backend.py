from __future__ import annotations

from typing import Any

import django
import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from portal.mail import delivery
from portal.mail.models import OutboundEmail
from tests.chaos.harness import Sink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _outbox_backend(settings: Any) -> None:
    """pytest-django puts a list in its place."""
    backend = "portal.mail.backend.OutboxBackend"
    if django.VERSION < (6, 1):
        settings.EMAIL_BACKEND = backend
    else:
        settings.MAILERS = {"default": {"BACKEND": backend}}


def test_mail_of_others_becomes_a_row_for_each_recipient() -> None:
    message = EmailMultiAlternatives(
        "Onder\tWerp", "tekst", to=["a@example.org", "Bé <b@example.org>"], bcc=["c@example.org"]
    )
    message.attach_alternative("<p>tekst</p>", "text/html")
    assert message.send() == 1
    rows = OutboundEmail.objects.order_by("to_email")
    assert [(row.to_email, row.to_name) for row in rows] == [
        ("a@example.org", ""),
        ("b@example.org", "Bé"),
        ("c@example.org", ""),
    ]
    assert {(row.subject, row.text, row.html, row.kind) for row in rows} == {
        ("Onder Werp", "tekst", "<p>tekst</p>", "service")
    }


def test_mail_of_others_is_sent_and_its_words_are_erased(sink: Sink) -> None:
    mail.send_mail("Code", "Je code is 123", None, ["a@example.org"])
    delivery.deliver_due()
    assert "123" in sink.received[0].content.decode()
    row = OutboundEmail.objects.get()
    assert (row.status, row.subject, row.text) == ("sent", "", "")


def test_the_same_message_sent_twice_is_one_row() -> None:
    message = EmailMultiAlternatives(
        "x", "y", to=["a@example.org"], headers={"Message-ID": "<1@example.org>"}
    )
    message.send()
    message.send()
    assert OutboundEmail.objects.count() == 1
