"""A call booked on somebody's behalf: filled in from the week, conflicts said first, nothing typed lost."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.availability import outside
from bookings.models import BlockedTime, Booking, CallType, Host
from portal.accounts.models import User
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.looking import WEEK, text
from tests.factories.bookings import CallTypeFactory, HostFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
NEW = "/beheer/bookings/booking/new/"


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def filled_in(page: BeautifulSoup, **changes: Any) -> dict[str, Any]:
    """The form as the page gave it, with what is checked and chosen, and a person."""
    form = page.select_one("form.new-call")
    fields: dict[str, Any] = {
        field["name"]: field.get("value", "")
        for field in form.select("input[name], textarea[name]")
        if field.get("type") not in ("radio", "checkbox") or field.has_attr("checked")
    }
    for chosen in form.select("select[name]"):
        option = chosen.select_one("[selected]") or chosen.select_one("option")
        fields[chosen["name"]] = option["value"]
    return fields | {"name": "Sanne Vermeer", "email": "Sanne@Voorbeeld.nl"} | changes


def test_from_the_week_to_a_booked_call_in_two_presses(as_coach: Client, open_host: Host) -> None:
    path = f"{NEW}?on=2026-11-26&at=09:30&back={WEEK}%3Fday=2026-11-26"
    page = page_of(as_coach.get(path))
    assert page.select_one("[name=start][checked]")["value"] == at(3, 9, 30).isoformat()
    assert page.select(".obstacles") == []
    response = as_coach.post(path, filled_in(page, remark="Belde vanochtend.", topics=["advance"]))
    assert response.headers["Location"] == f"{WEEK}?day=2026-11-26"
    booking = Booking.objects.get()
    assert (booking.name, booking.email, booking.start_at) == (
        "Sanne Vermeer",
        "sanne@voorbeeld.nl",
        at(3, 9, 30),
    )
    assert (booking.language, booking.time_zone, booking.topics) == ("nl", "Europe/Amsterdam", ["advance"])
    assert OutboundEmail.objects.filter(message="bookings/confirmation").get().to_email == booking.email


def test_a_free_start_from_the_list_needs_no_question(as_coach: Client, open_host: Host) -> None:
    page = page_of(as_coach.get(NEW))
    start = page.select("[name=start]")[3]["value"]
    as_coach.post(NEW, filled_in(page, start=start, language="en", time_zone="America/New_York"))
    booking = Booking.objects.get()
    assert (booking.start_at.isoformat(), booking.language, booking.time_zone) == (
        start,
        "en",
        "America/New_York",
    )


def test_what_is_in_the_way_is_said_before_anything_is_saved(as_coach: Client, open_host: Host) -> None:
    BlockedTime.objects.create(host=open_host, period=(at(5, 19), at(5, 21)), reason="concert")
    typed = filled_in(page_of(as_coach.get(NEW)), own_on="2026-11-28", own_time="20:15")
    asked = page_of(as_coach.post(NEW, typed))
    assert Booking.objects.count() == 0
    words = [text(one) for one in asked.select(".obstacles li")]
    assert words == [
        "Let op: Met de buffers erbij raakt het aan ‘concert’, za 28 nov 2026, 19:00 tot 21:00.",
        "Let op: Het ligt buiten de werktijd van Jet van Dalen.",
    ]
    again = filled_in(asked)
    assert (again["name"], again["own_on"], again["start"]) == (
        "Sanne Vermeer",
        "",
        at(5, 20, 15).isoformat(),
    )
    as_coach.post(NEW, again)
    assert Booking.objects.get().start_at == at(5, 20, 15)
    assert outside.calls_outside(times.now()) == []  # the coach chose it, so nobody asks about it


def test_a_call_in_the_way_cannot_be_pressed_through(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(3, 14), name="Noor Aydin", email="noor@voorbeeld.nl")
    page = page_of(as_coach.get(NEW, {"on": "2026-11-26", "at": "14:15"}))
    assert "Dat botst met het gesprek met Noor Aydin" in text(page.select_one(".obstacles .is-hard"))
    assert page.select("[name=start][checked]") == []
    wanted = at(3, 14, 15).isoformat()
    response = as_coach.post(NEW, filled_in(page, start=wanted, asked=wanted))
    assert response.status_code == 409
    assert "Dat botst met het gesprek met Noor Aydin" in text(page_of(response).select_one(".errorlist"))
    assert Booking.objects.count() == 1


def test_a_time_a_visitor_holds_is_explained(as_coach: Client, open_host: Host, book: Book) -> None:
    page = page_of(as_coach.get(NEW, {"on": "2026-11-26", "at": "14:00"}))
    book(at(3, 14), status="held", expires_at=at(0, 10, 8), confirmed_at=None, name="", email="")
    response = as_coach.post(NEW, filled_in(page))
    assert "Een bezoeker houdt do 26 nov 2026, 14:00 vast tot 10:08." in text(page_of(response))
    assert filled_in(page_of(response))["name"] == "Sanne Vermeer"
    assert Booking.objects.get().status == "held"


def test_who_has_a_call_already_is_offered_to_move_it_there(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    existing = book(at(4, 10))
    response = as_coach.post(NEW, filled_in(page_of(as_coach.get(f"{NEW}?on=2026-11-26&at=09:30"))))
    page = page_of(response)
    assert "Sanne Vermeer heeft al een gesprek" in text(page.select_one(".proposal h2"))
    black = [text(one) for one in page.select("#content .btn:not(.outlined)")]
    assert black == ["Verplaats het bestaande gesprek"]
    link = page.select_one(".proposal a.btn")["href"]
    assert link == (reverse("admin:bookings_booking_move", args=[existing.pk]) + "?on=2026-11-26&at=09%3A30")
    assert "09:30 tot 10:00" in text(page_of(as_coach.get(link)).select_one(".proposal"))
    assert Booking.objects.count() == 1


def test_the_same_form_twice_is_one_call(as_coach: Client, open_host: Host) -> None:
    data = filled_in(page_of(as_coach.get(f"{NEW}?on=2026-11-26&at=09:30")))
    assert [as_coach.post(NEW, data).status_code for _ in range(2)] == [302, 302]
    assert Booking.objects.count() == 1
    other = as_coach.post(NEW, data | {"email": "noor@voorbeeld.nl"})
    assert "Dit formulier is al gebruikt" in text(page_of(other))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Vul de naam van de bezoeker in."),
        ({"email": "sanne"}, "e-mailadres"),
        ({"language": "fr"}, "Selecteer een geldige keuze"),
        ({"time_zone": "Europe/Atlantis"}, "Selecteer een geldige keuze"),
        ({"topics": ["onzin"]}, "Selecteer een geldige keuze"),
        ({"start": "", "asked": ""}, "Kies een van de tijden, of vul zelf een tijd in."),
        ({"start": "", "own_on": "2026-11-26"}, "Vul de datum en de tijd allebei in."),
        ({"start": "", "own_on": "2027-03-28", "own_time": "02:30"}, "slaat de klok 02:30 over"),
        ({"start": "", "own_on": "2026-11-20", "own_time": "10:00"}, "Dat moment is voorbij."),
        ({"remark": "x" * 1001}, "Gebruik hoogstens 1000 tekens"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_nothing_typed_is_lost(
    as_coach: Client, open_host: Host, changes: dict[str, Any], sentence: str
) -> None:
    data = filled_in(page_of(as_coach.get(f"{NEW}?on=2026-11-26&at=09:30")), remark="Belde vanochtend.")
    response = as_coach.post(NEW, data | changes)
    page = page_of(response)
    assert response.status_code in (409, 422)
    assert sentence in text(page)
    assert changes.get("remark", "Belde vanochtend.") in page.select_one("[name=remark]").text
    assert Booking.objects.count() == 0


def test_another_kind_or_coach_shows_its_own_times_and_keeps_what_was_typed(
    as_coach: Client, open_host: Host
) -> None:
    mila = HostFactory(name="Mila de Coach", slug="mila")
    long = CallTypeFactory(host=mila, slug="lang", name_nl="Lang gesprek", duration_minutes=90)
    page = page_of(as_coach.get(NEW))
    assert [text(one) for one in page.select("#id_call_type option")] == [
        "Jet van Dalen, Impactcall",
        "Mila de Coach, Lang gesprek",
    ]
    shown = page_of(as_coach.post(NEW, filled_in(page, call_type=long.pk, show="1", topics=["advance"])))
    assert shown.select_one("#id_call_type [selected]")["value"] == str(long.pk)
    assert shown.select_one("[name=name]")["value"] == "Sanne Vermeer"
    assert shown.select("[name=topics][value=advance][checked]")
    assert Booking.objects.count() == 0
    start = shown.select("[name=start]")[0]["value"]
    as_coach.post(NEW, filled_in(shown, start=start))
    booking = Booking.objects.get()
    assert (booking.host, booking.call_type) == (mila, long)
    asked = page_of(as_coach.get(NEW, {"host": "mila"}))
    assert asked.select_one("#id_call_type [selected]")["value"] == str(long.pk)


def test_it_needs_permission_a_token_and_a_kind_of_call(as_coach: Client, open_host: Host) -> None:
    user = User.objects.create_user("kijk@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_booking", "see_practice"]))
    assert browser_of(user).get(NEW).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = as_coach.cookies
    assert strict.post(NEW, {}).status_code == 403
    CallType.objects.update(is_active=False)
    response = as_coach.get(NEW, follow=True)
    assert "Er is geen soort gesprek dat te boeken is." in text(page_of(response))


def test_a_zone_that_is_gone_is_a_sentence(as_coach: Client, open_host: Host) -> None:
    Host.objects.update(time_zone="Europe/Atlantis")
    assert as_coach.get(NEW).headers["Location"] == WEEK


def test_a_call_by_phone_asks_for_the_number(as_coach: Client, open_host: Host) -> None:
    CallType.objects.update(location_kind=CallType.Location.PHONE_HOST_CALLS)
    page = page_of(as_coach.get(NEW))
    start = page.select("[name=start]")[0]["value"]
    refused = page_of(as_coach.post(NEW, filled_in(page, start=start, phone="")))
    assert "Vul een telefoonnummer in." in text(refused)
    assert Booking.objects.count() == 0
    as_coach.post(NEW, filled_in(refused, start=start, phone="06-12345678"))
    assert Booking.objects.get().phone == "+31612345678"
