"""The day-2 tip: on the right morning, only while it is wanted and true, short."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from assessments import emails, services
from assessments.emails import day2_tip, morning_after
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


@pytest.mark.parametrize(
    ("completed", "tip"),
    [
        ("2026-11-23 20:00", "2026-11-25 08:30"),  # Monday evening: Wednesday
        ("2026-11-25 23:30", "2026-11-27 08:30"),  # Wednesday, just before midnight
        ("2026-11-26 09:00", "2026-11-30 08:30"),  # Thursday: Saturday becomes Monday
        ("2026-11-27 09:00", "2026-11-30 08:30"),  # Friday: Sunday becomes Monday
        ("2026-11-28 09:00", "2026-11-30 08:30"),  # Saturday: Monday
        ("2027-03-26 09:00", "2027-03-29 08:30"),  # over the change to summer time
        ("2026-10-23 09:00", "2026-10-26 08:30"),  # over the change to winter time
    ],
)
def test_the_tip_leaves_two_days_later_at_half_past_eight_on_a_weekday(completed, tip):
    zone = times.zone(times.HOST_ZONE)
    at = morning_after(datetime.fromisoformat(completed).replace(tzinfo=zone))
    assert at.astimezone(zone).strftime("%Y-%m-%d %H:%M") == tip


def planned(sums=NOW, language: str = "nl") -> OutboundEmail:
    """A tip as it stands in the outbox of somebody who asked for it."""
    user = UserFactory(language=language)
    lead = leads.contact(user.email, name=user.name, language=language, user_id=user.pk)
    leads.give_consent(lead, purpose=consent.TIPS, language=language, method="mailed code")
    scan = CompletedScanFactory(sums=sums)
    services.attach_scan(scan.public_id, user)
    return OutboundEmail.objects.get(kind="marketing")


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
    assert skipped(mail) == emails.NO_CONSENT


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
    services.attach_scan(CompletedScanFactory().public_id, user)
    assert isinstance(day2_tip(OutboundEmail.objects.get()), dict)


def test_a_newer_scan_stops_the_tip_of_the_older_one(clock):
    mail = planned()
    clock.shift(timedelta(days=1))
    CompletedScanFactory(user=lead_of(mail).user)
    assert skipped(mail) == emails.NEWER


def test_a_scan_that_is_gone_stops_the_tip():
    mail = planned()
    lead_of(mail).user.delete()
    assert skipped(mail) == emails.GONE


def test_the_tip_is_planned_once_a_scan():
    mail = planned()
    scan_owner = lead_of(mail).user
    with transaction.atomic():
        emails.plan_day2_tip(scan_owner.scans.get(), lead_of(mail))
    assert OutboundEmail.objects.count() == 1


def test_the_tip_is_of_no_use_a_week_later():
    mail = planned()
    assert mail.expires_at - mail.send_after == timedelta(days=5)
    assert mail.send_after > datetime.now(UTC)
