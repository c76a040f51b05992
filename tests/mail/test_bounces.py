"""Mail that comes back: read from a real IMAP server; who may be silenced by it, and who never."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from portal.accounts.models import User
from portal.common import times
from portal.mail import bounces, delivery
from portal.mail.models import OutboundEmail, RefusedAddress
from portal.mail.reasons import plain_reason
from tests.factories.mail import OutboundEmailFactory
from tests.mail.delivering import reloaded
from tests.mail.imap_server import MailServer
from tests.mail.reported import bounce, complaint

pytestmark = pytest.mark.django_db
Status = OutboundEmail.Status


def sent(**fields: Any) -> OutboundEmail:
    return OutboundEmailFactory(**{"status": Status.SENT, "sent_at": times.now(), **fields})


def refused() -> dict[str, str]:
    return {row.email: row.why for row in RefusedAddress.objects.all()}


# ---- what a report does ------------------------------------------------------------------------------------
def test_a_mail_that_came_back_is_marked_and_its_address_gets_no_more(bounce_mailbox: MailServer) -> None:
    mail, other = sent(), sent()
    bounce_mailbox.put(bounce(mail))
    assert bounces.read() == 1
    assert (reloaded(mail).status, reloaded(other).status) == ("bounced", "sent")
    assert refused() == {mail.to_email: "bounce"}
    with translation.override("en"):
        said = plain_reason(reloaded(mail))
    assert said.startswith("This address does not exist or takes no mail. (550 5.1.1")


def test_a_delay_is_noted_and_closes_nothing(bounce_mailbox: MailServer) -> None:
    mail = sent()
    bounce_mailbox.put(bounce(mail, action="delayed", status="4.4.1", answer="smtp; 451 4.4.1 no answer"))
    assert bounces.read() == 1
    assert (reloaded(mail).status, refused()) == ("sent", {})
    with translation.override("en"):
        assert plain_reason(reloaded(mail)).startswith("The receiving server has not delivered it yet")


OTHER_REASONS = [
    ("5.7.26", "smtp; 550 5.7.26 unauthenticated"),
    ("5.2.2", "smtp; 552 5.2.2 full"),
    ("4.4.7", ""),
]


@pytest.mark.parametrize(("status", "answer"), OTHER_REASONS)
def test_what_did_not_arrive_for_another_reason_is_marked_and_closes_nothing(
    bounce_mailbox: MailServer, status: str, answer: str
) -> None:
    mail = sent()
    bounce_mailbox.put(bounce(mail, status=status, answer=answer))
    bounces.read()
    assert (reloaded(mail).status, refused()) == ("bounced", {})


def test_a_complaint_closes_the_address(bounce_mailbox: MailServer) -> None:
    mail, hidden, other = sent(tips=True), sent(tips=True), sent()
    bounce_mailbox.put(
        complaint(mail, to=mail.to_email), complaint(hidden), complaint(other, to="x@example.org")
    )
    bounces.read()
    assert refused() == {mail.to_email: "complaint", hidden.to_email: "complaint"}
    assert reloaded(mail).status == "sent"  # it arrived


# ---- what a forged one does not ----------------------------------------------------------------------------
def test_nobody_is_silenced_by_whoever_knows_only_the_address(bounce_mailbox: MailServer) -> None:
    mail = sent(to_email="victim@example.org")
    made_up = OutboundEmailFactory.build(to_email=mail.to_email)
    bounce_mailbox.put(bounce(made_up), bounce(to=mail.to_email), complaint(made_up, to=mail.to_email))
    bounces.read()
    assert (reloaded(mail).status, refused()) == ("sent", {})


def test_nobody_is_silenced_by_whoever_got_a_mail_of_their_own(bounce_mailbox: MailServer) -> None:
    victim, mine = sent(to_email="victim@example.org"), sent(to_email="mallory@example.org")
    bounce_mailbox.put(bounce(mine, to="victim@example.org"), complaint(mine, to="victim@example.org"))
    bounces.read()
    assert (reloaded(victim).status, refused()) == ("sent", {})


def test_a_mail_that_never_left_does_not_come_back(bounce_mailbox: MailServer) -> None:
    mail = OutboundEmailFactory()
    bounce_mailbox.put(bounce(mail))
    bounces.read()
    assert (reloaded(mail).status, refused()) == ("queued", {})


def test_a_server_that_sends_back_before_we_have_noted_that_it_left_is_believed(
    bounce_mailbox: MailServer,
) -> None:
    mail = OutboundEmailFactory(leased=True)
    bounce_mailbox.put(bounce(mail))
    bounces.read()
    delivery.mark(mail, delivery.smtp.Sent())
    assert (reloaded(mail).status, refused()) == ("bounced", {mail.to_email: "bounce"})


def test_a_mail_that_left_weeks_ago_does_not_come_back_any_more(bounce_mailbox: MailServer) -> None:
    """Whoever forwarded it meanwhile gave its number away."""
    mail = sent(due_at=times.now() - timedelta(days=15))
    bounce_mailbox.put(bounce(mail))
    bounces.read()
    assert (reloaded(mail).status, refused()) == ("sent", {})


def test_a_mail_that_was_passed_on_and_came_back_from_there_closes_neither_address(
    bounce_mailbox: MailServer,
) -> None:
    mail = sent()
    bounce_mailbox.put(bounce(mail, to="elsewhere@example.net"))
    bounces.read()
    assert (reloaded(mail).status, refused()) == ("bounced", {})


def test_by_the_address_it_first_had_it_is_known_all_the_same(bounce_mailbox: MailServer) -> None:
    mail = sent()
    bounce_mailbox.put(bounce(mail, to="s.vermeer@example.org", original=mail.to_email))
    bounces.read()
    assert refused() == {mail.to_email: "bounce"}


def test_who_runs_the_practice_is_never_cut_off(bounce_mailbox: MailServer) -> None:
    jet = User.objects.create_user("jet@praktijk.example", is_staff=True)
    mail = sent(to_email=jet.email)
    bounce_mailbox.put(bounce(mail))
    bounces.read()
    assert (reloaded(mail).status, refused()) == ("bounced", {})
