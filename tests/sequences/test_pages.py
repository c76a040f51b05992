"""The coach's pages: writing a sequence, refused variables, two coaches at once, who is where."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.accounts.models import User
from portal.leads import services as leads
from portal.leads.sequences.forms import StepForm
from portal.leads.sequences.models import Run, Sequence, Step
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import words_of
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.sequences import StepFactory
from tests.sequences.people import deliver_at, wants_tips

pytestmark = pytest.mark.django_db
ALL = "admin:sequences_sequence_changelist"
ONE = "admin:sequences_sequence_change"


def form_of(response: Any, selector: str = "form[method=post]:not(#logout-form)") -> dict[str, Any]:
    """What a browser would send of the form as it stands there."""
    form = BeautifulSoup(response.content, "html.parser").select(f"#content {selector}")[0]
    sent: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        kind, name = field.get("type", ""), field["name"]
        if kind in ("checkbox", "radio"):
            if field.has_attr("checked"):
                sent.setdefault(name, []).append(field.get("value", "on"))
        elif field.name == "textarea":
            sent[name] = field.text.removeprefix("\n")
        elif field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            sent[name] = chosen["value"]
        else:
            sent[name] = field.get("value", "")
    return sent


def path_of(step: Step, page: str = "step") -> str:
    return reverse(f"admin:sequences_sequence_{page}", args=[step.sequence_id, step.pk])


@pytest.fixture
def second(shipped: Sequence) -> Step:
    """The mail of day 5."""
    return shipped.steps.get(delay_days=5)


# ---- reading -----------------------------------------------------------------------------------------------
def test_the_list_says_what_there_is_and_when_it_is_empty_what_to_do(
    as_coach: Client, shipped: Sequence
) -> None:
    page = words_of(as_coach.get(reverse(ALL)))
    assert "Na een scan aan Begint als iemand de scan afmaakt; 4 mails; 0 mensen erin" in page
    shipped.delete()
    assert "Er is nog geen reeks. Maak er een" in words_of(as_coach.get(reverse(ALL)))


def test_each_mail_stands_with_its_numbers(
    coach: User, shipped: Sequence, clock: Any, monkeypatch: Any
) -> None:
    user = UserFactory()
    lead = wants_tips(user.email, user_id=user.pk)
    leads.record(lead, "scan.completed", scan=CompletedScanFactory(user=user).public_id)
    deliver_at(clock, "2026-11-25 08:30", monkeypatch)
    leads.record(lead, "call.booked")
    leads.withdraw_consent(lead, purpose="tips", method="one click")
    page = browser_of(coach).get(reverse(ONE, args=[shipped.pk]))
    rows = BeautifulSoup(page.content, "html.parser").select(".sequence-steps tbody tr")
    numbers = [[cell.text for cell in row.select(".n")] for row in rows]
    assert numbers == [["1", "1", "0", "1"], *[["0"] * 4] * 3]
    assert "Daarna geboekt" in words_of(page)


@pytest.mark.parametrize(("name", "most"), [("change", 9), ("people", 10)])
def test_a_page_asks_as_often_whoever_is_in_it(
    as_coach: Client, shipped: Sequence, name: str, most: int, django_assert_num_queries: Any
) -> None:
    path = reverse(f"admin:sequences_sequence_{name}", args=[shipped.pk])
    as_coach.get(path)
    counts = []
    for number in range(4):
        leads.record(wants_tips(f"p{number}@voorbeeld.nl"), "scan.completed")
        if number in (0, 3):
            with django_assert_num_queries(most):
                counts.append(as_coach.get(path).status_code)
    assert counts == [200, 200]


def test_staff_without_the_right_sees_none_of_it(second: Step) -> None:
    stranger = browser_of(User.objects.create_user("nieuw@voorbeeld.nl", is_staff=True))
    for path in (
        reverse(ALL),
        reverse(ONE, args=[second.sequence_id]),
        path_of(second),
        path_of(second, "step_out"),
    ):
        assert stranger.get(path).status_code == 403
        assert stranger.post(path).status_code == 403


def test_reading_changes_nothing(as_coach: Client, second: Step) -> None:
    before = list(Step.objects.values())
    for path in (reverse(ONE, args=[second.sequence_id]), path_of(second), path_of(second, "step_out")):
        assert as_coach.get(path).status_code == 200
    assert list(Step.objects.values()) == before


# ---- writing -----------------------------------------------------------------------------------------------
def test_a_coach_makes_a_sequence_with_a_mail_and_switches_it_on(as_coach: Client, shipped: Sequence) -> None:
    made = {"name": "Na een no-show", "starts_on": "call.no_show", "stops_on": ["call.booked"], "version": 1}
    answer = as_coach.post(reverse("admin:sequences_sequence_add"), made)
    sequence = Sequence.objects.get(name="Na een no-show")
    assert answer.headers["Location"] == reverse("admin:sequences_sequence_step_add", args=[sequence.pk])
    texts = {f"{part}_{language}": "Tot ziens" for part in ("subject", "body") for language in ("nl", "en")}
    as_coach.post(answer.headers["Location"], form_of(as_coach.get(answer.headers["Location"])) | texts)
    page = reverse(ONE, args=[sequence.pk])
    as_coach.post(page, form_of(as_coach.get(page), ".sequence-form") | {"is_on": "on"})
    sequence.refresh_from_db()
    assert (sequence.is_on, sequence.steps.count()) == (True, 1)


def test_a_sequence_without_a_mail_is_not_switched_on(as_coach: Client, shipped: Sequence) -> None:
    shipped.steps.all().delete()
    page = reverse(ONE, args=[shipped.pk])
    answer = as_coach.post(page, form_of(as_coach.get(page), ".sequence-form"))
    assert answer.status_code == 422
    assert "Er staat nog geen mail in." in words_of(answer)


def test_saved_words_are_those_that_leave(as_coach: Client, second: Step) -> None:
    sent = form_of(as_coach.get(path_of(second))) | {"subject_nl": "Nieuw  onderwerp", "delay_days": "6"}
    answer = as_coach.post(path_of(second), sent)
    assert answer.headers["Location"] == path_of(second)
    second.refresh_from_db()
    assert (second.subject_nl, second.delay_days) == ("Nieuw onderwerp", 6)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("body_nl", "Dag {vornaam}", "‘{vornaam}’ is geen variabele die we kennen."),
        ("subject_en", "Hi {name}", "‘{name}’ is geen variabele die we kennen."),
        ("body_nl", "Dag {voornaam", "Bij ‘Dag {voornaam’ klopt iets niet"),
        ("body_nl", "{% debug %}", "‘{% debug %}’ is geen variabele die we kennen."),
        ("body_nl", "{{ settings.SECRET_KEY }}", "klopt iets niet"),
    ],
)
def test_a_variable_that_cannot_be_filled_in_is_refused_by_name_and_nothing_is_lost(
    as_coach: Client, second: Step, field: str, typed: str, said: str
) -> None:
    sent = form_of(as_coach.get(path_of(second))) | {field: typed, "delay_days": "7"}
    answer = as_coach.post(path_of(second), sent)
    assert answer.status_code == 422
    assert said in words_of(answer)
    kept = form_of(answer)
    assert (kept[field], kept["delay_days"]) == (typed, "7")
    assert Step.objects.get(pk=second.pk).delay_days == 5


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Dear {vornaam}", "‘{vornaam}’ is not a variable we know. Take one from the list."),
        (
            "Dear {",
            "Something is not right at ‘Dear {’: a variable is one name between braces, such as {first_name}.",
        ),
    ],
)
def test_in_english_it_is_refused_in_english(second: Step, typed: str, said: str) -> None:
    with translation.override("en"):
        form = StepForm({"body_en": typed}, instance=second)
        assert form.errors["body_en"] == [said]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("delay_days", "-1"),
        ("delay_days", "366"),
        ("delay_days", "9" * 40),
        ("at", "25:00"),
        ("subject_nl", ""),
        ("subject_nl", "x" * 151),
        ("body_en", " \n "),
        ("body_nl", "x" * 5001),
        ("version", "x"),
        ("version", "9" * 40),
        ("contact", "x" * 300),
    ],
)
def test_bad_input_is_said_and_kept(as_coach: Client, second: Step, field: str, typed: str) -> None:
    sent = form_of(as_coach.get(path_of(second))) | {field: typed, "subject_en": "Mine"}
    answer = as_coach.post(path_of(second), sent)
    assert answer.status_code == 422
    assert form_of(answer)["subject_en"] == "Mine"


def test_of_two_coaches_the_later_one_hears_it_and_loses_nothing(as_coach: Client, second: Step) -> None:
    first, later = form_of(as_coach.get(path_of(second))), form_of(as_coach.get(path_of(second)))
    as_coach.post(path_of(second), first | {"subject_nl": "Van de eerste"})
    answer = as_coach.post(path_of(second), later | {"subject_nl": "Van de tweede", "body_nl": "Mijn tekst"})
    assert answer.status_code == 409
    page = words_of(answer)
    assert "Iemand heeft dit intussen veranderd, om" in page
    assert "Onderwerp in het Nederlands Van de eerste" in page
    kept = form_of(answer)
    assert (kept["subject_nl"], kept["body_nl"]) == ("Van de tweede", "Mijn tekst")
    second.refresh_from_db()
    assert second.subject_nl == "Van de eerste"

    assert as_coach.post(path_of(second), kept).status_code == 302  # knowing it, this one wins
    second.refresh_from_db()
    assert second.subject_nl == "Van de tweede"


def test_of_two_coaches_who_set_a_sequence_the_later_one_hears_it(
    as_coach: Client, shipped: Sequence
) -> None:
    page = reverse(ONE, args=[shipped.pk])
    first, later = (form_of(as_coach.get(page), ".sequence-form") for _ in range(2))
    as_coach.post(page, first | {"name": "Eerste"})
    answer = as_coach.post(page, later | {"name": "Tweede"})
    assert answer.status_code == 409
    assert "Naam Eerste" in words_of(answer)
    assert form_of(answer, ".sequence-form")["name"] == "Tweede"


def test_a_mail_that_was_taken_out_meanwhile_can_be_added_again(as_coach: Client, second: Step) -> None:
    sent = form_of(as_coach.get(path_of(second))) | {"subject_nl": "Nog steeds hier"}
    gone = path_of(second)
    as_coach.post(path_of(second, "step_out"), {"version": second.sequence.version})
    answer = as_coach.post(gone, sent)
    assert answer.status_code == 409
    assert "Iemand heeft deze mail er intussen uit gehaald." in words_of(answer)
    add = reverse("admin:sequences_sequence_step_add", args=[second.sequence_id])
    assert as_coach.post(add, form_of(answer)).status_code == 302
    assert Step.objects.filter(subject_nl="Nog steeds hier").exists()


def test_taking_out_asks_first_and_says_what_goes(as_coach: Client, second: Step) -> None:
    leads.record(wants_tips(), "scan.completed")
    page = as_coach.get(path_of(second, "step_out"))
    assert "Eén mail die nog niet weg is, gaat niet meer." in words_of(page)
    as_coach.post(path_of(second, "step_out"), form_of(page))
    assert not Step.objects.filter(pk=second.pk).exists()
    assert OutboundEmail.objects.filter(status="cancelled").count() == 1


def test_a_shipped_sequence_is_not_deleted_and_an_own_one_is(as_coach: Client, shipped: Sequence) -> None:
    own = StepFactory().sequence
    for sequence, status in ((shipped, 403), (own, 200)):
        assert (
            as_coach.get(reverse("admin:sequences_sequence_delete", args=[sequence.pk])).status_code == status
        )


# ---- how it reads ------------------------------------------------------------------------------------------
def test_the_preview_shows_what_is_typed_in_both_languages_and_saves_nothing(
    as_coach: Client, second: Step
) -> None:
    sent = form_of(as_coach.get(path_of(second)))
    sent |= {"body_nl": "Over {sleutel}, {voornaam}.", "body_en": "On {key}.", "preview": "1"}
    page = as_coach.post(path_of(second), sent)
    shown = [one.text for one in BeautifulSoup(page.content, "html.parser").select(".preview")]
    assert "Over ruimte om los te laten, Femke." in " ".join(shown[0].split()) or "Femke." in shown[0]
    assert "On " in shown[1]
    assert form_of(page)["body_nl"] == "Over {sleutel}, {voornaam}."
    second.refresh_from_db()
    assert "{spiegelvraag}" in second.body_nl


def test_the_script_gets_the_preview_alone(as_coach: Client, second: Step) -> None:
    sent = form_of(as_coach.get(path_of(second))) | {"fragment": "1"}
    answer = as_coach.post(path_of(second), sent)
    assert BeautifulSoup(answer.content, "html.parser").select("form, html") == []
    assert len(BeautifulSoup(answer.content, "html.parser").select(".preview")) == 2


def test_of_a_real_contact_nothing_is_shown_that_only_they_may_know(as_coach: Client, second: Step) -> None:
    user = UserFactory(email="noor@voorbeeld.nl", name="Noor Aydin")
    scan = CompletedScanFactory(user=user)
    leads.record(wants_tips(user.email, user_id=user.pk), "scan.completed", scan=scan.public_id)
    sent = form_of(as_coach.get(path_of(second)))
    sent |= {"body_nl": "{voornaam}: {uitslag} {sleutel}", "contact": "Noor@voorbeeld.nl", "preview": "1"}
    page = as_coach.post(path_of(second), sent).content.decode()
    assert "Noor: http" in BeautifulSoup(page, "html.parser").select_one(".preview").text
    assert scan.public_id not in page
    assert "staat hier als voorbeeld" in page


@pytest.mark.parametrize("address", ["wie@voorbeeld.nl", "wie\0@voorbeeld.nl", "x" * 10_000])
def test_an_address_that_is_nobodys_is_said(as_coach: Client, second: Step, address: str) -> None:
    sent = form_of(as_coach.get(path_of(second))) | {"contact": address, "preview": "1"}
    assert "Er is geen contact met dit adres" in words_of(as_coach.post(path_of(second), sent))


def test_a_test_mail_goes_to_the_coach_once_in_both_languages_and_saves_nothing(
    as_coach: Client, second: Step
) -> None:
    sent = form_of(as_coach.get(path_of(second))) | {"subject_nl": "Proef ik", "test": "1"}
    page = as_coach.post(path_of(second), sent)
    as_coach.post(path_of(second), sent)  # pressed twice
    mails = OutboundEmail.objects.order_by("pk")
    assert [(mail.to_email, mail.kind, mail.language) for mail in mails] == [
        ("mila@voorbeeld.nl", "service", "nl"),
        ("mila@voorbeeld.nl", "service", "en"),
    ]
    assert mails[0].subject == "Proef: Proef ik"
    assert "In de echte mail staat hier het adres om je af te melden." in mails[0].text
    assert "Er is niets opgeslagen." in words_of(page)
    assert form_of(page)["subject_nl"] == "Proef ik"
    assert Step.objects.get(pk=second.pk).subject_nl != "Proef ik"


def test_every_variable_is_offered_with_what_it_means(as_coach: Client, second: Step) -> None:
    page = words_of(as_coach.get(path_of(second)))
    for name in (
        "{sleutel} {key}",
        "{actie} {action}",
        "{boeklink} {booking_link}",
        "{voornaam} {first_name}",
    ):
        assert name in page
    assert "De eerste actie voor deze week bij die sleutel." in page


# ---- who is where ------------------------------------------------------------------------------------------
def test_everybody_stands_with_the_next_mail_and_its_day(
    as_coach: Client, shipped: Sequence, clock: Any
) -> None:
    leads.record(wants_tips(), "scan.completed")
    booked = wants_tips("bas@voorbeeld.nl", name="Bas Hoekstra")
    leads.record(booked, "scan.completed")
    leads.record(booked, "call.booked")
    people = reverse("admin:sequences_sequence_people", args=[shipped.pk])
    page = words_of(as_coach.get(people))
    assert "Noor Aydin loopt ; nu volgt ‘Een tip voor deze week: {sleutel}’, wo 25 nov 2026, 08:30" in page
    assert "Bas Hoekstra staat stil omdat iemand een impactcall boekt ; nu volgt ‘Twee maanden" in page


def test_the_coach_holds_releases_marks_and_stops(as_coach: Client, shipped: Sequence) -> None:
    leads.record(wants_tips(), "scan.completed")
    run = Run.objects.get()
    where = reverse("admin:sequences_sequence_run", args=[run.pk])
    for done, held, ended in (
        ("pause", "paused", ""),
        ("go_on", "", ""),
        ("answered", "answered", ""),
        ("stop", "", "coach"),
    ):
        answer = as_coach.post(where, {"do": done})
        assert answer.headers["Location"] == reverse("admin:sequences_sequence_people", args=[shipped.pk])
        run.refresh_from_db()
        assert (run.held, run.ended_by) == (held, ended)
    assert as_coach.post(where, {"do": "iets"}).status_code == 302
    assert "door jou gestopt" in words_of(as_coach.get(where))


def test_the_page_of_a_contact_shows_where_somebody_is(as_coach: Client, shipped: Sequence) -> None:
    lead = wants_tips()
    page = reverse("admin:leads_lead_change", args=[lead.pk])
    assert "In geen enkele. Wie om tips vraagt, komt er vanzelf in." in words_of(as_coach.get(page))
    leads.record(lead, "scan.completed")
    shown = as_coach.get(page)
    assert "Na een scan loopt ; nu volgt" in words_of(shown)
    assert not BeautifulSoup(shown.content, "html.parser").select(
        "#content form form"
    )  # no browser reads those
    link = reverse("admin:sequences_sequence_run", args=[Run.objects.get().pk])
    assert f'href="{link}?back=contact"' in shown.content.decode()
    sent = form_of(as_coach.get(f"{link}?back=contact"), "form.outcomes")
    assert as_coach.post(link, sent | {"do": "answered"}).headers["Location"] == page


def test_nobody_in_it_says_how_people_come_in(as_coach: Client, shipped: Sequence) -> None:
    page = as_coach.get(reverse("admin:sequences_sequence_people", args=[shipped.pk]))
    assert "Er zit nu niemand in." in words_of(page)
