from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory
from django.utils import translation

from portal.accounts.models import User
from portal.common import times
from portal.mail import delivery, names, pages, preview, shown
from portal.mail.admin import OutboundEmailAdmin
from portal.mail.models import OutboundEmail
from portal.mail.reasons import plain_reason
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
Status = OutboundEmail.Status


@pytest.fixture
def log() -> OutboundEmailAdmin:
    return OutboundEmailAdmin(OutboundEmail, site)


@pytest.fixture
def request_of_coach(rf: RequestFactory) -> Any:
    request = rf.post("/")
    request.user = User.objects.create_superuser("jet@voorbeeld.nl")
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def test_the_log_is_read_only(log: OutboundEmailAdmin, request_of_coach: Any) -> None:
    assert log.has_view_permission(request_of_coach)
    assert not log.has_add_permission(request_of_coach)
    assert not log.has_change_permission(request_of_coach)
    assert not log.has_delete_permission(request_of_coach)


@pytest.mark.parametrize("status", Status)
def test_the_words_of_a_code_are_never_shown(status: Status) -> None:
    mail = OutboundEmailFactory.build(
        erase_body=True, subject="ABC-123 is je code", text="ABC-123", status=status
    )
    seen = preview.of(mail)
    said = [getattr(shown, name)(mail) for name in ("subject", "what", "text", "state", "moment")]
    assert "ABC-123" not in " ".join([*said, seen.subject, seen.text, seen.html, names.title(mail)])
    assert seen.hidden


def test_a_possible_copy_and_an_uncertain_mail_are_named() -> None:
    with translation.override("en"):
        twice = OutboundEmailFactory(status=Status.SENT, sent_at=times.now(), maybe_duplicate=True)
        assert shown.state(twice) == "sent, may have arrived twice"
        uncertain = OutboundEmailFactory(status=Status.UNCERTAIN)
        assert shown.state(uncertain) == "perhaps sent"
        assert pages.explanation(uncertain).startswith("Perhaps it arrived.")


def test_send_again_queues_what_makes_sense_and_says_what_was_left_alone(
    log: OutboundEmailAdmin, request_of_coach: Any
) -> None:
    failed = OutboundEmailFactory(status=Status.FAILED)
    OutboundEmailFactory(status=Status.CANCELLED)
    with translation.override("en"):
        log.send_again(request_of_coach, OutboundEmail.objects.all())
    assert OutboundEmail.objects.get(pk=failed.pk).status == "queued"
    assert [str(message) for message in get_messages(request_of_coach)] == [
        "1 mail will be sent again.",
        "1 mail was left alone: it is waiting, cancelled or expired, holds a code, or its text was erased.",
    ]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", ""),
        (
            "550 5.1.1 No such mailbox",
            "This address does not exist or takes no mail. (550 5.1.1 No such mailbox)",
        ),
        ("550 nope", "This address does not exist or takes no mail. (550 nope)"),
        ("552 5.2.2 full", "This mailbox is full. (552 5.2.2 full)"),
        (
            "550 5.7.26 unauthenticated",
            "The receiving server does not trust mail from this domain: check SPF, DKIM and DMARC."
            " (550 5.7.26 unauthenticated)",
        ),
        ("554 5.6.0 odd", "The receiving server refused this mail. (554 5.6.0 odd)"),
        ("451 4.7.1 later", "The receiving server asked to try again later. (451 4.7.1 later)"),
        (delivery.EXPIRED, delivery.EXPIRED),
    ],
)
def test_reasons_are_plain_sentences(reason: str, sentence: str) -> None:
    with translation.override("en"):
        assert plain_reason(OutboundEmailFactory.build(reason=reason)) == sentence
