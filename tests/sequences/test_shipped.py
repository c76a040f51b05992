"""The sequence that comes with the portal: made once, never over what a coach wrote, short in both languages."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from assessments import services
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.sequences import preview, registry, sending, texts
from portal.leads.sequences.models import Run, Sequence, Step
from portal.mail.models import OutboundEmail
from tests.assessments.demo import NOW, instrument
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory
from tests.sequences.people import deliver_at, here

pytestmark = pytest.mark.django_db
MORNINGS = ("2026-11-25 08:30", "2026-11-30 08:30", "2026-12-02 08:30", "2027-01-22 08:30")


def ensure() -> str:
    told = StringIO()
    call_command("ensure_sequences", stdout=told)
    return told.getvalue()


def scanned(sums: Any = NOW, language: str = "nl") -> Run:
    """Somebody who asked for tips and finished a scan."""
    user = UserFactory(language=language)
    lead = leads.contact(user.email, name=user.name, language=language, user_id=user.pk)
    leads.give_consent(lead, purpose=consent.TIPS, language=language, method="mailed code")
    services.attach_scan(CompletedScanFactory(sums=sums).public_id, user)
    return Run.objects.select_related("lead", "sequence").get(lead=lead)


def test_it_is_made_once_and_left_alone_however_it_was_edited(shipped):
    Sequence.objects.update(name="Van mij", is_on=False)
    Step.objects.filter(delay_days=5).delete()
    Step.objects.update(subject_nl="Eigen woorden")
    assert "left alone" in ensure()
    assert Sequence.objects.get().name == "Van mij"
    assert {step.subject_nl for step in Step.objects.all()} == {"Eigen woorden"}
    assert Step.objects.count() == 3


def test_setting_up_makes_it():
    from portal.common import steps

    assert "ensure_sequences" in steps.SETUP


def test_it_says_when_and_what_goes_on(shipped):
    found = [
        (step.delay_days, f"{step.at:%H:%M}", step.weekdays_only, step.goes_on)
        for step in shipped.steps.all()
    ]
    assert found == [
        (2, "08:30", True, False),
        (5, "08:30", True, False),
        (9, "08:30", True, False),
        (60, "08:30", True, True),
    ]
    assert (shipped.name, shipped.starts_on, shipped.stops_on) == (
        "Na een scan",
        "scan.completed",
        ["call.booked"],
    )


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("slug", list(NOW))
def test_every_mail_is_at_most_120_words_for_every_key(shipped, language, slug):
    run = scanned(NOW | {"letting-go": 9, slug: 3}, language)
    known = registry.keys_by_name()
    for step in shipped.steps.all():
        assert texts.problems(step.subject(language) + step.body(language), known) == []
        with translation.override(language):
            values = registry.values_for(sending.keys_in(step, language), run.lead, run.context, language)
            written = sending.words(step, language, values)
        letter = texts.plain(written.blocks)
        assert 20 < texts.word_count(letter) <= 120, letter
        assert "!" not in letter + written.subject
        assert "{" not in letter + written.subject


def test_two_days_later_the_tip_carries_the_first_action_of_the_weakest_key(shipped, clock, monkeypatch):
    scanned()
    key = instrument().key("letting-go")
    assert deliver_at(clock, MORNINGS[0], monkeypatch) == [f"Een tip voor deze week: {key.phrase}"]
    text = OutboundEmail.objects.get(status="sent").text
    assert f"    {key.actions[0]}\n" in text
    assert f"Dit droeg het minst: {key.phrase}." in text
    assert "/uitslag/" in text


def test_when_all_keys_carry_the_same_it_says_so(shipped, clock, monkeypatch):
    scanned(dict.fromkeys(NOW, 9))
    deliver_at(clock, MORNINGS[0], monkeypatch)
    assert "Je sleutels dragen evenveel" in OutboundEmail.objects.get(status="sent").text


def test_four_mails_leave_and_then_silence(shipped, clock, monkeypatch):
    scanned()
    left = [subject for moment in MORNINGS for subject in deliver_at(clock, moment, monkeypatch)]
    assert left[1:] == [
        "Wat je team over jou zou zeggen",
        "Samen kijken naar je team?",
        "Twee maanden verder: wat is er veranderd?",
    ]
    assert not OutboundEmail.objects.unsent().exists()


def test_after_a_booking_only_the_next_scan_is_asked_for(shipped, clock, monkeypatch):
    run = scanned()
    clock.move_to(here("2026-11-24 12:00").timestamp())
    leads.record(run.lead, "call.booked")
    left = [subject for moment in MORNINGS for subject in deliver_at(clock, moment, monkeypatch)]
    assert left == ["Twee maanden verder: wat is er veranderd?"]


# ---- what was agreed comes back --------------------------------------------------------------------------
AGREED = "Ik stel in elk overleg één vraag.\n\nEn ik wacht op antwoord.\n> www.voorbeeld.nl"


def spoke(run: Run, **fields: Any) -> Any:
    return BookingFactory(
        user=run.lead.user, email=run.lead.email,
        **{"start": here("2026-12-03 10:00"), "status": "completed", "agreed": AGREED} | fields,
    )  # fmt: skip


def last_mail(clock: Any, monkeypatch: Any) -> str:
    for moment in MORNINGS:
        deliver_at(clock, moment, monkeypatch)
    return OutboundEmail.objects.filter(status="sent").latest("sent_at").text


def test_the_question_to_scan_again_repeats_what_was_agreed_in_the_last_call(shipped, clock, monkeypatch):
    run = scanned()
    spoke(run, start=here("2026-11-30 10:00"), agreed="Iets van daarvoor.")
    call = spoke(run)
    text = last_mail(clock, monkeypatch)
    assert (
        f"Op 3 december 2026 sprak je met {call.host.name} af: ‘Ik stel in elk overleg één vraag.\n"
        "En ik wacht op antwoord.\n> "
    ) in text
    assert "Iets van daarvoor" not in text
    assert "www.voorbeeld.nl" not in text  # nothing that a mail program makes a link of


def test_without_an_agreement_its_paragraph_is_not_there(shipped, clock, monkeypatch):
    spoke(scanned(), agreed="")
    text = last_mail(clock, monkeypatch)
    assert "sprak je met" not in text
    assert "\n\n\n" not in text
    assert "zeven minuten.\n\nOpnieuw meten:" in text


def test_somebody_elses_agreement_is_not_told(shipped, clock, monkeypatch):
    scanned()
    BookingFactory(
        start=here("2026-12-03 10:00"), status="completed", email="ander@voorbeeld.nl", agreed=AGREED
    )
    assert "sprak je met" not in last_mail(clock, monkeypatch)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_coach_sees_in_the_preview_what_she_wrote_and_else_a_sample(shipped, language):
    step = shipped.steps.get(delay_days=60)
    run = scanned()
    sample = texts.plain(preview.of_step(step, language, None).words.blocks)
    assert {"nl": "wacht ik het antwoord af", "en": "wait for the answer"}[language] in sample
    spoke(run, agreed="Eén ding minder.")
    letter = texts.plain(preview.of_step(step, language, run.lead).words.blocks)
    assert {"nl": "sprak je met Jet van Dalen af", "en": "you agreed with Jet van Dalen"}[language] in letter
    assert "‘Eén ding minder.’" in letter


def test_the_mirror_asks_for_an_answer_to_the_coach_and_has_no_link(shipped, clock, monkeypatch):
    scanned()
    for moment in MORNINGS[:2]:
        deliver_at(clock, moment, monkeypatch)
    mail = OutboundEmail.objects.filter(status="sent").latest("sent_at")
    key = instrument().key("letting-go")
    assert key.mirror_leader in mail.text
    assert key.mirror_team in mail.text
    assert "Antwoord dan gewoon op deze mail." in mail.text
    assert mail.reply_to == "jet@voorbeeld.nl"
    assert "http" not in mail.text.split("Jet van Dalen")[0]


def test_no_mail_is_planned_the_old_way_any_more(shipped):
    scanned()
    assert set(OutboundEmail.objects.values_list("message", flat=True)) == {"sequences/step"}


def test_a_tip_that_was_planned_the_old_way_still_leaves(shipped, clock, monkeypatch):
    run = scanned()
    Run.objects.all().delete()
    mail = OutboundEmail.objects.order_by("due_at").first()
    OutboundEmail.objects.exclude(pk=mail.pk).delete()
    OutboundEmail.objects.update(
        message="assessments/day2_tip", data=run.context, key=f"run:{run.context['scan']}:day2"
    )
    assert deliver_at(clock, MORNINGS[0], monkeypatch) == [
        f"Een tip voor deze week: {instrument().key('letting-go').phrase}"
    ]
