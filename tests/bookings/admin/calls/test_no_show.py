"""Before a no-show is noted the page says what it does; and it can be taken back, from wherever it is shown."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking, CallType, Host, Offer
from bookings.waitlist.instead import UNDO
from portal.common import times
from portal.leads.models import Lead
from portal.mail import refused
from portal.mail.models import OutboundEmail, RefusedAddress
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.week.looking import soup, text
from tests.bookings.people import no_show, told_of_missed

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db, pytest.mark.usefixtures("monday")]
INDEX, LIST = "/beheer/", "/beheer/bookings/booking/"
MISSED = "bookings/offer_no_show"


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def path(name: str, booking: Booking) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])


def status_of(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.status


@pytest.fixture
def call(book: Book, open_host: Host) -> Booking:
    return book(at(-1, 10))


# ---- asked first -----------------------------------------------------------------------------------------
def test_the_click_asks_and_changes_nothing(as_coach: Client, call: Booking) -> None:
    for response in (
        as_coach.get(path("close", call), {"status": "no_show"}),
        as_coach.post(path("close", call), {"status": "no_show"}),
        as_coach.post(path("close", call), {"status": "no_show", "mail": "misschien"}),
    ):
        page = page_of(response)
        assert text(page.select_one("#ask")) == "Mail met twee tijden sturen?"
        assert [text(one) for one in page.select("#content form .btn")] == [
            "Ja, mail twee tijden",
            "Nee, noteer het alleen",
            "Laat het zo",
        ]
        assert "om 10:10" in text(page)
        assert "We hebben je gemist" in text(page.select_one(".mail-ahead"))
    assert (status_of(call), OutboundEmail.objects.count(), Offer.objects.count()) == ("confirmed", 0, 0)


def test_yes_says_when_the_mail_leaves_and_the_first_page_lets_it_be_taken_back(
    as_coach: Client, call: Booking
) -> None:
    sent = {"status": "no_show", "mail": "yes"}
    response = as_coach.post(f"{path('close', call)}?back={INDEX}", sent, follow=True)
    page = page_of(response)
    assert response.redirect_chain[-1][0] == INDEX
    assert "niet gekomen. De mail met twee tijden gaat om 10:10 weg" in text(page)
    (row,) = page.select(".leaving li")
    assert text(row).startswith("10:10 Sanne Vermeer")
    back = page_of(as_coach.post(row.form["action"], follow=True))
    assert "Teruggenomen. Er gaat geen mail naar Sanne Vermeer." in text(back)
    assert (status_of(call), OutboundEmail.objects.get(message=MISSED).status) == ("confirmed", "cancelled")
    assert len(back.select(".awaiting .outcomes")) == 1


def test_no_only_notes_it(as_coach: Client, call: Booking) -> None:
    as_coach.post(path("close", call), {"status": "no_show", "mail": "no"})
    assert (status_of(call), OutboundEmail.objects.count()) == ("no_show", 0)
    page = page_of(as_coach.get(path("change", call)))
    assert "Er ging geen mail, en er staat niets vast." in text(page)
    link = page.select_one("a[href*='status=no_show']")
    assert text(link) == "Mail toch twee tijden"
    as_coach.post(link["href"], {"status": "no_show", "mail": "yes"})
    assert OutboundEmail.objects.get(message=MISSED).status == "queued"


@pytest.mark.parametrize("why", ["long ago", "another call", "told", "refused", "erased"])
def test_where_no_mail_can_go_the_page_says_why(
    as_coach: Client, call: Booking, book: Book, clock: Any, why: str
) -> None:
    if why == "long ago":
        call = book(at(-9, 10), email="bas@voorbeeld.nl", name="Bas")
    elif why == "another call":
        book(at(3, 10))
    elif why == "told":
        told_of_missed(call, clock)
    elif why == "refused":
        refused.refuse(call.email, RefusedAddress.Why.HAND)
    else:
        Booking.objects.filter(pk=call.pk).update(name="", email="")
    page = page_of(as_coach.get(path("close", call), {"status": "no_show"}))
    words = {
        "long ago": "langer dan een week geleden",
        "another call": "heeft al een ander gesprek staan",
        "told": "kreeg de mail met twee tijden",
        "refused": "dit adres krijgt er geen",
        "erased": "heeft alles gewist",
    }
    assert words[why] in text(page)
    assert [text(one) for one in page.select("#content form button")] == ["Noteer: niet gekomen"]


def test_before_its_end_there_is_nothing_to_say(as_coach: Client, book: Book) -> None:
    ahead = book(at(3, 10))
    for send in (as_coach.get, as_coach.post):
        response = send(path("close", ahead), {"status": "no_show", "mail": "yes"}, follow=True)
        assert "kun je pas" in text(page_of(response)).lower()
    assert status_of(ahead) == "confirmed"


# ---- taken back ------------------------------------------------------------------------------------------
def test_after_the_mail_went_it_is_taken_back_as_well(as_coach: Client, call: Booking, clock: Any) -> None:
    told_of_missed(call, clock)
    OutboundEmail.objects.filter(message=MISSED).update(status="sent", sent_at=times.now())
    page = page_of(as_coach.get(path("change", call)))
    assert text(page.select_one("#offered")) == "Vast voor Sanne Vermeer"
    response = as_coach.post(page.select_one("form[action*=take-back]")["action"], follow=True)
    assert "De mail was al weg; de tijden zijn weer vrij" in text(page_of(response))
    assert Offer.objects.get().status == "withdrawn"
    lead = Lead.objects.get()
    assert lead.stage == "planned"
    timeline = text(page_of(as_coach.get(reverse("admin:leads_lead_change", args=[lead.pk]))))
    assert "Je nam terug dat het gesprek van" in timeline


def test_get_takes_nothing_back(as_coach: Client, call: Booking) -> None:
    no_show(call)
    assert as_coach.get(path("take_back", call)).headers["Location"] == path("change", call)
    assert status_of(call) == "no_show"


def test_a_call_that_was_no_no_show_is_not_taken_back(as_coach: Client, book: Book) -> None:
    done = book(at(-1, 10), status="completed")
    response = as_coach.post(path("take_back", done), follow=True)
    assert "is intussen veranderd" in text(page_of(response))
    assert status_of(done) == "completed"


def test_two_coaches_at_once_take_it_back_once(as_coach: Client, call: Booking) -> None:
    no_show(call)
    for _again in range(2):
        assert as_coach.post(path("take_back", call)).status_code == 302
    assert Lead.objects.get().events.filter(kind="call.no_show_undone").count() == 1


# ---- the held times carry a name -----------------------------------------------------------------------------
def test_held_times_carry_the_name_on_week_list_and_page(as_coach: Client, call: Booking, clock: Any) -> None:
    told_of_missed(call, clock)
    start = Offer.objects.get().starts[0]
    held = Booking.objects.filter(status="held").earliest("period")
    day = times.local(start, "Europe/Amsterdam").date().isoformat()
    assert "Sanne Vermeer vast tot di 10:10" in text(soup(as_coach, day=day).select_one(".week .is-held"))
    assert "Vast voor Sanne Vermeer" in text(page_of(as_coach.get(LIST)).select_one("#result_list"))
    assert "Vast voor Sanne Vermeer" in text(page_of(as_coach.get(path("change", held))).h1)


def test_a_visitors_own_hold_has_no_name(as_coach: Client, call_type: CallType, book: Book) -> None:
    held = book(at(3, 10), status="held", name="", email="", confirmed_at=None, expires_at=times.now() + UNDO)
    assert text(page_of(as_coach.get(path("change", held))).h1) == "Vastgehouden"


def test_the_week_and_the_list_ask_as_often_about_one_held_time_as_about_three(
    as_coach: Client, open_host: Host, book: Book, clock: Any
) -> None:
    """More offers, more names; no more queries."""
    counts = []
    for number in range(3):
        told_of_missed(book(at(-1, 9 + number), email=f"p{number}@voorbeeld.nl", name=f"P{number}"), clock)
        if number in (0, 2):
            day = times.local(Offer.objects.latest("pk").starts[0], "Europe/Amsterdam").date().isoformat()
            with CaptureQueriesContext(connection) as week:
                soup(as_coach, day=day)
            with CaptureQueriesContext(connection) as listed:
                as_coach.get(LIST)
            counts.append((len(week), len(listed)))
    assert counts[0] == counts[1]
