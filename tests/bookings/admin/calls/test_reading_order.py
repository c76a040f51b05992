"""What a coach reads first: on the first page the next call, on a call what to open with, on a contact the story."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, Host
from portal.accounts.models import User
from portal.leads import services as leads
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.looking import text
from tests.factories.assessments import CompletedScanFactory
from tests.factories.bookings import HostFactory
from tests.factories.mail import OutboundEmailFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
INDEX = "/beheer/"
THERE = {"location": "Oudegracht 1, Utrecht"}  # no link is promised that the coach must still give


def content(client: Client, path: str) -> Tag:
    response = client.get(path)
    assert response.status_code == 200
    found = BeautifulSoup(response.content, "html.parser").select_one("#content")
    assert found is not None
    return found


def page_of(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change", args=[booking.pk])


@pytest.fixture
def shared(book: Book) -> Booking:
    user = User.objects.create_user("sanne@voorbeeld.nl", name="Sanne Vermeer")
    scan = CompletedScanFactory(user=user)
    return book(
        at(0, 14),
        user=user,
        shared_scan=scan.public_id,
        topics=["advance"],
        remark="Ik wil loslaten.",
        **THERE,
    )


# ---- the first page ---------------------------------------------------------------------------------------
def test_the_next_call_comes_first_with_its_weakest_key_and_the_question_to_open_with(
    as_coach: Client, shared: Booking, book: Book
) -> None:
    book(at(-3, 10), name="Bas Hoekstra", email="bas@voorbeeld.nl")
    first = content(as_coach, INDEX).select_one("section")
    assert text(first.h2) == "Volgende gesprek"
    assert "maandag 23 november 2026, 14:00 tot 14:30 Sanne Vermeer" in text(first)
    assert "Draagt het minst: Uit handen geven." in text(first)
    assert text(first.select_one(".opening p")).endswith("?")
    assert "Openingsvraag bij ‘Uit handen geven’" in text(first)
    assert "‘Ik wil loslaten.’" in text(first)


def test_what_is_not_shared_is_not_told_there_either(as_coach: Client, book: Book) -> None:
    CompletedScanFactory(user=User.objects.create_user("sanne@voorbeeld.nl"))
    book(at(1, 10))
    first = content(as_coach, INDEX).select_one(".next-call")
    assert "Deelt geen uitslag met je." in text(first)
    assert first.select(".opening") == []
    assert "Draagt het minst" not in text(first)


def test_a_call_that_goes_on_now_is_still_the_next_one(as_coach: Client, book: Book) -> None:
    book(at(0, 9, 45), name="Nu Bezig")
    book(at(0, 14), name="Straks Pas", email="straks@voorbeeld.nl")
    assert "Nu Bezig" in text(content(as_coach, INDEX).select_one(".next-call"))


def test_a_coach_finds_her_own_next_call_before_that_of_another(
    superuser: User, coach: User, host: Host, book: Book
) -> None:
    book(at(1, 10), name="Van Een Ander")
    own = HostFactory(user=coach)
    book(at(2, 10), name="Van Mij", email="mij@voorbeeld.nl", host=own)
    assert "Van Mij" in text(content(browser_of(coach), INDEX).select_one(".next-call"))
    assert "Van Een Ander" in text(content(browser_of(superuser), INDEX).select_one(".next-call"))


def test_a_call_stands_once_on_the_first_page_and_the_zone_is_said_once(
    as_coach: Client, shared: Booking, book: Book
) -> None:
    book(at(0, 8), name="Vanochtend Vic", email="vic@voorbeeld.nl", **THERE)
    book(at(0, 16), name="Vanmiddag Mo", email="mo@voorbeeld.nl", **THERE)
    page = content(as_coach, INDEX)
    links = [link["href"] for link in page.select("a[href*='/bookings/booking/'][href$='/change/']")]
    assert len(links) == len(set(links)) == 3
    assert text(page).count("Nederlandse tijd") == 1
    assert "hoe is het gegaan?" not in text(page)
    assert [text(one) for one in page.select(".day-list li > .num")] == ["14:00–14:30", "16:00–16:30"]
    assert "het volgende gesprek, hierboven" in text(page.select_one(".day-list li"))


def test_whoever_may_only_look_still_sees_what_is_over_in_the_day(book: Book) -> None:
    book(at(0, 8), name="Vanochtend Vic")
    user = User.objects.create_user("kijk@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_booking", "see_practice"]))
    assert "Vanochtend Vic, hoe is het gegaan?" in text(
        content(browser_of(user), INDEX).select_one(".day-list")
    )


def test_the_three_ways_a_call_can_end_are_named_as_they_are_kept(as_coach: Client, book: Book) -> None:
    call = book(at(-3, 10))
    row = content(as_coach, INDEX).select_one(".awaiting .outcomes")
    assert [text(one) for one in row.select(".btn")] == ["Gesproken", "Niet gekomen", "Verplaatst"]
    as_coach.post(row["action"], {"status": "completed"})
    assert "gesproken" in text(content(as_coach, page_of(call)).select_one(".state"))


# ---- a call -----------------------------------------------------------------------------------------------
def test_on_a_call_come_the_facts_then_what_to_open_with_then_the_beams_then_the_mails(
    as_coach: Client, shared: Booking
) -> None:
    OutboundEmailFactory(about=shared.about, message="bookings/confirmation")
    page = content(as_coach, page_of(shared))
    parts = page.select(".call-facts, .opening, .beams, #call-mails")
    assert [(part.get("class") or [part["id"]])[-1] for part in parts] == [
        "call-facts", "opening", "beams", "call-mails",
    ]  # fmt: skip
    assert "Ik wil loslaten." in text(parts[0])
    assert "Bevestiging aan Sanne Vermeer" in text(parts[3].parent)


def test_neither_moving_nor_cancelling_is_the_next_step_of_a_sound_call(
    as_coach: Client, shared: Booking
) -> None:
    buttons = content(as_coach, page_of(shared)).select(".bar .btn")
    assert [text(one) for one in buttons] == ["Verplaatsen", "Annuleer"]
    assert all("outlined" in one["class"] for one in buttons)


# ---- a contact --------------------------------------------------------------------------------------------
def test_on_a_contact_the_story_comes_before_the_fields(as_coach: Client, shared: Booking) -> None:
    lead = leads.contact("sanne@voorbeeld.nl", name="Sanne Vermeer")
    leads.record(lead, "scan.completed")
    page = content(as_coach, reverse("admin:leads_lead_change", args=[lead.pk]))
    headings = [text(one) for one in page.select("h2")]
    story = ["Impactcalls", "Gedeelde uitslagen", "Mailreeksen", "Tijdlijn", "Toestemming"]
    assert headings == ["Volgende stap", "Schrijf een notitie", *story, "Naam en fase"]
    field = page.select_one("[name=name]")
    assert field in page.find("h2", string="Naam en fase").find_all_next("input")
    assert "Nederlands" in text(page.select_one(".contact-facts"))


def test_what_is_wrong_with_a_field_comes_before_the_story(as_coach: Client, shared: Booking) -> None:
    lead = leads.contact("sanne@voorbeeld.nl", name="Sanne Vermeer")
    path = reverse("admin:leads_lead_change", args=[lead.pk])
    response = as_coach.post(path, {"name": "Sanne", "stage": "geen"})
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one(".errorlist") in page.select_one("#timeline").find_all_previous("ul")
    assert page.title.get_text().split()[0] == "Fout:"


# ---- a refusal --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_move_that_cannot_be_says_so_in_the_title_and_has_the_focus(
    as_coach: Client, shared: Booking, book: Book, language: str
) -> None:
    book(at(1, 10), name="Bas Hoekstra", email="bas@voorbeeld.nl")
    path = f"{reverse('admin:bookings_booking_move', args=[shared.pk])}?on=2026-11-24&at=10:00"
    path = path if language == "nl" else path.replace("/beheer/", "/en/beheer/")
    page = BeautifulSoup(as_coach.get(path).content, "html.parser")
    assert page.title.get_text().split()[0] == {"nl": "Fout:", "en": "Error:"}[language]
    (focused,) = page.select("[autofocus]")
    assert (focused["id"], focused["role"], focused["tabindex"]) == ("proposal", "alert", "-1")


def test_an_error_after_a_redirect_is_heard_has_the_focus_and_is_in_the_title(
    as_coach: Client, book: Book
) -> None:
    call = book(at(-3, 10))
    response: Any = as_coach.get(reverse("admin:bookings_booking_cancel", args=[call.pk]), follow=True)
    page = BeautifulSoup(response.content, "html.parser")
    (said,) = page.select(".messagelist li")
    assert text(said).startswith("Fout: Dit gesprek")
    assert (said["role"], said["tabindex"], said.has_attr("autofocus")) == ("alert", "-1", True)
    assert page.title.get_text().split()[0] == "Fout:"


def test_what_went_well_is_a_status_and_no_error(as_coach: Client, book: Book) -> None:
    call = book(at(-3, 10))
    path = reverse("admin:bookings_booking_close", args=[call.pk])
    page = BeautifulSoup(as_coach.post(path, {"status": "completed"}, follow=True).content, "html.parser")
    (said,) = page.select(".messagelist li")
    assert (said["role"], said.has_attr("autofocus")) == ("status", False)
    assert "Fout" not in page.title.get_text()
