"""Guests of a call at the coach's desk: seen, invited, taken out, forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.calls import guests
from bookings.models import Booking, Guest
from portal.mail import refused
from portal.mail.models import OutboundEmail
from portal.mail.retention import delete_forgotten
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.week.looking import text
from tests.bookings.inviting import BOSS, FOURTH, HR, THIRD, invite, proven, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
COACH = Booking.By.HOST


@pytest.fixture
def call(book: Book) -> Booking:
    return book(at(3, 10), user=proven())


def path(booking: Booking, name: str = "guests", *more: str) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk, *more])


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def test_the_page_of_a_call_shows_who_joins_and_their_mails(as_coach: Client, call: Booking) -> None:
    assert "Er is niemand bij, behalve jullie tweeën." in text(page_of(as_coach.get(path(call, "change"))))
    invite(call), guests.step_out(invite(call, BOSS)), invite(call, THIRD, by=COACH)
    refused.refuse(HR, refused.Why.BOUNCE)
    said = text(page_of(as_coach.get(path(call, "change"))))
    assert f"{HR} uitgenodigd, maar dit adres krijgt geen mail van ons: vertel het zelf" in said
    assert f"{BOSS} heeft zich afgemeld op ma 23 nov 2026, 10:00" in said
    assert f"{THIRD} door jou uitgenodigd op ma 23 nov 2026, 10:00" in said
    assert f"Uitnodiging van een gast aan {THIRD}" in said
    assert f"{HR}" in text(page_of(as_coach.get(path(call, "brief"))))
    assert BOSS not in text(page_of(as_coach.get(path(call, "brief"))))


def test_a_coach_invites_a_guest_who_reads_her_name(as_coach: Client, call: Booking) -> None:
    response = as_coach.post(path(call), {"email": HR}, follow=True)
    assert f"De uitnodiging is onderweg naar {HR}." in text(page_of(response))
    (mail,) = [mail for mail in work() if mail.to_email == HR]
    assert f"{call.host.name} vraagt je om bij dit gesprek te zijn." in mail.text
    assert "sanne@voorbeeld.nl" in mail.text  # with whom: an address that was proven


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Vul het adres van je gast in."),
        ("geen adres", "Dat lijkt niet op één e-mailadres."),
        ("sanne@voorbeeld.nl", "Met dit adres is het gesprek geboekt"),
        (BOSS, "Dit adres is al uitgenodigd."),
    ],
)
def test_what_cannot_be_invited_is_a_sentence(
    as_coach: Client, call: Booking, typed: str, words: str
) -> None:
    invite(call, BOSS)
    response = as_coach.post(path(call), {"email": typed})
    assert response.status_code in {409, 422}
    page = page_of(response)
    assert words in text(page)
    assert page.select_one("input[name=email]").get("value", "") == typed
    assert page.title.get_text().split()[0] == "Fout:"
    assert Guest.objects.count() == 1


def test_the_coach_is_no_guest_and_a_fourth_finds_no_seat(as_coach: Client, call: Booking) -> None:
    response = as_coach.post(path(call), {"email": call.host.email.upper()})
    assert "Dat is je eigen adres: jij bent er al bij." in text(page_of(response))
    for email in (HR, BOSS, THIRD):
        invite(call, email)
    assert page_of(as_coach.get(path(call))).select_one("input[name=email]") is None
    response = as_coach.post(path(call), {"email": FOURTH})
    assert (response.status_code, FOURTH in response.content.decode()) == (409, True)


def test_taking_out_says_first_what_it_does(as_coach: Client, call: Booking) -> None:
    guest = invite(call)
    work()
    page = as_coach.get(path(call, "guest_out", guest.public_id))
    assert f"{HR} krijgt een mail die het gesprek uit de agenda haalt." in text(page_of(page))
    assert Guest.objects.count() == 1
    for _press in range(2):
        assert as_coach.post(path(call, "guest_out", guest.public_id)).status_code == 302
    assert not Guest.objects.exists()
    assert [mail.calendar_method for mail in work()] == ["CANCEL"]
    assert as_coach.get(path(call, "guest_out", guest.public_id)).status_code == 404


def test_who_stepped_out_can_be_let_go_by_the_coach(as_coach: Client, call: Booking) -> None:
    guest = invite(call)
    guests.step_out(guest)
    page = page_of(as_coach.get(path(call, "guest_out", guest.public_id)))
    assert "Laat je dat los, dan kan dit adres opnieuw worden uitgenodigd." in text(page)
    as_coach.post(path(call, "guest_out", guest.public_id))
    invite(call)


def test_an_address_is_forgotten_on_request_from_every_call(
    as_coach: Client, call: Booking, book: Book
) -> None:
    past = book(at(-3, 10), email="noor@voorbeeld.nl", status="completed")
    Guest.objects.create(booking=past, email=HR, seat=1, by=COACH)
    guest = invite(call)
    work()
    as_coach.post(path(call, "guest_out", guest.public_id), {"forget": "yes"})
    work()
    delete_forgotten()
    assert not Guest.objects.filter(email=HR).exists()
    assert not OutboundEmail.objects.filter(to_email=HR).exists()


def test_a_call_that_is_over_invites_nobody(as_coach: Client, book: Book) -> None:
    past = book(at(-3, 10), user=proven())
    response = as_coach.post(path(past), {"email": HR}, follow=True)
    assert "dus je kunt er niemand voor uitnodigen" in text(page_of(response))
    assert not Guest.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_a_call_asks_as_often_for_one_guest_as_for_three(
    as_coach: Client, call: Booking, number: int, django_assert_num_queries: Any
) -> None:
    for email in (HR, BOSS, THIRD)[:number]:
        invite(call, email)
    as_coach.get(path(call, "change"))
    with django_assert_num_queries(11):
        as_coach.get(path(call, "change"))
