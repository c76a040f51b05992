"""The tip as it was planned before there were sequences: it still leaves, only while it is wanted and true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessments import emails, services
from assessments.emails import day2_tip
from portal.common import times
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from portal.mail.render import render
from tests.assessments.demo import NOW, instrument
from tests.factories.assessments import CompletedScanFactory, UserFactory

pytestmark = pytest.mark.django_db


def planned(sums=NOW, language: str = "nl") -> OutboundEmail:
    """A tip as an older version left it in the outbox of somebody who asked for it."""
    user = UserFactory(language=language)
    lead = leads.contact(user.email, name=user.name, language=language, user_id=user.pk)
    leads.give_consent(lead, purpose=consent.TIPS, language=language, method="mailed code")
    scan = CompletedScanFactory(sums=sums)
    services.attach_scan(scan.public_id, user)
    return plan_as_before(scan.public_id, lead)


def plan_as_before(scan: str, lead: Lead) -> OutboundEmail:
    tip = outbox.planned(
        key=f"run:{scan}:day2",
        kind="marketing",
        message=emails.DAY2_TIP,
        names_people=False,
        to=lead.email,
        to_name=lead.name,
        language=lead.language,
        send_after=times.now() + timedelta(days=2),
        about=leads.followup_key(lead),
        data={"scan": scan},
    )
    tip.save()
    return tip


def lead_of(mail: OutboundEmail) -> Lead:
    return Lead.objects.get(email=mail.to_email)


def test_the_tip_carries_the_first_action_of_the_weakest_key():
    context = day2_tip(planned())
    assert context["phrase"] == instrument().key("letting-go").phrase
    assert context["action"] == instrument().key("letting-go").actions[0]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("slug", list(NOW))
def test_the_tip_is_at_most_120_words_for_every_key(language, slug):
    mail = planned(NOW | {"letting-go": 9, slug: 3}, language)
    parts = render(mail.message, language, outbox_context(mail), to_name=mail.to_name, about=mail.about)
    letter = parts.text.split("\nJet van Dalen")[0]
    assert instrument(language).key(slug).actions[0] in " ".join(letter.split())
    assert len(letter.split()) <= 120


def outbox_context(mail: OutboundEmail) -> dict[str, object]:
    from portal.mail.render import due_context

    context = due_context(mail)
    assert isinstance(context, dict)
    return context


def test_the_tip_says_who_sends_it_and_how_to_stop_it():
    mail = planned()
    parts = render(mail.message, "nl", outbox_context(mail), about=mail.about)
    for body in (parts.text, parts.html):
        assert "Voorbeeldstraat 1, 1234 AB Voorbeeldstad" in body
        assert "00000000" in body
        assert f"/unsubscribe/{lead_of(mail).public_id}/" in body or "~~token" in body
        assert "/uitslag/" in body


def skipped(mail: OutboundEmail) -> str:
    answer = day2_tip(mail)
    assert isinstance(answer, outbox.Skip)
    return answer.reason


def test_withdrawn_consent_cancels_the_tip_at_once_and_again_when_due():
    mail = planned()
    leads.withdraw_consent(lead_of(mail), purpose=consent.TIPS, method="one click")
    mail.refresh_from_db()
    assert mail.status == OutboundEmail.Status.CANCELLED
    assert skipped(mail) == consent.NO_TIPS


def test_a_call_booked_since_stops_the_tip():
    mail = planned()
    leads.record(lead_of(mail), "call.booked")
    assert skipped(mail) == emails.BOOKED


def test_a_call_booked_before_the_scan_does_not(clock):
    clock.shift(timedelta(days=-30))
    user = UserFactory(email="eerder@voorbeeld.nl")
    leads.record(leads.contact(user.email, user_id=user.pk), "call.booked")
    clock.shift(timedelta(days=30))
    leads.give_consent(Lead.objects.get(), purpose=consent.TIPS, language="nl", method="mailed code")
    scan = CompletedScanFactory()
    services.attach_scan(scan.public_id, user)
    assert isinstance(day2_tip(plan_as_before(scan.public_id, Lead.objects.get())), dict)


def test_a_newer_scan_stops_the_tip_of_the_older_one(clock):
    mail = planned()
    clock.shift(timedelta(days=1))
    CompletedScanFactory(user=lead_of(mail).user)
    assert skipped(mail) == emails.NEWER


def test_a_scan_that_is_gone_stops_the_tip():
    mail = planned()
    lead_of(mail).user.delete()
    assert skipped(mail) == emails.GONE
