"""The pages with guests: of who booked, and behind the link of the guest's own mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.calls import guests, lifecycle
from bookings.models import Booking, CallType, Guest
from portal.mail.models import OutboundEmail
from portal.mail.retention import delete_forgotten
from tests.bookings.browsing import page_of, words_of
from tests.bookings.inviting import BOSS, FOURTH, HR, THIRD, call_of, invite, link_of, work
from tests.bookings.people import confirm as confirmed
from tests.bookings.visitor.journeys import linked
from tests.browsers import as_member
from tests.factories.assessments import UserFactory

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]


@pytest.fixture
def booking(call_type: CallType) -> Booking:
    return call_of(call_type)


@pytest.fixture
def sanne(booking: Booking) -> Client:
    assert booking.user is not None
    return as_member(booking.user)


def path(booking: Booking, name: str = "guests") -> str:
    return reverse(f"bookings:{name}", args=[booking.public_id])


# ---- who booked -------------------------------------------------------------------------------------
def test_guests_are_invited_on_the_page_of_the_call_and_right_after_booking(
    sanne: Client, booking: Booking
) -> None:
    for name in ("manage", "done"):
        page = page_of(sanne.get(path(booking, name)))
        form = page.select_one(f"form[action='{path(booking)}']")
        assert form.select_one("input[type=email]")["autocomplete"] == "off"
    response = sanne.post(path(booking), {"email": " HR@Bedrijf.example "}, follow=True)
    assert "De uitnodiging is onderweg naar hr@bedrijf.example." in words_of(response)
    assert Guest.objects.get().email == HR
    assert "hr@bedrijf.example Uitgenodigd" in words_of(sanne.get(path(booking, "manage")))


def test_a_guest_is_taken_out_by_who_booked(sanne: Client, booking: Booking) -> None:
    guest = invite(booking)
    button = page_of(sanne.get(path(booking, "manage"))).select_one("button[name=guest]")
    assert button.get_text(" ", strip=True) == f"Trek in {HR}"
    for _press in range(2):
        response = sanne.post(path(booking, "guest_remove"), {"guest": guest.public_id}, follow=True)
        assert response.status_code == 200
    assert not Guest.objects.exists()


@pytest.mark.parametrize("chosen", ["", "\0", "x" * 1000, "\u202e"])
def test_a_guest_who_is_none_takes_nobody_out(sanne: Client, booking: Booking, chosen: str) -> None:
    invite(booking)
    assert sanne.post(path(booking, "guest_remove"), {"guest": chosen}, follow=True).status_code == 200
    assert Guest.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Vul het adres van je gast in."),
        ("baas", "Dat lijkt niet op één e-mailadres."),
        (f"{BOSS}, {THIRD}", "Dat lijkt niet op één e-mailadres."),
        (f"{BOSS}\r\nBcc: {THIRD}", "Dat lijkt niet op één e-mailadres."),
        ("a" * 300 + "@bedrijf.example", "Dat e-mailadres is te lang."),
        ("SANNE@voorbeeld.nl", "Dat is je eigen adres: jij bent er al bij."),
        ("jet@voorbeeld.nl", "Dat is de coach, en die is er al bij."),
        (HR, "Dit adres is al uitgenodigd."),
        ("<script>alert(1)</script>@x.nl", "Dat lijkt niet op één e-mailadres."),
    ],
)
def test_what_cannot_be_invited_is_a_sentence_and_what_was_typed_stays(
    sanne: Client, booking: Booking, typed: str, words: str
) -> None:
    invite(booking)
    response = sanne.post(path(booking), {"email": typed})
    assert response.status_code in {409, 422}
    page = page_of(response)
    assert words in words_of(response)
    assert page.title.get_text().split()[0] == "Fout:"
    assert page.select_one("input[name=email]").get("value", "") == typed
    assert b"<script>alert" not in response.content
    assert Guest.objects.count() == 1


def test_a_fourth_guest_is_a_sentence(sanne: Client, booking: Booking) -> None:
    for email in (HR, BOSS, THIRD):
        invite(booking, email)
    page = sanne.get(path(booking, "manage"))
    assert page_of(page).select_one("#guest_email") is None
    assert "Er zijn drie gasten uitgenodigd" in words_of(page)
    response = sanne.post(path(booking), {"email": FOURTH})
    assert response.status_code == 409
    assert "Trek eerst een uitnodiging in." in words_of(response)
    assert page_of(response).select_one("input[name=email]")["value"] == FOURTH


def test_who_did_not_prove_the_mailbox_signs_in_first(browser: Client, call_type: CallType) -> None:
    booking = confirmed(call_type)
    browser.get(linked(booking))
    page = page_of(browser.get(path(booking, "manage")))
    assert page.select_one("#guest_email") is None
    assert page.select_one("#gasten a.btn")["href"].endswith(f"?next={path(booking)}")
    assert browser.post(path(booking), {"email": HR}).status_code == 302
    assert not Guest.objects.exists()


def test_guests_of_somebody_else_are_not_there(member: Client, call_type: CallType) -> None:
    booking = call_of(call_type, email="noor@voorbeeld.nl")
    guest = invite(booking)
    assert member.get(path(booking)).status_code == 404
    assert member.post(path(booking), {"email": BOSS}).status_code == 404
    assert member.post(path(booking, "guest_remove"), {"guest": guest.public_id}).status_code == 404
    assert Guest.objects.count() == 1


def test_a_call_that_is_off_or_began_has_no_guests_to_show(
    sanne: Client, booking: Booking, clock: Any
) -> None:
    invite(booking)
    lifecycle.cancel(booking, by=Booking.By.HOST)
    assert HR not in words_of(sanne.get(path(booking, "manage")))
    assert "Je kunt niemand meer uitnodigen." in words_of(sanne.get(path(booking)))
    assert sanne.post(path(booking), {"email": BOSS}).status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_with_guests_asks_as_often_for_one_as_for_three(
    sanne: Client, booking: Booking, number: int, django_assert_num_queries: Any
) -> None:
    for email in (HR, BOSS, THIRD)[:number]:
        invite(booking, email)
    with django_assert_num_queries(3):
        sanne.get(path(booking))


# ---- the guest --------------------------------------------------------------------------------------
def guest_path(guest: Guest, name: str = "guest_link") -> str:
    return reverse(f"bookings:{name}", args=link_of(guest))


def test_the_link_of_the_mail_shows_the_facts_and_does_nothing(browser: Client, booking: Booking) -> None:
    guest = invite(booking)
    (mail,) = [mail for mail in work() if mail.to_email == HR]
    assert "~~token" in mail.text  # the row holds no usable link
    response = browser.get(guest_path(guest))
    said = words_of(response)
    assert "Je bent te gast bij een impactcall met Jet van Dalen." in said
    assert "donderdag 26 november 2026, 09:00 tot 09:30" in said
    assert "Jet van Dalen en sanne@voorbeeld.nl" in said
    assert "Sanne Vermeer" not in said
    assert response.headers["Cache-Control"] == "no-store"
    guest.refresh_from_db()
    assert guest.is_invited


def test_a_guest_steps_out_and_comes_back(browser: Client, booking: Booking) -> None:
    guest = invite(booking)
    page = browser.post(guest_path(guest, "guest_out"), follow=True)
    assert "Je doet niet mee aan deze impactcall." in words_of(page)
    guest.refresh_from_db()
    assert not guest.is_invited
    page = browser.post(guest_path(guest, "guest_back"), follow=True)
    assert "Je bent te gast bij" in words_of(page)


def test_who_booked_sees_that_a_guest_does_not_join_and_cannot_insist(
    sanne: Client, booking: Booking
) -> None:
    guests.step_out(invite(booking))
    page = sanne.get(path(booking, "manage"))
    assert f"{HR} Doet niet mee" in words_of(page)
    assert page_of(page).select_one("button[name=guest]") is None
    response = sanne.post(path(booking), {"email": HR})
    assert (response.status_code, "Deze gast heeft zich afgemeld." in words_of(response)) == (409, True)


def test_a_guest_erases_the_address_from_every_call(
    browser: Client, booking: Booking, call_type: CallType
) -> None:
    other = call_of(call_type, booking.start_at + timedelta(days=1), email="noor@voorbeeld.nl")
    guest = invite(booking)
    invite(other)
    work()
    page = browser.post(guest_path(guest, "guest_forget"), follow=True)
    assert page.status_code == 410
    assert "Je bent geen gast meer bij dit gesprek." in words_of(page)
    assert not Guest.objects.exists()
    assert [mail.calendar_method for mail in work()] == ["CANCEL", "CANCEL"]
    delete_forgotten()
    assert not OutboundEmail.objects.filter(to_email=HR).exists()


def test_a_link_with_any_other_sign_is_one_friendly_page(browser: Client, booking: Booking) -> None:
    guest, other = invite(booking), invite(booking, BOSS)
    public_id, token = link_of(guest)
    for one, two in ((public_id, token[:-1]), (other.public_id, token), ("x", token), (public_id, "é")):
        address = reverse("bookings:guest_link", args=[one, two])
        response = browser.get(address)
        assert (response.status_code, "Deze link werkt niet." in words_of(response)) == (404, True)
        for deed in ("guest_out", "guest_back", "guest_forget"):
            assert browser.post(reverse(f"bookings:{deed}", args=[one, two])).status_code == 404
    assert Guest.objects.filter(left_at=None).count() == 2


def test_a_link_ends_a_week_after_the_call_and_shows_a_cancelled_one(
    browser: Client, booking: Booking, call_type: CallType, clock: Any
) -> None:
    guest = invite(booking)
    lifecycle.cancel(booking, by=Booking.By.HOST)
    page = browser.get(guest_path(guest))
    assert "Deze impactcall is geannuleerd." in words_of(page)
    assert browser.post(guest_path(guest, "guest_back"), follow=True).status_code == 200
    clock.move_to(booking.end_at + timedelta(days=7, seconds=1))
    assert browser.get(guest_path(guest)).status_code == 410


def test_the_link_of_a_guest_opens_nothing_of_who_booked(browser: Client, booking: Booking) -> None:
    guest = invite(booking)
    browser.get(guest_path(guest))
    browser.post(guest_path(guest, "guest_out"))
    for name in ("manage", "guests", "invite"):
        assert browser.get(path(booking, name)).status_code == 302  # to the door
    as_guest = as_member(UserFactory(email=HR))
    assert as_guest.get(path(booking, "manage")).status_code == 404
