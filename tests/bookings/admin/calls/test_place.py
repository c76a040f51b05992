"""The coach fills in where one call is: on its page, from the first page, and from the mail."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.calls import lifecycle
from bookings.models import Booking, CallType, Host
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.week.looking import text
from tests.bookings.people import mail

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db, pytest.mark.usefixtures("monday")]
INDEX = "/beheer/"
LINK = "https://video.voorbeeld.nl/sanne"
Kind = CallType.Location


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def path(booking: Booking, name: str = "place") -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])


@pytest.fixture
def call(book: Book, open_host: Host) -> Booking:
    return book(at(3, 10), location_kind=Kind.LINK_LATER, location="")


def send(client: Client, call: Booking, **typed: str) -> Any:
    return client.post(path(call), {"version": "0", "location_kind": "link", "link": LINK, **typed})


def test_the_first_page_names_calls_without_their_link_until_they_have_it(
    as_coach: Client, call: Booking, book: Book
) -> None:
    book(at(4, 10), email="noor@voorbeeld.nl", location_kind=Kind.LINK, join_url=LINK, location="")
    (row,) = page_of(as_coach.get(INDEX)).select("[aria-labelledby=missing-links] li")
    assert text(row) == "do 26 nov 2026, 10:00 Sanne Vermeer Vul de link in: Sanne Vermeer"
    link = row.select_one("a.btn")["href"]
    page = page_of(as_coach.get(link))
    assert "Aan Sanne Vermeer is een link beloofd, en die is er nog niet." in text(page)
    assert page.select_one("[name=location_kind][value=link]").has_attr("checked")
    response = as_coach.post(link, {"version": "0", "location_kind": "link", "link": LINK}, follow=True)
    assert response.redirect_chain[-1][0] == INDEX
    assert "Bewaard. Sanne Vermeer krijgt de nieuwe plek per mail" in text(page_of(response))
    assert page_of(response).select("[aria-labelledby=missing-links]") == []
    assert LINK in mail("place_changed").text


def test_the_page_of_the_call_leads_to_it(as_coach: Client, call: Booking) -> None:
    page = page_of(as_coach.get(path(call, "change")))
    assert [text(one) for one in page.select(f"a[href='{path(call)}']")] == [
        "Vul de link in",
        "Verander waar het is",
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"link": ""}, "Vul de link naar je online ruimte in."),
        ({"link": "http://video.voorbeeld.nl/"}, "Alleen een link die met https:// begint"),
        ({"link": "javascript:alert(1)"}, "Dat is geen link."),
        ({"link": "https://jet:geheim@video.voorbeeld.nl/"}, "Haal de naam of het wachtwoord vóór de @"),
        ({"link": f"https://video.voorbeeld.nl/{'x' * 300}"}, "300"),
        ({"location_kind": "phone_host_calls", "phone": "12"}, "We herkennen dit nummer niet."),
        ({"location_kind": "phone_host_calls"}, "Vul het nummer in dat je belt."),
        ({"location_kind": "phone_visitor_calls", "own_phone": "0900 1234"}, "nummer"),
        ({"location_kind": "address", "address": " \u202e "}, "Vul het adres in."),
        ({"location_kind": "address", "address": "x" * 201}, "Gebruik hooguit 200 tekens."),
        ({"location_kind": "address", "address": "https://evil.example/"}, "Dat is een link."),
        ({"location_kind": "maan"}, "Kies hoe je elkaar spreekt."),
        ({"location_kind": ""}, "Kies hoe je elkaar spreekt."),
    ],
)
def test_what_cannot_be_is_refused_and_stays_as_it_was_typed(
    as_coach: Client, call: Booking, typed: dict[str, str], words: str
) -> None:
    response = send(as_coach, call, **typed)
    page = page_of(response)
    assert response.status_code == 422
    assert words in text(page)
    for name, value in typed.items():
        if name != "location_kind":
            assert page.select_one(f"[name={name}]").get("value", "") == value
    call.refresh_from_db()
    assert (call.sequence, OutboundEmail.objects.count()) == (0, 0)


def test_what_was_typed_for_another_kind_plays_no_part(as_coach: Client, call: Booking) -> None:
    assert send(as_coach, call, phone="12", address="x" * 999).status_code == 302
    call.refresh_from_db()
    assert (call.join_url, call.phone, call.location) == (LINK, "", "")


def test_two_at_once_end_in_an_answer_and_nothing_typed_is_lost(as_coach: Client, call: Booking) -> None:
    lifecycle.move(call, at(3, 14), by=Booking.By.HOST)
    response = send(as_coach, call)
    page = page_of(response)
    assert response.status_code == 409
    assert "Dit gesprek is intussen veranderd" in text(page)
    assert page.select_one("[name=link]")["value"] == LINK
    assert send(as_coach, call, version=page.select_one("[name=version]")["value"]).status_code == 302
    call.refresh_from_db()
    assert call.join_url == LINK


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_no_page_of_ours_sends(as_coach: Client, call: Booking, version: str) -> None:
    assert send(as_coach, call, version=version).status_code == 422


def test_a_call_that_is_over_keeps_its_place(as_coach: Client, book: Book) -> None:
    over = book(at(-3, 10))
    for response in (as_coach.get(path(over), follow=True), as_coach.post(path(over), follow=True)):
        assert "dus de plek blijft zoals die was" in text(page_of(response))


def test_who_calls_whom_is_said_with_both_numbers(as_coach: Client, call: Booking) -> None:
    page = page_of(as_coach.get(path(call)))
    assert [text(one) for one in page.select("form fieldset label")] == [
        "Telefonisch: jij belt Sanne",
        "Telefonisch: Sanne belt jou",
        "Online, via een link van jou",
        "Online, in een eigen Jitsi-kamer",
        "Op een adres",
    ]
    send(as_coach, call, location_kind="phone_host_calls", phone="06 12345678")
    assert "Bel Sanne op +31 6 12345678" in text(page_of(as_coach.get(path(call, "change"))))
    assert "Jet belt je op +31 6 12345678" in mail("place_changed").text


def test_a_new_kind_of_call_begins_by_phone(as_superuser: Client, host: Host) -> None:
    page = page_of(as_superuser.get(reverse("admin:bookings_calltype_add")))
    assert page.select_one("[name=location_kind][checked]")["value"] == "phone_host_calls"


def test_a_kind_of_call_may_promise_a_link_for_each_call(call_type: CallType) -> None:
    CallType.objects.update(location_kind=Kind.LINK_LATER, location_nl="", location_en="")
    call_type.refresh_from_db()
    call_type.full_clean()
