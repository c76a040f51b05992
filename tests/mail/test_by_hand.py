"""A coach stops a mail, or lets it leave now: once, whoever else does what at the same moment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.common import times
from portal.mail import delivery, outbox, refused
from portal.mail.models import OutboundEmail
from portal.mail.render import Skip
from tests.chaos.harness import Sink
from tests.factories.mail import OutboundEmailFactory
from tests.mail.delivering import in_threads, reloaded

pytestmark = pytest.mark.django_db
Status = OutboundEmail.Status
TOMORROW = timedelta(days=1)


def planned(**fields: Any) -> OutboundEmail:
    return OutboundEmailFactory(later=True, due_at=times.now() + TOMORROW, **fields)


def stop(mail: OutboundEmail) -> bool:
    return outbox.stop(mail, by="Mila de Coach")


@pytest.mark.parametrize("fields", [{}, {"status": Status.RETRY}, {"tips": True}])
def test_a_stopped_mail_keeps_who_did_it_and_never_leaves(clock: Any, sink: Sink, fields: Any) -> None:
    mail = planned(**fields)
    assert stop(mail)
    left = reloaded(mail)
    assert (left.status, left.reason, left.stopped_by) == ("cancelled", outbox.STOPPED, "Mila de Coach")
    assert left.stopped_at is not None
    clock.shift(2 * 86_400)
    assert delivery.deliver_due() == 0
    assert not outbox.send_again(left)
    assert not outbox.send_now(left)


def test_what_was_stopped_is_not_planned_again() -> None:
    mail = planned()
    stop(mail)
    with transaction.atomic():
        outbox.enqueue(OutboundEmailFactory.build(later=True, key=mail.key))
    assert [row.status for row in OutboundEmail.objects.filter(key=mail.key)] == ["cancelled"]


@pytest.mark.parametrize(
    "status", [Status.SENT, Status.FAILED, Status.CANCELLED, Status.UNCERTAIN, Status.BOUNCED]
)
def test_what_has_left_cannot_be_stopped(status: Status) -> None:
    mail = OutboundEmailFactory(status=status, sent_at=times.now())
    assert not stop(mail)
    assert (reloaded(mail).status, reloaded(mail).stopped_by) == (status, "")


@pytest.mark.parametrize("act", [stop, outbox.send_now])
def test_a_code_is_neither_stopped_nor_sent_by_hand(act: Any) -> None:
    mail = OutboundEmailFactory(erase_body=True)
    assert not act(mail)
    assert reloaded(mail).status == "queued"


def test_one_that_is_with_a_worker_may_still_leave_but_is_not_tried_again() -> None:
    mail = OutboundEmailFactory(leased=True)
    assert stop(mail)
    delivery.mark(mail, delivery.smtp.Refused("451 later"))
    assert (reloaded(mail).status, reloaded(mail).stopped_by) == ("cancelled", "Mila de Coach")
    other = OutboundEmailFactory(leased=True)
    stop(other)
    delivery.mark(other, delivery.smtp.Sent())
    assert reloaded(other).status == "sent"


def test_who_stopped_it_and_when_belong_together() -> None:
    mail = planned()
    with pytest.raises(IntegrityError):
        OutboundEmail.objects.filter(pk=mail.pk).update(stopped_by="Mila")


# ---- now ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_coaches_who_press_twice_send_it_once(
    mail_templates: Path, renderers: dict[str, Any], sink: Sink
) -> None:
    renderers["tests/reminder"] = lambda mail: {"what": "om tien uur"}
    mail = planned()

    def press() -> None:
        for _time in range(2):
            outbox.send_now(mail)
            delivery.deliver_due()

    in_threads(2, press)
    assert sink.copies() == {str(mail.public_id): 1}
    assert (reloaded(mail).status, reloaded(mail).maybe_duplicate) == ("sent", False)
    assert not outbox.send_now(mail)


@pytest.mark.parametrize("checked", ["its own rule", "the address"])
def test_it_passes_the_checks_of_every_mail(
    mail_templates: Path, renderers: dict[str, Any], sink: Sink, checked: str
) -> None:
    renderers["tests/reminder"] = lambda mail: (
        Skip("The call was moved.") if checked == "its own rule" else {}
    )
    mail = planned()
    if checked == "the address":
        refused.refuse(mail.to_email, refused.Why.HAND, reason="x", by="Mila")
    assert outbox.send_now(mail)
    delivery.deliver_due()
    assert reloaded(mail).status == "cancelled"
    assert sink.copies() == {}


def test_a_mail_that_waits_between_two_attempts_is_tried_now_and_counts_from_when_it_was_due(
    sink: Sink,
) -> None:
    due_at = times.now() - timedelta(hours=2)
    mail = OutboundEmailFactory(
        status=Status.RETRY, due_at=due_at, send_after=times.now() + timedelta(hours=1)
    )
    assert outbox.send_now(mail)
    assert reloaded(mail).due_at == due_at
    delivery.deliver_due()
    assert reloaded(mail).status == "sent"


def test_what_is_of_no_use_any_more_does_not_leave_late() -> None:
    mail = OutboundEmailFactory(expires_at=times.now())
    assert not outbox.send_now(mail)


# ---- an address that gets no mail --------------------------------------------------------------------------
def test_nothing_leaves_to_an_address_that_gets_no_mail_but_a_code(sink: Sink) -> None:
    to = {"to_email": "Sanne@example.org"}
    refused.refuse("sanne@example.org", refused.Why.BOUNCE)
    service = OutboundEmailFactory(message="bookings/confirmation", **to)
    tip = OutboundEmailFactory(tips=True, message="sequences/step", **to)
    code = OutboundEmailFactory(message="accounts/login_code", erase_body=True, **to)
    delivery.deliver_due()
    assert [reloaded(mail).status for mail in (service, tip, code)] == ["cancelled", "cancelled", "sent"]


def test_a_server_that_says_that_there_is_no_such_address_closes_it(sink: Sink) -> None:
    mail = OutboundEmailFactory(message="bookings/confirmation")
    refusal = delivery.smtp.Refused("550 5.1.1 unknown", is_final=True)
    delivery.note_refusal(mail, refusal)
    assert refused.why_not(mail) == refused.REASONS[refused.Why.BOUNCE]


@pytest.mark.parametrize("words", ["550 5.7.26 unauthenticated", "552 5.2.2 full", "554 5.7.1 spam"])
def test_a_server_that_refuses_what_is_written_closes_nothing(words: str) -> None:
    mail = OutboundEmailFactory(message="bookings/confirmation")
    delivery.note_refusal(mail, delivery.smtp.Refused(words, is_final=True))
    assert refused.why_not(mail) == ""


def test_after_another_secret_key_it_is_still_known(settings: Any) -> None:
    refused.refuse("sanne@example.org", refused.Why.HAND)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" * 8
    assert refused.find("sanne@example.org") is not None
    assert refused.among(["sanne@example.org", "other@example.org"]) == {"sanne@example.org"}
    assert refused.allow("sanne@example.org")
