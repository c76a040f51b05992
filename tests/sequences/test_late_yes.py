"""A yes to tips after the scan begins what follows it; one that is given again goes on, and repeats nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.leads.sequences import runs
from portal.leads.sequences.models import Run, Sequence
from portal.mail.models import OutboundEmail
from tests.factories.sequences import SequenceFactory, StepFactory
from tests.sequences.people import deliver_at, here

pytestmark = pytest.mark.django_db
SCAN = "scan.completed"


@pytest.fixture
def sequence(clock: Any) -> Sequence:
    """It is Monday 23 November 2026, 13:00. Mails after 2, 5 and 60 days."""
    made: Sequence = SequenceFactory()
    for days in (2, 5, 60):
        StepFactory(sequence=made, delay_days=days, subject_nl=f"Dag {days}")
    return made


@pytest.fixture
def scanned(sequence: Sequence) -> Lead:
    """Somebody who finished a scan now, and said nothing about tips."""
    lead = leads.contact("noor@voorbeeld.nl", name="Noor Aydin")
    leads.record(lead, SCAN, scan="abc")
    return lead


def say_yes(lead: Lead) -> None:
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="account page")


def say_no(lead: Lead) -> None:
    leads.withdraw_consent(lead, purpose=consent.TIPS, method="one click")


def due() -> list[str]:
    waiting = OutboundEmail.objects.filter(status="queued").order_by("send_after")
    return [mail.send_after.astimezone(here("2026-01-01").tzinfo).strftime("%d-%m %H:%M") for mail in waiting]


# ---- a first yes -------------------------------------------------------------------------------------------
def test_a_yes_days_after_the_scan_begins_its_sequence_counted_from_the_yes(scanned, clock):
    assert not Run.objects.exists()
    clock.move_to(here("2026-12-01 20:00").timestamp())
    say_yes(scanned)
    assert Run.objects.get().context == {"scan": "abc"}
    assert due() == ["03-12 08:30", "07-12 08:30", "01-02 08:30"]


def test_the_scan_is_the_newest_and_at_most_two_weeks_old(scanned, clock):
    clock.shift(runs.LATE - timedelta(hours=1))
    leads.record(scanned, SCAN, scan="newer")
    clock.shift(runs.LATE)
    say_yes(scanned)
    assert Run.objects.get().context == {"scan": "newer"}


def test_a_yes_long_after_the_scan_waits_for_the_next_one(scanned, clock):
    clock.shift(runs.LATE + timedelta(minutes=1))
    say_yes(scanned)
    assert not Run.objects.exists()
    leads.record(scanned, SCAN, scan="next")
    assert Run.objects.get().context == {"scan": "next"}


def test_a_sequence_that_is_off_begins_for_nobody(scanned, sequence):
    Sequence.objects.update(is_on=False)
    say_yes(scanned)
    assert not Run.objects.exists()


def test_a_call_that_is_ahead_keeps_it_from_leaving_as_ever(scanned, clock, monkeypatch):
    leads.record(scanned, "call.booked", booking="x")
    say_yes(scanned)
    assert deliver_at(clock, "2026-11-25 08:30", monkeypatch) == []


def test_saying_the_same_yes_twice_is_one_proof_and_one_run(scanned):
    say_yes(scanned)
    say_yes(scanned)
    assert (scanned.consents.count(), Run.objects.count(), OutboundEmail.objects.count()) == (1, 1, 3)


# ---- taken back, and given again ---------------------------------------------------------------------------
def test_another_yes_never_sends_again_what_left_and_goes_on_by_the_days_it_had(scanned, clock, monkeypatch):
    say_yes(scanned)
    assert deliver_at(clock, "2026-11-25 08:30", monkeypatch) == ["Dag 2"]
    say_no(scanned)
    assert (Run.objects.get().ended_by, due()) == ("withdrawn", [])
    clock.move_to(here("2026-11-26 09:00").timestamp())
    say_yes(scanned)
    assert due() == ["30-11 08:30", "22-01 08:30"]
    assert deliver_at(clock, "2026-11-30 08:30", monkeypatch) == ["Dag 5"]
    assert deliver_at(clock, "2027-01-22 08:30", monkeypatch) == ["Dag 60"]
    assert sorted(OutboundEmail.objects.values_list("status", flat=True)) == ["sent"] * 3


def test_what_fell_due_while_it_was_a_no_is_not_caught_up(scanned, clock, monkeypatch):
    say_yes(scanned)
    say_no(scanned)
    clock.move_to(here("2026-12-02 09:00").timestamp())
    say_yes(scanned)
    assert due() == ["22-01 08:30"]
    assert (Run.objects.get().ended_at, Run.objects.get().ended_by) == (None, "")


def test_when_all_mails_are_past_another_yes_takes_up_nothing(scanned, clock):
    say_yes(scanned)
    say_no(scanned)
    clock.shift(timedelta(days=90))
    say_yes(scanned)
    assert (Run.objects.get().ended_by, due()) == ("withdrawn", [])


def test_what_the_coach_stopped_stays_stopped(scanned):
    say_yes(scanned)
    runs.stop(Run.objects.get())
    say_no(scanned)
    say_yes(scanned)
    assert (Run.objects.get().ended_by, due()) == ("coach", [])


def test_a_scan_in_between_begins_anew_and_the_older_run_stays_ended(scanned, clock):
    say_yes(scanned)
    say_no(scanned)
    leads.record(scanned, SCAN, scan="between")
    say_yes(scanned)
    assert list(Run.objects.order_by("pk").values_list("context__scan", "ended_by")) == [
        ("abc", "withdrawn"),
        ("between", ""),
    ]


def test_back_and_forth_many_times_leaves_each_mail_once(scanned, clock, monkeypatch):
    for _time in range(5):
        say_yes(scanned)
        say_no(scanned)
    say_yes(scanned)
    left = [deliver_at(clock, at, monkeypatch) for at in ("2026-11-25 08:30", "2026-11-30 08:30")]
    assert left == [["Dag 2"], ["Dag 5"]]
    assert OutboundEmail.objects.count() == 3
