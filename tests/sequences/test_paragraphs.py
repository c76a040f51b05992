"""What a coach adds to a service mail: plain text, in both languages, beside our facts and links."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from assessments import emails as scans
from bookings.calls.emails import messages
from bookings.calls.emails.reminders import plan_reminders
from bookings.waitlist import emails as missed
from portal.common import times
from portal.leads.sequences.models import OwnParagraph
from portal.leads.sequences.paragraphs import ParagraphChangedError, kinds, write
from portal.mail.models import OutboundEmail
from portal.mail.render import Parts, due_context, render
from tests.bookings.browsing import words_of
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory
from tests.sequences.test_pages import form_of

pytestmark = pytest.mark.django_db
PAYLOAD = "Tot dan.\n<script>alert(1)</script> {voornaam}"


def page_of(kind: str) -> str:
    return reverse("admin:sequences_sequence_paragraph", args=[kind])


def reminder() -> Parts:
    booking = BookingFactory(start=times.now() + timedelta(days=3), status="confirmed", language="nl")
    with transaction.atomic():
        plan_reminders(booking)
    mail = OutboundEmail.objects.filter(message="bookings/reminder_invitee").earliest("send_after")
    context = due_context(mail)
    assert isinstance(context, dict)
    return render(mail.message, mail.language, context)


def missed_call() -> Parts:
    call = BookingFactory(start=times.now() - timedelta(days=1), status="no_show", language="nl")
    with transaction.atomic():
        missed.plan_missed(call, at=times.now(), until=times.now() + timedelta(days=1))
    mail = OutboundEmail.objects.get(message="bookings/offer_no_show")
    context = due_context(mail)
    assert isinstance(context, dict)
    return render(mail.message, mail.language, context)


def after_a_call() -> Parts:
    call = BookingFactory(
        start=times.now() - timedelta(days=1), status="completed", language="nl", agreed="Ik laat los."
    )
    with transaction.atomic():
        messages.send_agreed(call)
    mail = OutboundEmail.objects.get(message="bookings/agreed")
    context = due_context(mail)
    assert isinstance(context, dict)
    return render(mail.message, mail.language, context)


def kept_result() -> Parts:
    scan = CompletedScanFactory(user=UserFactory(language="nl"))
    with transaction.atomic():
        scans.send_kept(scan, scan.user)
    mail = OutboundEmail.objects.get(message="assessments/result_kept")
    return Parts(mail.subject, mail.text, mail.html)


MAILS = {
    "before-a-call": reminder,
    "after-a-call": after_a_call,
    "no-show": missed_call,
    "result-kept": kept_result,
}


def test_these_are_all_the_kinds_there_are() -> None:
    assert set(kinds()) == set(MAILS)


@pytest.mark.parametrize(("kind", "mail"), MAILS.items())
def test_it_stands_in_its_mail_as_typed_and_nothing_of_it_is_carried_out(
    clock: Any, kind: str, mail: Any
) -> None:
    write(kind, 0, text_nl=PAYLOAD, text_en="See you.")
    parts = mail()
    assert PAYLOAD in parts.text
    assert "Tot dan.<br>" in parts.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {voornaam}" in parts.html
    assert "<script" not in parts.html


@pytest.mark.parametrize("mail", MAILS.values())
def test_without_it_the_mail_is_as_it_was(clock: Any, mail: Any) -> None:
    text = mail().text
    assert "None" not in text
    assert "\n\n\n" not in text


def test_the_coach_writes_it_beside_the_sequences(as_coach: Client, shipped: Any) -> None:
    listed = reverse("admin:sequences_sequence_changelist")
    assert "De herinnering voor een gesprek nog niets" in words_of(as_coach.get(listed))
    sent = form_of(as_coach.get(page_of("before-a-call")))
    as_coach.post(page_of("before-a-call"), sent | {"text_nl": "Tot dan.", "text_en": "See you."})
    assert "De herinnering voor een gesprek Tot dan." in words_of(as_coach.get(listed))


def test_one_language_alone_is_refused_and_kept(as_coach: Client) -> None:
    sent = form_of(as_coach.get(page_of("no-show"))) | {"text_nl": "Jammer."}
    answer = as_coach.post(page_of("no-show"), sent)
    assert answer.status_code == 422
    assert "Schrijf de alinea in beide talen, of laat beide leeg." in words_of(answer)
    assert form_of(answer)["text_nl"] == "Jammer."
    assert not OwnParagraph.objects.exists()


def test_a_kind_of_mail_that_is_not_there_is_not_found(as_coach: Client) -> None:
    assert as_coach.get(page_of("iets-anders")).status_code == 404


def test_of_two_coaches_the_later_one_hears_it_and_loses_nothing(as_coach: Client) -> None:
    first, later = (form_of(as_coach.get(page_of("no-show"))) for _ in range(2))
    as_coach.post(page_of("no-show"), first | {"text_nl": "Eerst", "text_en": "First"})
    answer = as_coach.post(page_of("no-show"), later | {"text_nl": "Later", "text_en": "Later"})
    assert answer.status_code == 409
    assert "In het Nederlands Eerst" in words_of(answer)
    assert form_of(answer)["text_nl"] == "Later"
    with pytest.raises(ParagraphChangedError):
        write("no-show", 0, text_nl="x", text_en="x")
