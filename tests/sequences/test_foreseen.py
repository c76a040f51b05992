"""A planned mail of a sequence, as the coach sees it beforehand: by the worker's own checks, and without a word that
only the person may know."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from assessments.models import Scan
from assessments.summary import result_of
from portal.accounts.models import User
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.leads.sequences import runs, sending
from portal.leads.sequences.models import Run, Sequence, Step
from portal.mail import delivery, outbox, preview, refused
from portal.mail.models import OutboundEmail
from tests.assessments import demo
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import CompletedScanFactory
from tests.sequences.people import deliver_at, here, wants_tips

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(shipped: Sequence, clock: Any) -> OutboundEmail:
    """The tip after a scan of somebody who did not share it: planned, two days on."""
    clock.move_to(here("2026-11-23 10:00").timestamp())
    user = User.objects.create_user("noor@voorbeeld.nl", name="Noor Aydin")
    scan = CompletedScanFactory(
        user=user, sums=demo.NOW | {"letting-go": 14, "courage": 3}
    )  # not as the example
    lead = wants_tips(user.email, user_id=user.pk)
    leads.record(lead, "scan.completed", scan=scan.public_id)
    return OutboundEmail.objects.filter(message=runs.MESSAGE).order_by("due_at").first()


def secrets(mail: OutboundEmail) -> set[str]:
    """What the mail will say and the coach may not read, in its own words."""
    lead = Lead.objects.get(email=mail.to_email)
    with translation.override(mail.language):
        key = (
            result_of(Scan.objects.with_instrument().get(user_id=lead.user_id), mail.language).weakest[0].key
        )
    return {key.phrase, key.actions[0], key.mirror_leader, key.mirror_team, key.mirror_question}


def pages_of(mail: OutboundEmail, browser: Client) -> str:
    lead = Lead.objects.get(email=mail.to_email)
    paths = [
        reverse("admin:mail_outboundemail_change", args=[mail.pk]),
        reverse("admin:mail_outboundemail_html", args=[mail.pk]),
        reverse("admin:mail_outboundemail_stop", args=[mail.pk]),
        f"{reverse('admin:mail_outboundemail_changelist')}?place=all",
        reverse("admin:leads_lead_change", args=[lead.pk]),
    ]
    return "".join(browser.get(path).content.decode() for path in paths)


@pytest.mark.parametrize("is_rendered", [False, True], ids=["planned", "tried once"])
def test_no_page_says_what_only_the_person_may_know(
    mail: OutboundEmail, coach: User, is_rendered: bool, clock: Any, monkeypatch: Any
) -> None:
    """The key that carries least, of a scan that was not shared. It does stand in the mail that leaves."""
    if is_rendered:
        clock.move_to(here("2026-11-25 08:30").timestamp())
        monkeypatch.setattr(delivery.smtp, "send", lambda *_a, **_k: delivery.smtp.Refused("451 later"))
        delivery.deliver_due()
        mail.refresh_from_db()
        assert mail.status == "retry"
        assert any(secret in mail.text for secret in secrets(mail))
    seen = pages_of(mail, browser_of(coach))
    assert [secret for secret in secrets(mail) if secret in seen] == []
    assert "staat hier als voorbeeld" in seen
    assert "Noor" in seen


def test_what_it_reads_is_what_would_leave_with_examples_in_place_of_secrets(
    mail: OutboundEmail, clock: Any, monkeypatch: Any
) -> None:
    clock.move_to(here("2026-11-25 08:30").timestamp())
    seen = preview.of(mail)
    assert (seen.why_not, seen.can_leave, seen.has_samples) == ("", True, True)
    assert len(deliver_at(clock, "2026-11-25 08:30", monkeypatch)) == 1
    mail.refresh_from_db()
    left, foreseen = mail.text.splitlines(), seen.text.splitlines()
    assert left[0].startswith("Een paar dagen geleden")
    assert foreseen[0].startswith("Een paar dagen geleden")
    assert left[-3:] == foreseen[-3:]
    assert preview.of(mail).hidden  # once it left, a tip is the person's own


def test_looking_changes_nothing_and_locks_nobody(mail: OutboundEmail) -> None:
    before = list(OutboundEmail.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as queries:
        for _time in range(2):
            preview.of(mail)
    said = " ".join(query["sql"] for query in queries)
    assert not [word for word in ("UPDATE", "INSERT", "DELETE", "FOR NO KEY") if word in said]
    assert list(OutboundEmail.objects.order_by("pk").values()) == before


def test_it_says_why_it_would_not_leave(mail: OutboundEmail) -> None:
    lead = Lead.objects.get(email=mail.to_email)
    run = Run.objects.get()
    assert preview.of(mail).why_not == ""
    runs.hold(run, Run.Held.PAUSED)
    seen = preview.of(mail)
    assert (seen.why_not, seen.can_leave) == (translation.gettext(sending.HELD), False)
    assert seen.until is not None
    refused.refuse(lead.email, refused.Why.HAND, reason="x", by="y")
    assert preview.of(mail).why_not == translation.gettext(refused.REASONS[refused.Why.HAND])
    refused.allow(lead.email)
    leads.withdraw_consent(lead, purpose="tips", method="one click")
    mail.refresh_from_db()
    assert mail.status == "cancelled"


def test_by_hand_it_leaves_outside_its_hour_but_never_two_within_two_days(
    mail: OutboundEmail, clock: Any, monkeypatch: Any
) -> None:
    assert outbox.send_now(mail)
    assert len(deliver_at(clock, "2026-11-23 21:00", monkeypatch)) == 1
    second = OutboundEmail.objects.filter(message=runs.MESSAGE, status="queued").order_by("due_at").first()
    assert second is not None
    assert preview.of(second).can_leave is False
    outbox.send_now(second)
    assert deliver_at(clock, "2026-11-23 21:05", monkeypatch) == []
    second.refresh_from_db()
    assert (second.status, second.reason) == ("queued", sending.TOO_SOON)


def test_a_step_that_was_stopped_for_somebody_is_never_planned_again(
    mail: OutboundEmail, shipped: Sequence, clock: Any
) -> None:
    outbox.stop(mail, by="Mila")
    step = Step.objects.get(pk=(mail.data or {})["step"])
    for is_on in (False, True):
        Step.objects.filter(pk=step.pk).update(is_on=is_on)
        runs.plan_again(shipped)
    lead = Lead.objects.get(email=mail.to_email)
    leads.record(lead, "scan.completed", scan="x")  # the event once more
    run = Run.objects.active().get()
    runs.hold(run, Run.Held.PAUSED)
    runs.release(run)
    rows = OutboundEmail.objects.filter(data__step=step.pk)
    assert [(row.status, row.reason) for row in rows] == [("cancelled", outbox.STOPPED)]
    assert OutboundEmail.objects.filter(message=runs.MESSAGE, status="queued").exists()  # the others go on
