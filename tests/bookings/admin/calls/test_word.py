"""The coach types a word with a booking, a move and a cancellation; what is refused stays as it was typed."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, CallType, Host, Offer
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.week.looking import text
from tests.bookings.people import mail

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db, pytest.mark.usefixtures("monday")]
WORD = "Ik ben die dag in Parijs.\nTot snel, Jet"
REFUSED = {
    "x" * 501: "Gebruik hooguit 500 tekens.",
    "Kijk op https://evil.example/": "Laat links weg",
    "www.evil.example": "Laat links weg",
    "\n".join("regel" for _number in range(11)): "Gebruik hooguit 10 regels.",
}


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def path(name: str, booking: Booking) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])


@pytest.fixture
def call(book: Book, open_host: Host) -> Booking:
    return book(at(3, 10))


# ---- cancelling ------------------------------------------------------------------------------------------
def test_what_cancelling_does_is_said_first_and_the_times_are_named(as_coach: Client, call: Booking) -> None:
    page = page_of(as_coach.get(path("cancel", call)))
    assert page.select_one("[name=offer_times]").has_attr("checked")
    assert "wo 25 nov 2026, 10:00; vr 27 nov 2026, 09:00" in text(page.select_one("#help_offer"))
    assert not Offer.objects.exists()
    sent = {"offer_times": "on", "word": WORD}
    done = page_of(as_coach.post(path("cancel", call), sent, follow=True))
    assert "kan kiezen: wo 25 nov 2026, 10:00; vr 27 nov 2026, 09:00." in text(done)
    assert "Ik ben die dag in Parijs." in mail("cancelled").text
    assert "Je persoonlijke woord, in de laatste mail" in text(done)


def test_without_the_tick_nothing_is_held(as_coach: Client, call: Booking) -> None:
    as_coach.post(path("cancel", call), {})
    call.refresh_from_db()
    assert (call.status, Offer.objects.count()) == ("cancelled", 0)


@pytest.mark.parametrize("word", REFUSED)
def test_a_word_that_cannot_go_is_refused_and_kept(as_coach: Client, call: Booking, word: str) -> None:
    response = as_coach.post(path("cancel", call), {"word": word})
    page = page_of(response)
    call.refresh_from_db()
    assert (response.status_code, call.status) == (422, "confirmed")
    assert REFUSED[word] in text(page.select_one(".errorlist"))
    assert page.select_one("[name=word]").text.strip("\n") == word
    assert not page.select_one("[name=offer_times]").has_attr("checked")


def test_signs_that_are_not_seen_are_left_out(as_coach: Client, call: Booking) -> None:
    as_coach.post(path("cancel", call), {"word": "Tot\u202e snel\x07"})
    call.refresh_from_db()
    assert (call.status, call.word) == ("cancelled", "Tot snel")


# ---- moving ----------------------------------------------------------------------------------------------
def test_a_word_goes_with_a_move_also_past_the_question(as_coach: Client, call: Booking) -> None:
    own = {"own_on": "2026-11-28", "own_time": "20:00", "word": WORD}
    asked = page_of(as_coach.post(path("move", call), own))
    form = asked.select_one("section.proposal form")
    assert form.select_one("[name=word]").text.strip("\n").splitlines() == WORD.splitlines()
    sent = {one["name"]: one.get("value", "") for one in form.select("input")} | {"word": WORD}
    as_coach.post(path("move", call), sent)
    call.refresh_from_db()
    assert (call.sequence, call.word) == (1, WORD)
    assert "Jet van Dalen schrijft:" in mail("moved").text


@pytest.mark.parametrize("word", REFUSED)
def test_a_move_with_such_a_word_is_no_move(as_coach: Client, call: Booking, word: str) -> None:
    start = page_of(as_coach.get(path("move", call))).select("[name=start]")[0]["value"]
    response = as_coach.post(path("move", call), {"start": start, "word": word})
    page = page_of(response)
    call.refresh_from_db()
    assert (response.status_code, call.sequence) == (422, 0)
    assert REFUSED[word] in text(page)
    assert page.select_one(f"[name=start][value='{start}']").has_attr("checked")


# ---- booking ---------------------------------------------------------------------------------------------
def test_a_word_goes_with_a_booking(as_coach: Client, call_type: CallType, open_host: Host) -> None:
    path = reverse("admin:bookings_booking_new")
    page = page_of(as_coach.get(path))
    sent = {
        "start": page.select("[name=start]")[0]["value"],
        "name": "Noor Aydin",
        "email": "noor@voorbeeld.nl",
        "language": "en",
        "time_zone": "Europe/Amsterdam",
        "word": "Good talking to you today.",
    }
    refused = as_coach.post(path, sent | {"word": "https://evil.example"})
    assert (refused.status_code, Booking.objects.count()) == (422, 0)
    assert page_of(refused).select_one("[name=word]").text.strip() == "https://evil.example"
    as_coach.post(path, sent)
    assert Booking.objects.get().word == "Good talking to you today."
    assert "Jet van Dalen writes:\n\nGood talking to you today." in mail("confirmation").text
