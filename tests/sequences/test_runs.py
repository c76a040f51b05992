"""Who is in a sequence: once, with mails planned in the outbox, held, stopped and changed without a second copy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.leads.sequences import runs
from portal.leads.sequences.editing import ChangedMeanwhileError, changing, take_out
from portal.leads.sequences.models import Run, Sequence, Step
from portal.mail.models import OutboundEmail
from tests.factories.sequences import SequenceFactory, StepFactory
from tests.sequences.people import deliver_at, here, rows, wants_tips

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SCAN = "scan.completed"


@pytest.fixture
def sequence(clock: Any) -> Sequence:
    """It is Monday 23 November 2026, 13:00. Mails after 2, 5 and 60 days; the last goes on after a booking."""
    made: Sequence = SequenceFactory()
    for days in (2, 5, 60):
        StepFactory(sequence=made, delay_days=days, goes_on=days == 60, subject_nl=f"Dag {days}")
    return made


def due() -> list[str]:
    waiting = OutboundEmail.objects.filter(status="queued").order_by("send_after")
    return [mail.send_after.astimezone(here("2026-01-01").tzinfo).strftime("%d-%m %H:%M") for mail in waiting]


def change(sequence: Sequence) -> Any:
    return changing(sequence.pk, Sequence.objects.get(pk=sequence.pk).version)


# ---- begin -------------------------------------------------------------------------------------------------
def test_an_event_puts_somebody_in_every_sequence_that_begins_with_it(sequence):
    lead = wants_tips()
    leads.record(lead, SCAN, scan="abc")
    run = Run.objects.get()
    assert (run.sequence, run.lead, run.context) == (sequence, lead, {"scan": "abc"})
    assert due() == ["25-11 08:30", "30-11 08:30", "22-01 08:30"]
    keys = set(OutboundEmail.objects.values_list("key", flat=True))
    assert keys == {f"run:{run.public_id}:{step.pk}" for step in sequence.steps.all()}
    assert {mail.kind for mail in OutboundEmail.objects.all()} == {"marketing"}
    assert {mail.reply_to for mail in OutboundEmail.objects.all()} == {"jet@voorbeeld.nl"}


def test_who_did_not_ask_for_tips_is_in_none(sequence):
    leads.record(leads.contact("noor@voorbeeld.nl"), SCAN)
    assert not Run.objects.exists()


def test_a_sequence_that_is_off_takes_nobody_in(sequence):
    Sequence.objects.update(is_on=False)
    leads.record(wants_tips(), SCAN)
    assert not Run.objects.exists()


def test_another_event_begins_nothing(sequence):
    leads.record(wants_tips(), "call.waiting")
    leads.record(wants_tips(), "not.known")
    assert not Run.objects.exists()


def test_a_mail_that_is_off_is_not_planned(sequence):
    Step.objects.filter(delay_days=5).update(is_on=False)
    leads.record(wants_tips(), SCAN)
    assert due() == ["25-11 08:30", "22-01 08:30"]


def test_the_event_once_more_goes_on_from_there_and_sends_nothing_twice(sequence, clock, monkeypatch):
    lead = wants_tips()
    leads.record(lead, SCAN, scan="one")
    assert deliver_at(clock, "2026-11-25 08:30", monkeypatch) == ["Dag 2"]
    clock.move_to(here("2026-11-26 12:00").timestamp())
    leads.record(lead, SCAN, scan="two")
    run = Run.objects.get()
    assert run.context == {"scan": "two"}
    assert due() == ["01-12 08:30", "25-01 08:30"]


def test_when_all_its_mails_are_past_the_event_begins_anew(sequence, clock, monkeypatch):
    lead = wants_tips()
    leads.record(lead, SCAN)
    for moment in ("2026-11-25 08:30", "2026-11-30 08:30", "2027-01-22 08:30"):
        deliver_at(clock, moment, monkeypatch)
    leads.record(lead, SCAN)
    assert [run.ended_by for run in Run.objects.order_by("pk")] == ["done", ""]
    assert OutboundEmail.objects.count() == 6


def test_the_database_itself_lets_nobody_in_twice(sequence):
    lead = wants_tips()
    Run.objects.create(sequence=sequence, lead=lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(sequence=sequence, lead=lead)


# ---- by the coach's hand -----------------------------------------------------------------------------------
@pytest.fixture
def run(sequence: Sequence) -> Run:
    leads.record(wants_tips(), SCAN)
    return Run.objects.select_related("lead", "sequence").get()


def test_what_is_held_comes_later_by_as_long_as_it_was_held(run, clock):
    runs.hold(run, Run.Held.PAUSED)
    clock.shift(DAY * 7)
    runs.release(run)
    assert due() == ["02-12 08:30", "07-12 08:30", "29-01 08:30"]
    runs.release(run)  # twice is once
    assert due()[0] == "02-12 08:30"


def test_an_answer_is_counted_with_the_mail_before_it(run, clock, monkeypatch):
    deliver_at(clock, "2026-11-25 08:30", monkeypatch)
    runs.hold(run, Run.Held.ANSWERED)
    held = Run.objects.get()
    assert (held.held, held.answered_step.delay_days) == ("answered", 2)


def test_stopping_cancels_its_own_mails_and_no_others(run):
    other = SequenceFactory()
    StepFactory(sequence=other)
    runs.begin(other, run.lead, {})
    runs.stop(run)
    assert Run.objects.get(pk=run.pk).ended_by == "coach"
    assert sorted(rows().values()) == ["cancelled"] * 3 + ["queued"]


def test_unsubscribing_ends_the_run_and_is_counted_with_the_mail_before_it(run, clock, monkeypatch):
    deliver_at(clock, "2026-11-25 08:30", monkeypatch)
    leads.withdraw_consent(run.lead, purpose=consent.TIPS, method="one click")
    ended = Run.objects.get()
    assert (ended.ended_by, ended.withdrawn_step.delay_days) == ("withdrawn", 2)
    assert sorted(rows().values()) == ["cancelled", "cancelled", "sent"]


def test_a_booking_is_counted_with_the_mail_before_it(run, clock, monkeypatch):
    leads.record(run.lead, "call.booked")
    assert Run.objects.get().goal_step is None  # nothing had left yet
    deliver_at(clock, "2027-01-22 08:30", monkeypatch)
    leads.record(run.lead, "call.booked")
    assert Run.objects.get().goal_step.delay_days == 60


def test_erasing_somebody_takes_runs_and_mails_along(run):
    leads.forget(Lead.objects.filter(pk=run.lead_id), method="erasure")
    assert not Run.objects.exists()
    assert set(rows().values()) == {"cancelled"}


# ---- changing a sequence -----------------------------------------------------------------------------------
def test_another_delay_moves_what_has_not_left(run, sequence, clock, monkeypatch):
    deliver_at(clock, "2026-11-25 08:30", monkeypatch)
    with change(sequence):
        sequence.steps.filter(delay_days=2).update(delay_days=4)
        sequence.steps.filter(delay_days=5).update(delay_days=8)
    assert due() == ["01-12 08:30", "22-01 08:30"]
    assert deliver_at(clock, "2026-11-27 08:30", monkeypatch) == []
    assert deliver_at(clock, "2026-12-01 08:30", monkeypatch) == ["Dag 5"]


def test_a_delay_that_is_past_by_now_leaves_at_the_next_hour(run, sequence, clock, monkeypatch):
    deliver_at(clock, "2026-11-25 08:30", monkeypatch)
    deliver_at(clock, "2026-11-30 08:30", monkeypatch)
    clock.move_to(here("2026-12-14 12:00").timestamp())
    with change(sequence):
        sequence.steps.filter(delay_days=60).update(delay_days=14)
    assert due() == ["15-12 08:30"]


def test_a_new_mail_comes_to_who_is_before_it_and_does_not_catch_up(run, sequence, clock, monkeypatch):
    deliver_at(clock, "2026-11-25 08:30", monkeypatch)
    with change(sequence):
        StepFactory(sequence=sequence, delay_days=1)
        StepFactory(sequence=sequence, delay_days=10)
    assert due() == ["30-11 08:30", "03-12 08:30", "22-01 08:30"]


def test_a_mail_that_is_taken_out_never_leaves(run, sequence):
    fifth = sequence.steps.get(delay_days=5)
    take_out(fifth, sequence.version)
    assert due() == ["25-11 08:30", "22-01 08:30"]


def test_switching_off_and_on_again_loses_nothing_and_repeats_nothing(run, sequence, clock, monkeypatch):
    deliver_at(clock, "2026-11-25 08:30", monkeypatch)
    with change(sequence) as fresh:
        fresh.is_on = False
    assert due() == []
    with change(sequence) as fresh:
        fresh.is_on = True
    assert due() == ["30-11 08:30", "22-01 08:30"]
    assert OutboundEmail.objects.filter(status="sent").count() == 1


def test_other_words_are_those_of_what_has_not_left(run, sequence, clock, monkeypatch):
    deliver_at(clock, "2026-11-25 08:30", monkeypatch)
    with change(sequence):
        sequence.steps.update(subject_nl="Anders")
    assert deliver_at(clock, "2026-11-30 08:30", monkeypatch) == ["Anders"]
    assert OutboundEmail.objects.filter(subject="Dag 2").count() == 1


def test_whoever_looked_at_an_older_version_hears_it(sequence):
    with change(sequence):
        sequence.steps.update(subject_nl="Eerst")
    with pytest.raises(ChangedMeanwhileError), changing(sequence.pk, sequence.version):
        sequence.steps.update(subject_nl="Later")
    assert set(sequence.steps.values_list("subject_nl", flat=True)) == {"Eerst"}


@pytest.mark.parametrize("people", [1, 4])
def test_a_change_asks_as_often_whoever_is_in_it(sequence, people, django_assert_num_queries):
    for number in range(people):
        leads.record(wants_tips(f"p{number}@voorbeeld.nl"), SCAN)
    sequence.steps.filter(delay_days=5).update(delay_days=8)
    with django_assert_num_queries(5):
        runs.plan_again(sequence)
