"""The page of a contact: one timeline, notes, the next step, and what two coaches at once do to each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import Tag
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.accounts.models import User
from portal.common import times
from portal.leads import consent, notes
from portal.leads import services as leads
from portal.leads.contact_forms import StepForm
from portal.leads.models import ConsentEvent, Lead, LeadEvent, Note
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.contacts.conftest import EMAIL, content, page_of, url
from tests.bookings.admin.week.looking import text
from tests.factories.mail import OutboundEmailFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "host")]
QUERIES_OF_A_CONTACT = 15
QUERIES_OF_TODAY = 20


def story(page: Tag) -> list[str]:
    return [text(line) for line in page.select(".story > li")]


def hidden(page: Tag, action: str, name: str) -> str:
    return str(page.select_one(f"form[action$='{action}'] [name={name}]")["value"])


# ---- one timeline ---------------------------------------------------------------------------------------
def test_everything_stands_in_one_timeline_the_newest_first(
    as_coach: Client, coach: User, lead: Lead, book: Book, clock: Any
) -> None:
    leads.record(lead, "scan.completed")
    clock.shift(timedelta(minutes=1))
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
    clock.shift(timedelta(minutes=1))
    call = book(at(3, 10), email=EMAIL)
    leads.record(lead, "call.booked", booking=call.public_id, start_at=call.start_at.isoformat())
    clock.shift(timedelta(minutes=1))
    sent = {
        "message": "bookings/confirmation",
        "status": "sent",
        "sent_at": times.now(),
        "due_at": times.now(),
    }
    OutboundEmailFactory(to_email=EMAIL, subject="Tot donderdag", text="Fijn dat je komt.", **sent)
    clock.shift(timedelta(minutes=1))
    notes.write_note(lead, "Belde over haar team.", by=coach, key="2" * 24)
    page = page_of(as_coach, lead)
    told = story(page)
    expected = [
        "Notitie Mila de Coach Belde over haar team.",
        "Mail, verstuurd: Bevestiging: Tot donderdag Lees de tekst Fijn dat je komt.",
        "Boekte een impactcall op do 26 nov 2026, 10:00",
        "Ja: tips per mail, met een gemailde code",
        "Maakte een scan af",
    ]
    assert [line.split(" ", 5)[5] for line in told] == expected
    links = [line.a["href"] for line in page.select(".story > li") if line.a]
    mail = OutboundEmail.objects.get(subject="Tot donderdag")
    assert links[0] == url("note", lead, "2" * 24)
    assert links[1] == reverse("admin:mail_outboundemail_change", args=[mail.pk])
    assert links[2] == reverse("admin:bookings_booking_change", args=[call.pk])
    assert links[3] == reverse("admin:leads_consentevent_change", args=[ConsentEvent.objects.get().pk])


def test_of_mails_with_a_code_and_of_tips_no_word_is_shown(as_coach: Client, lead: Lead) -> None:
    OutboundEmailFactory(to_email=EMAIL, subject="Je code", text="ABCD-EFGH", erase_body=True)
    about = leads.followup_key(lead)
    OutboundEmailFactory(
        to_email=EMAIL, subject="Loslaten", text="draagt het minst", kind="marketing", about=about
    )
    OutboundEmailFactory(to_email="ander@voorbeeld.nl", subject="Voor een ander")
    told = " ".join(story(page_of(as_coach, lead)))
    assert told.count("Mail, ") == 2
    for secret in ("ABCD-EFGH", "Loslaten", "draagt het minst", "Voor een ander"):
        assert secret not in told


def test_who_may_not_read_the_mail_log_reads_no_mail_here(lead: Lead) -> None:
    OutboundEmailFactory(to_email=EMAIL, subject="Tot donderdag")
    user = User.objects.create_user("hulp@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_lead", "see_practice"]))
    page = page_of(browser_of(user), lead)
    assert "Tot donderdag" not in text(page)
    assert page.select("form[action*='/notes/'], form[action*='/next-step/'], [name=stage]") == []


def one_more(lead: Lead, coach: User, book: Book, number: int) -> None:
    call = book(at(number + 1, 10), email=EMAIL)
    leads.record(lead, "call.booked", booking=call.public_id, start_at=call.start_at.isoformat())
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
    OutboundEmailFactory(to_email=EMAIL)
    Note.objects.create(lead=lead, text="Notitie", author=coach, changed_by=coach)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_one_line_of_each_kind_as_for_three(
    as_coach: Client, coach: User, lead: Lead, book: Book, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        one_more(lead, coach, book, number)
    as_coach.get(url("change", lead))
    with django_assert_num_queries(QUERIES_OF_A_CONTACT):
        as_coach.get(url("change", lead))


# ---- notes ----------------------------------------------------------------------------------------------
def test_a_note_is_kept_once_however_often_it_is_sent(as_coach: Client, coach: User, lead: Lead) -> None:
    key = hidden(page_of(as_coach, lead), "/notes/", "key")
    for _time in range(2):
        sent = as_coach.post(
            url("write_note", lead), {"text": "Belt <b>vrijdag</b>.\r\nOver Bas.", "key": key}
        )
        assert sent.headers["Location"] == url("change", lead)
    note = Note.objects.get()
    assert (note.text, note.author, note.lead) == ("Belt <b>vrijdag</b>.\nOver Bas.", coach, lead)
    assert "Belt <b>vrijdag</b>." in story(page_of(as_coach, lead))[0]


def test_other_words_from_the_same_form_become_a_note_of_their_own(as_coach: Client, lead: Lead) -> None:
    for words in ("Eén", "Twee"):
        as_coach.post(url("write_note", lead), {"text": words, "key": "2" * 24})
    assert set(Note.objects.values_list("text", flat=True)) == {"Eén", "Twee"}


@pytest.mark.parametrize("words", ["", " \n ", "x" * 5001, "\u202e"])
def test_an_empty_or_endless_note_is_refused_and_what_was_typed_stays(
    as_coach: Client, lead: Lead, words: str
) -> None:
    response = as_coach.post(url("write_note", lead), {"text": words, "key": "zomaar"})
    assert response.status_code == 422
    page = content(response)
    assert page.select_one("[role=alert][autofocus]")
    assert page.select_one("[name=text]").text.strip() == words.strip()
    assert not Note.objects.exists()


def test_a_note_is_changed_and_says_by_whom(
    as_coach: Client, as_superuser: Client, coach: User, lead: Lead
) -> None:
    note = notes.write_note(lead, "Belt vrijdag.", by=coach, key="2" * 24)
    path = url("note", lead, note.public_id)
    form = content(as_superuser.get(path))
    sent = {"text": "Belt maandag.", "version": form.select_one("[name=version]")["value"]}
    assert as_superuser.post(path, sent).status_code == 302
    line = story(page_of(as_coach, lead))[0]
    assert "Belt maandag." in line
    assert "Mila de Coach, gewijzigd ma 23 nov 2026, 10:00 door Jet van Dalen" in line


def test_of_two_coaches_in_one_note_the_later_hears_it_and_nothing_is_lost(
    as_coach: Client, as_superuser: Client, coach: User, lead: Lead
) -> None:
    note = notes.write_note(lead, "Belt vrijdag.", by=coach, key="2" * 24)
    path = url("note", lead, note.public_id)
    assert as_coach.post(path, {"text": "Van Mila.", "version": "1"}).status_code == 302
    late = as_superuser.post(path, {"text": "Van Jet.", "version": "1"})
    assert late.status_code == 409
    page = content(late)
    assert "Iemand anders wijzigde deze notitie intussen" in text(page.select_one("[role=alert]"))
    assert page.select_one("[name=text]").text.strip() == "Van Jet."
    assert "Van Mila." in text(page.select_one("p.free"))
    assert Note.objects.get().text == "Van Mila."
    again = page.select_one("[name=version]")["value"]
    assert as_superuser.post(path, {"text": "Van beiden.", "version": again}).status_code == 302
    assert Note.objects.get().text == "Van beiden."


def test_what_is_typed_in_a_note_that_was_erased_meanwhile_can_be_kept_anew(
    as_coach: Client, coach: User, lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = notes.write_note(lead, "Belt vrijdag.", by=coach, key="2" * 24)
    path = url("note", lead, note.public_id)
    change = notes.change_note

    def after_a_colleague_erased_it(*given: Any, **named: Any) -> None:
        Note.objects.all().delete()
        change(*given, **named)

    monkeypatch.setattr(notes, "change_note", after_a_colleague_erased_it)
    late = as_coach.post(path, {"text": "Van Jet.", "version": "1"})
    assert late.status_code == 409
    assert content(late).select_one("form[action$='/notes/'] [name=text]").text.strip() == "Van Jet."


def test_a_note_is_erased_only_as_it_was_read(as_coach: Client, coach: User, lead: Lead) -> None:
    note = notes.write_note(lead, "Belt vrijdag.", by=coach, key="2" * 24)
    notes.change_note(note, "Belt maandag.", by=coach, version=1)
    path = url("note", lead, note.public_id)
    assert as_coach.post(path, {"text": "", "version": "1", "erase": "1"}).status_code == 409
    assert as_coach.post(path, {"text": "", "version": "2", "erase": "1"}).status_code == 302
    assert not Note.objects.exists()


def test_a_note_is_not_found_under_another_contact(as_coach: Client, coach: User, lead: Lead) -> None:
    notes.write_note(lead, "Belt vrijdag.", by=coach, key="2" * 24)
    other = leads.contact("bas@voorbeeld.nl")
    assert as_coach.get(url("note", other, "2" * 24)).status_code == 404


# ---- the next step --------------------------------------------------------------------------------------
def test_a_next_step_that_is_due_stands_on_the_first_page_until_it_is_done(
    as_coach: Client, lead: Lead
) -> None:
    was = hidden(page_of(as_coach, lead), "/next-step/", "was")
    sent = {"step": "Nabellen", "on": "2026-11-24", "was": was}
    assert as_coach.post(url("step", lead), sent).status_code == 302
    assert "Nabellen" not in text(content(as_coach.get("/beheer/")))
    Lead.objects.update(next_step_on="2026-11-22")
    due = content(as_coach.get("/beheer/")).select_one("[aria-labelledby=due-steps]")
    assert text(due) == "Nu te doen Noor Aydin: Nabellen sinds zo 22 nov 2026"
    was = hidden(page_of(as_coach, lead), "/next-step/", "was")
    assert as_coach.post(url("step", lead), {"done": "1", "was": was}).status_code == 302
    assert content(as_coach.get("/beheer/")).select("[aria-labelledby=due-steps]") == []
    assert "Deed de volgende stap: Nabellen" in story(page_of(as_coach, lead))[0]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"step": "Nabellen", "on": ""}, "Kies een dag"),
        ({"step": "", "on": "2026-11-24"}, "Zeg wat je die dag doet."),
        ({"step": "Nabellen", "on": "gisteren"}, "Dat is geen datum."),
        ({"step": "Nabellen", "on": "0001-01-01"}, "Die datum ligt te ver weg."),
        ({"step": "x" * 201, "on": "2026-11-24"}, "200"),
    ],
)
def test_half_a_step_is_refused_with_what_was_typed(
    as_coach: Client, lead: Lead, sent: dict[str, str], why: str
) -> None:
    response = as_coach.post(url("step", lead), sent)
    assert response.status_code == 422
    page = content(response)
    assert why in text(page)
    assert page.select_one("[name=step]").get("value", "") == sent["step"]
    assert Lead.objects.get().next_step == ""


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_day_is_read_as_the_page_says_to_write_it(lead: Lead, language: str) -> None:
    with translation.override(language):
        form = StepForm({"step": "Nabellen", "on": "05-06-2027", "was": ""}, lead=lead)
        assert form.is_valid()
    assert form.cleaned_data["on"] == date(2027, 6, 5)


def test_the_database_holds_no_step_without_a_day(lead: Lead) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.update(next_step="Nabellen")


@pytest.mark.parametrize("extra", [{}, {"done": "1"}])
def test_of_two_coaches_in_one_step_the_later_hears_it(
    as_coach: Client, lead: Lead, extra: dict[str, str]
) -> None:
    was = hidden(page_of(as_coach, lead), "/next-step/", "was")
    as_coach.post(url("step", lead), {"step": "Van Mila", "on": "2026-11-24", "was": was})
    mine = {"step": "Van Jet", "on": "2026-11-25", "was": was}
    late = as_coach.post(url("step", lead), mine | extra)
    assert late.status_code == 409
    page = content(late)
    assert page.select_one("[name=step]")["value"] == "Van Jet"
    assert "Bewaard is nu: Van Mila" in text(page)
    again = mine | {"was": hidden(page, "/next-step/", "was")}
    assert as_coach.post(url("step", lead), again).status_code == 302
    assert Lead.objects.get().next_step == "Van Jet"


@pytest.mark.parametrize("count", [1, 3])
def test_the_first_page_asks_once_for_all_steps_that_are_due(
    as_coach: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        leads.contact(f"p{number}@voorbeeld.nl")
    Lead.objects.update(next_step="Nabellen", next_step_on="2026-11-23")
    as_coach.get("/beheer/")
    with django_assert_num_queries(QUERIES_OF_TODAY):
        as_coach.get("/beheer/")


# ---- name and stage by hand -----------------------------------------------------------------------------
def test_a_stage_by_hand_needs_a_reason_that_stands_on_the_timeline(as_coach: Client, lead: Lead) -> None:
    was = hidden(page_of(as_coach, lead), "/change/", "was")
    sent = {"name": "Noor Aydin", "stage": "client", "was": was}
    refused = as_coach.post(url("change", lead), sent)
    assert refused.status_code == 422
    assert "Zeg in een paar woorden waarom je een andere fase kiest." in text(content(refused))
    assert as_coach.post(url("change", lead), sent | {"reason": "Tekende een jaar."}).status_code == 302
    assert Lead.objects.get().stage == "client"
    line = story(page_of(as_coach, lead))[0]
    assert "Fase gezet op ‘klant’ Mila de Coach Tekende een jaar." in line


def test_a_name_alone_needs_no_reason_and_leaves_no_line(as_coach: Client, lead: Lead) -> None:
    was = hidden(page_of(as_coach, lead), "/change/", "was")
    as_coach.post(url("change", lead), {"name": "Noor A.", "stage": "scanned", "was": was})
    assert Lead.objects.get().name == "Noor A."
    assert not LeadEvent.objects.exists()


def test_a_reason_without_another_stage_is_not_dropped(as_coach: Client, lead: Lead) -> None:
    was = hidden(page_of(as_coach, lead), "/change/", "was")
    sent = {"name": "Noor A.", "stage": "scanned", "reason": "Belt maandag terug.", "was": was}
    refused = as_coach.post(url("change", lead), sent)
    assert refused.status_code == 422
    assert content(refused).select_one("[name=reason]")["value"] == "Belt maandag terug."
    assert "Deze fase staat er al." in text(content(refused))
    twice = [
        as_coach.post(url("change", lead), sent | {"stage": "client"}).status_code for _click in range(2)
    ]
    assert twice == [302, 302]
    assert LeadEvent.objects.count() == 1


def test_an_event_while_the_form_was_open_is_heard_too(as_coach: Client, lead: Lead) -> None:
    was = hidden(page_of(as_coach, lead), "/change/", "was")
    leads.advance(lead, "planned")
    late = as_coach.post(
        url("change", lead), {"name": "N", "stage": "not_now", "reason": "Geen tijd", "was": was}
    )
    assert late.status_code == 409
    page = content(late)
    assert page.select_one("[name=reason]")["value"] == "Geen tijd"
    assert "gesprek gepland" in text(page)
    assert Lead.objects.get().stage == "planned"
