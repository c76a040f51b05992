"""What keeps a mail of a sequence from leaving, looked at when it is due; service mails leave all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from assessments.contacts import ONE_TIP
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead
from portal.leads.sequences import runs, sending
from portal.leads.sequences.models import Run, Sequence, Step
from portal.mail import refused
from portal.mail.models import OutboundEmail
from tests.factories.mail import OutboundEmailFactory
from tests.factories.sequences import SequenceFactory, StepFactory
from tests.sequences.people import deliver_at, here, rows, wants_tips

pytestmark = pytest.mark.django_db
DUE = "2026-11-25 08:30"  # a Wednesday


@pytest.fixture
def lead(clock: Any) -> Lead:
    """Somebody who is to get, on one morning, a tip, one that goes on after a booking, and a service mail."""
    lead = wants_tips()
    for goes_on in (False, True):
        sequence = SequenceFactory()
        StepFactory(sequence=sequence, goes_on=goes_on, subject_nl="Gaat door" if goes_on else "Tip")
    leads.record(lead, "scan.completed")
    OutboundEmailFactory(to_email=lead.email, subject="Herinnering", due_at=here(DUE))
    return lead


def only(subject: str) -> None:
    """Leave one of the two, so that they do not wait for each other."""
    Sequence.objects.exclude(steps__subject_nl=subject).delete()
    steps = [*Step.objects.values_list("pk", flat=True)]
    OutboundEmail.objects.filter(kind="marketing").exclude(data__step__in=steps).delete()


def run() -> Run:
    return Run.objects.select_related("lead", "sequence").get()


def booked_a_call() -> None:
    leads.record(run().lead, "call.booked")


def cancelled_it_again() -> None:
    booked_a_call()
    leads.record(run().lead, "call.cancelled")


def spoke_and_booked() -> None:
    booked_a_call()
    leads.record(run().lead, "call.completed")


def withdrew() -> None:
    leads.withdraw_consent(run().lead, purpose=consent.TIPS, method="one click")


def took_it_back_by_another_door() -> None:
    """The last word alone counts: not whether somebody remembered to cancel what was planned."""
    given = ConsentEvent.objects.get()
    ConsentEvent.objects.create(
        lead=given.lead,
        subject=given.subject,
        purpose=consent.TIPS,
        action="withdrawn",
        language="nl",
        method="x",
    )


def objected() -> None:
    leads.object_to_contact(run().lead)


def was_erased() -> None:
    leads.forget(Lead.objects.all(), method="erasure")


def was_paused() -> None:
    runs.hold(run(), Run.Held.PAUSED)


def answered() -> None:
    runs.hold(run(), Run.Held.ANSWERED)


def was_stopped() -> None:
    runs.stop(run())


def got_another() -> None:
    OutboundEmailFactory(
        tips=True,
        about=leads.followup_key(run().lead),
        due_at=here("2026-11-24 09:00"),
        status="sent",
        sent_at=here("2026-11-24 09:00"),
    )


def sequence_went_off() -> None:
    Sequence.objects.update(is_on=False)


def mail_went_off() -> None:
    Step.objects.update(is_on=False)


def nothing() -> None:
    pass


LEAVES, NEVER, LATER = "sent", "cancelled", "queued"


@pytest.mark.parametrize(
    ("happens", "tip", "goes_on"),
    [
        (nothing, LEAVES, LEAVES),
        (withdrew, NEVER, NEVER),
        (took_it_back_by_another_door, NEVER, NEVER),
        (objected, NEVER, NEVER),
        (was_erased, NEVER, NEVER),
        (booked_a_call, NEVER, LEAVES),
        (cancelled_it_again, LEAVES, LEAVES),
        (spoke_and_booked, NEVER, LEAVES),
        (was_stopped, NEVER, NEVER),
        (sequence_went_off, NEVER, NEVER),
        (mail_went_off, NEVER, NEVER),
        (was_paused, LATER, LATER),
        (answered, LATER, LATER),
        (got_another, LATER, LATER),
    ],
)
@pytest.mark.parametrize("subject", ["Tip", "Gaat door"])
def test_stop_conditions_by_kind_of_mail(
    lead: Lead,
    happens: Callable[[], None],
    tip: str,
    goes_on: str,
    subject: str,
    clock: Any,
    monkeypatch: Any,
) -> None:
    only(subject)
    happens()
    sent = deliver_at(clock, DUE, monkeypatch)
    assert "Herinnering" in sent  # service leaves whatever happens
    assert [*rows().values()] == [tip if subject == "Tip" else goes_on]


def test_to_an_address_that_takes_no_mail_nothing_leaves_whatever_kind_it_is(lead, clock, monkeypatch):
    only("Tip")
    OutboundEmailFactory(message="bookings/confirmation", to_email=lead.email, subject="Bevestigd")
    refused.refuse(lead.email, refused.Why.BOUNCE, reason="550 5.1.1 unknown user")
    assert not {"Tip", "Bevestigd"} & set(deliver_at(clock, DUE, monkeypatch))
    assert [*rows().values()] == [NEVER]
    kept_back = OutboundEmail.objects.filter(reason=refused.REASONS[refused.Why.BOUNCE])
    assert {mail.message for mail in kept_back} == {"sequences/step", "bookings/confirmation"}


def test_a_mail_that_waited_for_another_leaves_two_days_after_it(lead, clock, monkeypatch):
    only("Tip")
    got_another()
    deliver_at(clock, DUE, monkeypatch)
    assert OutboundEmail.objects.get(data__has_key="run").reason == sending.TOO_SOON
    assert deliver_at(clock, "2026-11-26 08:30", monkeypatch) == []
    assert deliver_at(clock, "2026-11-27 08:30", monkeypatch) == ["Tip"]


def test_of_two_on_one_morning_one_leaves_and_the_other_waits(lead, clock, monkeypatch):
    assert deliver_at(clock, DUE, monkeypatch) == ["Tip", "Herinnering"]
    assert deliver_at(clock, "2026-11-27 08:29", monkeypatch) == []
    assert deliver_at(clock, "2026-11-27 08:30", monkeypatch) == ["Gaat door"]


def test_two_workers_at_once_let_one_of_two_through(lead, clock):
    clock.move_to(here(DUE).timestamp())
    from portal.mail import delivery

    one, other = delivery.claim(), delivery.claim()
    mails = [mail for mail in (one, other, delivery.claim()) if mail and mail.kind == "marketing"]
    with translation.override("nl"):
        answers = [sending.fill_step(mail) for mail in mails]
    assert [isinstance(answer, dict) for answer in answers] == [True, False]


def test_what_was_held_leaves_after_it_is_released(lead, clock, monkeypatch):
    only("Tip")
    was_paused()
    deliver_at(clock, DUE, monkeypatch)
    deliver_at(clock, "2026-12-20 08:30", monkeypatch)  # long past the day it would have expired
    runs.release(run())
    due = OutboundEmail.objects.get(data__has_key="run").send_after
    assert deliver_at(clock, due, monkeypatch) == ["Tip"]


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        ("2026-11-25 10:00", True),  # the worker was away for an hour and a half
        ("2026-11-25 15:00", False),
        ("2026-11-28 08:30", False),  # Saturday
        ("2026-11-27 08:30", True),
    ],
)
def test_late_it_waits_for_its_own_hour_on_a_weekday(lead, clock, monkeypatch, moment, leaves):
    only("Tip")
    OutboundEmail.objects.filter(message="others/message").delete()
    assert deliver_at(clock, moment, monkeypatch) == (["Tip"] if leaves else [])
    assert [*rows().values()] == ["sent" if leaves else "queued"]


def test_over_a_clock_change_it_leaves_at_the_same_hour_of_the_wall(clock, monkeypatch):
    clock.move_to(here("2027-03-26 12:00").timestamp())  # Friday; the clock goes on to summer time on Sunday
    StepFactory(sequence=SequenceFactory(), delay_days=3, subject_nl="Tip")
    leads.record(wants_tips(), "scan.completed")
    assert deliver_at(clock, "2027-03-29 08:29", monkeypatch) == []
    assert deliver_at(clock, "2027-03-29 08:30", monkeypatch) == ["Tip"]


def test_a_yes_to_one_tip_is_a_yes_to_one(clock, monkeypatch):
    monkeypatch.setitem(consent.CURRENT, consent.TIPS, ONE_TIP[-1])
    sequence = SequenceFactory()
    StepFactory(sequence=sequence, delay_days=2, subject_nl="Eerste")
    StepFactory(sequence=sequence, delay_days=7, subject_nl="Tweede")
    leads.record(wants_tips(), "scan.completed")
    assert deliver_at(clock, DUE, monkeypatch) == ["Eerste"]
    assert deliver_at(clock, "2026-11-30 08:30", monkeypatch) == []
    assert OutboundEmail.objects.get(status="cancelled").reason == sending.ONE_MAIL


def test_a_mail_says_who_it_is_to_and_how_to_stop_it(lead, clock, monkeypatch):
    only("Tip")
    Step.objects.update(
        subject_nl="Hallo {voornaam}", body_nl="Dag {voornaam},\n\n> Vraag <b>het</b>\n\n{boeklink}"
    )
    deliver_at(clock, DUE, monkeypatch)
    mail = OutboundEmail.objects.get(data__has_key="run")
    assert mail.subject == "Hallo Noor"
    assert mail.text.startswith("Dag Noor,\n\n    Vraag <b>het</b>\n\nhttp")
    assert "Vraag &lt;b&gt;het&lt;/b&gt;" in mail.html
    assert 'href="http' in mail.html
    assert '/impactcall/"' in mail.html
    for body in (mail.text, mail.html):
        assert "~~token" in body  # the address that unsubscribes
        assert "00000000" in body


def test_a_mail_about_a_scan_that_is_gone_does_not_leave(lead, clock, monkeypatch):
    only("Tip")
    Step.objects.update(body_nl="Over {sleutel}.")
    deliver_at(clock, DUE, monkeypatch)
    assert OutboundEmail.objects.get(data__has_key="run").status == "cancelled"


def test_it_waits_as_long_as_it_must_and_is_then_of_use_as_long_as_before(lead, clock, monkeypatch):
    only("Tip")
    got_another()
    before = OutboundEmail.objects.get(data__has_key="run")
    deliver_at(clock, DUE, monkeypatch)
    after = OutboundEmail.objects.get(pk=before.pk)
    assert after.expires_at - after.send_after == before.expires_at - before.send_after == timedelta(days=5)
    assert after.attempts == 0
