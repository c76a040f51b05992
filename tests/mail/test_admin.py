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
from portal.mail import delivery
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


def test_the_words_of_a_code_are_never_shown(log: OutboundEmailAdmin) -> None:
    mail = OutboundEmailFactory(erase_body=True, subject="ABC-123 is je code", text="ABC-123")
    shown = " ".join(
        str(getattr(log, name)(mail)) for name in ("shown_subject", "shown_text", "state", "explanation")
    )
    assert "ABC-123" not in shown
    fields = {name for _title, options in log.fieldsets for name in options["fields"]}
    assert not fields & {"subject", "text", "html", "calendar", "data"}


def test_a_possible_copy_and_an_uncertain_mail_are_named(log: OutboundEmailAdmin) -> None:
    with translation.override("en"):
        twice = OutboundEmailFactory(status=Status.SENT, sent_at=times.now(), maybe_duplicate=True)
        assert log.state(twice) == "sent, may have arrived twice"
        uncertain = OutboundEmailFactory(status=Status.UNCERTAIN)
        assert log.state(uncertain) == "perhaps sent"
        assert log.explanation(uncertain).startswith("Perhaps it arrived.")


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
