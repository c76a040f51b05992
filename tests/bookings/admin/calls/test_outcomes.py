"""After the call one click: from the first page, list, week and mails. Opening a page changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.calls import lifecycle
from bookings.models import Booking, CallType, Host
from portal.accounts.models import User
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.looking import WEEK, facts, soup, text
from tests.bookings.people import details, mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
INDEX, LIST = "/beheer/", "/beheer/bookings/booking/"


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def close_path(booking: Booking) -> str:
    return reverse("admin:bookings_booking_close", args=[booking.pk])


def status_of(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.status


# ---- the first page -----------------------------------------------------------------------------------
def test_the_first_page_asks_about_calls_that_are_over_and_takes_the_answer(
    as_coach: Client, book: Book
) -> None:
    call = book(at(-3, 10))
    book(at(-4, 10), name="Noor Aydin", email="noor@voorbeeld.nl", status="completed")
    book(at(3, 10), name="Ilse Kramer", email="ilse@voorbeeld.nl")
    panel = page_of(as_coach.get(INDEX)).select_one(".awaiting")
    assert text(panel.h2) == "Aandacht nodig"
    (row,) = panel.select("li")
    assert text(row) == ("vr 20 nov 2026, 10:00 Sanne Vermeer Gesproken Niet gekomen Verplaatst")
    button = row.select_one("button")
    response = as_coach.post(row.form["action"], {button["name"]: button["value"]}, follow=True)
    assert "Genoteerd bij Sanne Vermeer: gesproken." in text(page_of(response))
    assert status_of(call) == "completed"
    response = as_coach.get(INDEX)
    assert page_of(response).select(".awaiting") == []


def test_whoever_may_only_look_is_asked_nothing(book: Book) -> None:
    book(at(-3, 10))
    user = User.objects.create_user("kijk@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_booking", "see_practice"]))
    assert page_of(browser_of(user).get(INDEX)).select(".awaiting") == []
    assert page_of(browser_of(user).get(LIST, {"when": "past"})).select("[formaction]") == []


def test_many_open_ends_are_a_link_away(as_coach: Client, book: Book) -> None:
    for day in range(11):
        book(at(-3 - day, 10), email=f"p{day}@voorbeeld.nl")
    panel = page_of(as_coach.get(INDEX)).select_one(".awaiting")
    assert len(panel.select("li")) == 10
    assert panel.select("a")[-1]["href"] == f"{LIST}?when=open"
    assert len(page_of(as_coach.get(f"{LIST}?when=open")).select("#result_list tbody tr")) == 11


def test_the_first_page_asks_as_often_about_one_call_as_about_three(
    as_coach: Client, book: Book, django_assert_num_queries: Any
) -> None:
    book(at(-3, 10))
    as_coach.get(INDEX)
    for more in ([], [1, 2]):
        for number in more:
            book(at(-3 - number, 10), email=f"p{number}@voorbeeld.nl")
        with django_assert_num_queries(INDEX_QUERIES):
            as_coach.get(INDEX)


INDEX_QUERIES = 20


# ---- the list -------------------------------------------------------------------------------------------
def test_the_list_has_the_buttons_in_the_row(as_coach: Client, book: Book) -> None:
    call = book(at(-3, 10))
    done = book(at(-4, 10), email="noor@voorbeeld.nl", status="completed")
    page = page_of(as_coach.get(LIST, {"when": "past"}))
    buttons = page.select("#changelist-form [formaction]")
    assert [text(one) for one in buttons] == ["Gesproken: Sanne Vermeer"]
    missed = page.select_one("#changelist-form a.btn")
    assert text(missed) == "Niet gekomen: Sanne Vermeer"
    assert missed["href"] == f"{close_path(call)}?status=no_show&back={LIST}%3Fwhen=open"
    token = page.select_one("#changelist-form [name=csrfmiddlewaretoken]")["value"]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = as_coach.cookies
    sent = {"csrfmiddlewaretoken": token, buttons[0]["name"]: buttons[0]["value"]}
    response = strict.post(buttons[0]["formaction"], sent)
    assert response.headers["Location"] == f"{LIST}?when=open"
    assert (status_of(call), status_of(done)) == ("completed", "completed")
    assert "formaction" not in as_coach.get(LIST).content.decode()


# ---- the week ---------------------------------------------------------------------------------------------
def test_in_the_week_a_call_that_is_over_leads_to_how_it_went(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    call = book(at(-3, 10))
    week = soup(as_coach, day="2026-11-20")
    link = facts(week, week.select_one(".week button.week-event.is-call")).select_one("a.btn")["href"]
    assert link.startswith(close_path(call))
    listed = week.select_one(".week-days form")
    assert [text(one) for one in listed.select(".btn")] == [
        "Gesproken",
        "Niet gekomen",
        "Verplaatst",
    ]
    day = soup(as_coach, day="2026-11-20", view="day").select_one(".week .week-event form")
    response = as_coach.post(day["action"], {"status": "completed"})
    assert response.headers["Location"] == f"{WEEK}?day=2026-11-20&view=day"
    assert status_of(call) == "completed"


def test_moved_leads_to_a_new_time_for_a_call_that_is_over(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    call = book(at(-3, 10))
    page = page_of(as_coach.get(close_path(call)))
    move = page.select_one("form a[href*=move]")["href"]
    start = page_of(as_coach.get(move)).select("[name=start]")[0]["value"]
    as_coach.post(move, {"start": start})
    call.refresh_from_db()
    assert (call.start_at.isoformat(), call.status, call.sequence) == (start, "confirmed", 1)
    assert OutboundEmail.objects.filter(message="bookings/moved").get().to_email == "sanne@voorbeeld.nl"


def test_a_call_that_is_over_is_not_moved_beside_a_newer_one(as_coach: Client, book: Book) -> None:
    call = book(at(-3, 10))
    book(at(3, 10))
    move = reverse("admin:bookings_booking_move", args=[call.pk])
    start = page_of(as_coach.get(move)).select("[name=start]")[0]["value"]
    response = as_coach.post(move, {"start": start})
    assert "Sanne Vermeer heeft al een gesprek staan, op do 26 nov 2026, 10:00." in text(page_of(response))


# ---- the mails --------------------------------------------------------------------------------------------
def test_the_coach_s_mails_lead_to_how_it_went(call_type: CallType, open_host: Host) -> None:
    booking = lifecycle.book_for(call_type, at(3, 10), details=details(), key="k" * 20)
    booked = mail("coach_booked")
    assert close_path(booking) in booked.text
    assert close_path(booking) in booked.html
    lifecycle.cancel(booking, by=Booking.By.HOST)
    assert close_path(booking) not in mail("coach_cancelled").text


def test_the_link_works_before_the_end_too_and_changes_nothing(as_coach: Client, book: Book) -> None:
    ahead, running, over = (
        book(at(3, 10)),
        book(at(0, 9, 45), email="noor@voorbeeld.nl"),
        book(at(-3, 10), email="bas@voorbeeld.nl"),
    )
    assert "Hoe het ging kun je zeggen vanaf do 26 nov 2026, 10:30." in text(
        page_of(as_coach.get(close_path(ahead)))
    )
    assert "vanaf ma 23 nov 2026, 10:15" in text(page_of(as_coach.get(close_path(running))))
    assert page_of(as_coach.get(close_path(over))).select("[name=status]")
    assert {status_of(one) for one in (ahead, running, over)} == {"confirmed"}
    assert OutboundEmail.objects.count() == 0


def test_a_stranger_comes_back_to_it_after_signing_in(visitor: Client, book: Book) -> None:
    response = visitor.get(close_path(book(at(-3, 10))), follow=True)
    assert response.redirect_chain[-1][0].startswith("/inloggen/")
    assert "close" in response.redirect_chain[-1][0]


def test_an_outcome_can_still_be_put_right(as_coach: Client, book: Book) -> None:
    call = book(at(-3, 10), status="no_show")
    page = page_of(as_coach.get(close_path(call)))
    assert "Genoteerd: niet gekomen. Je kunt dat nog veranderen." in text(page)
    assert [text(one) for one in page.select("#content form .btn")] == ["Terugnemen", "Gesproken"]
    as_coach.post(close_path(call), {"status": "completed"})
    assert status_of(call) == "completed"
