"""Reading, moving, cancelling and closing a call. Whatever the coach does, the visitor hears of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Scan
from bookings import errors
from bookings.calls import lifecycle
from bookings.models import Booking, CallType, Host
from portal.accounts.models import User
from portal.leads.models import Lead, LeadEvent
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.factories.assessments import CompletedScanFactory
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
LIST = "/beheer/bookings/booking/"


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def page(booking: Booking, name: str = "change") -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])


def mails_to(email: str) -> list[str]:
    return list(OutboundEmail.objects.filter(to_email=email).order_by("pk").values_list("message", flat=True))


# ---- reading ------------------------------------------------------------------------------------------
@pytest.fixture
def shared(book: Book, monday: Any) -> Booking:
    user = User.objects.create_user("sanne@voorbeeld.nl", name="Sanne Vermeer")
    scan = CompletedScanFactory(user=user)
    return book(
        at(3, 9, 45),
        user=user,
        shared_scan=scan.public_id,
        topics=["advance"],
        time_zone="America/New_York",
        remark="Ik wil\nleren loslaten",
    )


def test_a_call_shows_who_when_where_and_what_about(as_coach: Client, shared: Booking) -> None:
    OutboundEmailFactory(about=shared.about, message="bookings/confirmation")
    body = words(as_coach.get(page(shared)))
    assert "donderdag 26 november 2026, 09:45 tot 10:15" in body
    assert "Nederlandse tijd" in body
    assert "03:45 tot 04:15" in body
    assert "tijd in New York (UTC−5)" in body
    assert "Ik wil<br>leren loslaten" in body
    assert "Online. Stuur Sanne de link vóór het gesprek." in body
    assert "Bevestiging aan Sanne Vermeer" in body
    assert "Vertrouwen op voorschot" in body


def test_a_shared_profile_is_a_summary_with_the_opening_question(as_coach: Client, shared: Booking) -> None:
    body = words(as_coach.get(page(shared)))
    assert "Draagt het minst" in body
    assert body.count('<th class="key-name" scope="row">') == 10
    assert "Openingsvraag bij ‘" in body


def test_a_profile_that_is_not_shared_is_not_shown_to_anybody(
    as_coach: Client, as_superuser: Client, book: Book, monday: Any
) -> None:
    user = User.objects.create_user("sanne@voorbeeld.nl")
    CompletedScanFactory(user=user)
    booking = book(at(3, 9, 45), user=user)
    for client in (as_coach, as_superuser):
        body = words(client.get(page(booking)))
        assert "Deelt geen uitslag met je." in body
        assert "beams" not in body


def test_a_shared_scan_that_was_erased_is_said_to_be_gone(as_coach: Client, shared: Booking) -> None:
    Scan.objects.all().delete()
    assert "De gedeelde uitslag is weg" in words(as_coach.get(page(shared)))


def test_the_list_shows_what_is_to_come_first_and_search_looks_everywhere(
    as_coach: Client, book: Book, monday: Any
) -> None:
    book(at(4, 10), name="Later Lies", email="lies@voorbeeld.nl")
    book(at(1, 10), name="Morgen Mo", email="mo@voorbeeld.nl")
    book(at(-3, 10), name="Vorige Vera", email="vera@voorbeeld.nl")
    ahead = words(as_coach.get(LIST))
    assert ahead.index("Morgen Mo") < ahead.index("Later Lies")
    assert "Vorige Vera" not in ahead
    assert "di 24 nov 2026, 10:00–10:30" in ahead
    assert "Nederlandse tijd" in ahead
    assert "Vorige Vera" in words(as_coach.get(LIST, {"when": "past"}))
    found = words(as_coach.get(LIST, {"q": "vera@"}))
    assert "Vorige Vera" in found
    assert "Morgen Mo" not in found
    assert as_coach.get(LIST, {"when": "nonsense"}).status_code == 200


def test_a_lapsed_hold_is_not_on_the_list(as_coach: Client, book: Book, monday: Any) -> None:
    book(at(1, 10), name="", email="", status="held", confirmed_at=None, expires_at=at(0, 9))
    book(at(2, 10), name="", email="", status="held", confirmed_at=None, expires_at=at(0, 10, 5))
    body = words(as_coach.get(LIST))
    assert "vastgehouden tot 10:05" in body
    assert body.count("vastgehouden tot") == 1


def test_nothing_on_a_call_can_be_edited_or_added(as_superuser: Client, shared: Booking) -> None:
    assert as_superuser.post(page(shared), {"name": "Ander"}).status_code == 405
    assert as_superuser.get(reverse("admin:bookings_booking_add")).status_code == 403
    assert as_superuser.post(reverse("admin:bookings_booking_delete", args=[shared.pk])).status_code == 403
    assert as_superuser.get(f"{LIST}999999/change/").status_code == 404
    assert as_superuser.get(f"{LIST}nonsense/change/").status_code == 404


# ---- cancelling ---------------------------------------------------------------------------------------
def test_cancelling_asks_first_then_tells_both(as_coach: Client, host: Host, book: Book, monday: Any) -> None:
    booking = book(at(3, 9, 45))
    assert "Annuleer en laat het weten" in words(as_coach.get(page(booking, "cancel")))
    booking.refresh_from_db()
    assert booking.status == "confirmed"

    response = as_coach.post(page(booking, "cancel"), follow=True)
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_by, booking.sequence) == ("cancelled", "host", 1)
    assert "Geannuleerd. Sanne Vermeer krijgt bericht per mail." in words(response)
    assert mails_to("sanne@voorbeeld.nl") == ["bookings/cancelled"]
    assert mails_to(host.email) == ["bookings/coach_cancelled"]
    assert LeadEvent.objects.get(kind="call.cancelled").data["by"] == "host"

    as_coach.post(page(booking, "cancel"))  # a double click
    assert mails_to("sanne@voorbeeld.nl") == ["bookings/cancelled"]


def test_the_coach_may_cancel_later_than_the_visitor_but_not_after_the_start(
    as_coach: Client, book: Book, monday: Any
) -> None:
    soon = book(at(0, 11), email="soon@voorbeeld.nl")
    begun = book(at(0, 9, 45), email="begun@voorbeeld.nl")
    as_coach.post(page(soon, "cancel"))
    response = as_coach.post(page(begun, "cancel"), follow=True)
    assert Booking.objects.get(pk=soon.pk).status == "cancelled"
    assert Booking.objects.get(pk=begun.pk).status == "confirmed"
    assert "annuleren kan niet" in words(response)


# ---- moving -------------------------------------------------------------------------------------------
def test_moving_to_a_free_start_tells_both(as_coach: Client, host: Host, book: Book, monday: Any) -> None:
    booking = book(at(3, 9, 45))
    shown = words(as_coach.get(page(booking, "move")))
    assert at(3, 10).isoformat() in shown  # it may overlap its own old time
    response = as_coach.post(page(booking, "move"), {"start": at(3, 10).isoformat()}, follow=True)
    booking.refresh_from_db()
    assert (booking.start_at, booking.sequence) == (at(3, 10), 1)
    assert "Verplaatst naar do 26 nov 2026, 10:00." in words(response)
    assert "bookings/moved" in mails_to("sanne@voorbeeld.nl")
    assert "bookings/coach_moved" in mails_to(host.email)


def test_the_time_a_call_has_is_no_time_to_move_it_to(as_coach: Client, book: Book, monday: Any) -> None:
    booking = book(at(3, 10))
    shown = words(as_coach.get(page(booking, "move")))
    assert f'value="{at(3, 10, 30).isoformat()}"' in shown
    assert f'value="{at(3, 10).isoformat()}"' not in shown


def test_moving_outside_the_hours_is_allowed_by_hand(as_coach: Client, book: Book, monday: Any) -> None:
    booking = book(at(3, 9, 45))
    typed = {"own_on": "2026-11-28", "own_time": "20:15"}
    asked = words(as_coach.post(page(booking, "move"), typed))
    assert "Het ligt buiten de werktijd van Jet van Dalen." in asked
    booking.refresh_from_db()
    assert booking.sequence == 0
    saturday = datetime(2026, 11, 28, 19, 15, tzinfo=UTC)
    as_coach.post(page(booking, "move"), {"start": saturday.isoformat(), "asked": saturday.isoformat()})
    booking.refresh_from_db()
    assert booking.start_at == saturday


def test_moving_never_goes_against_another_call_and_names_it(
    as_coach: Client, book: Book, monday: Any
) -> None:
    booking = book(at(3, 9, 45))
    book(at(3, 14), name="Noor Aydin", email="noor@voorbeeld.nl")
    response = as_coach.post(page(booking, "move"), {"own_on": "2026-11-26", "own_time": "14:45"})
    assert response.status_code == 422
    assert "Dat botst met het gesprek met Noor Aydin op do 26 nov 2026, 14:00, buffers meegerekend." in words(
        response
    )
    assert 'value="14:45"' in words(response)
    booking.refresh_from_db()
    assert (booking.start_at, booking.sequence) == (at(3, 9, 45), 0)
    assert mails_to("sanne@voorbeeld.nl") == []
    as_coach.post(page(booking, "move"), {"own_on": "2026-11-26", "own_time": "15:00"})  # buffers just touch
    booking.refresh_from_db()
    assert booking.start_at == at(3, 15)


def test_moving_onto_a_hold_says_until_when_it_is_held(as_coach: Client, book: Book, monday: Any) -> None:
    booking = book(at(3, 9, 45))
    book(at(3, 14), name="", email="", status="held", confirmed_at=None, expires_at=at(0, 10, 8))
    response = as_coach.post(page(booking, "move"), {"own_on": "2026-11-26", "own_time": "14:00"})
    assert "Een bezoeker houdt do 26 nov 2026, 14:00 vast tot 10:08." in words(response)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Kies een van de tijden, of vul zelf een tijd in."),
        ({"start": "gisteren"}, "Die tijd staat niet op deze pagina."),
        ({"start": at(6, 3).isoformat()}, "Die tijd is niet meer vrij."),
        ({"own_on": "2026-11-26"}, "Vul de datum en de tijd allebei in."),
        ({"own_time": "10:00"}, "Vul de datum en de tijd allebei in."),
        ({"own_on": "2026-11-20", "own_time": "10:00"}, "Dat moment is voorbij."),
        ({"own_on": "2027-03-28", "own_time": "02:30"}, "slaat de klok 02:30 over"),
        ({"own_on": "9999-11-20", "own_time": "10:00"}, "Die datum ligt te ver weg."),
        (
            {"start": at(3, 10).isoformat(), "own_on": "2026-11-26", "own_time": "10:00"},
            "Een tijd uit de lijst, of een eigen tijd: kies een van de twee.",
        ),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_a_sentence(
    as_coach: Client, book: Book, monday: Any, typed: dict[str, str], sentence: str
) -> None:
    booking = book(at(3, 9, 45))
    response = as_coach.post(page(booking, "move"), typed)
    assert response.status_code == 422
    assert sentence in words(response)
    booking.refresh_from_db()
    assert booking.sequence == 0


def test_more_days_to_move_to_are_a_link_away(as_coach: Client, book: Book, monday: Any) -> None:
    booking = book(at(3, 9, 45))
    assert "?from=2026-12-01" in words(as_coach.get(page(booking, "move")))
    later = words(as_coach.get(page(booking, "move"), {"from": "2026-12-01"}))
    assert "dinsdag 1 december" in later
    assert "De eerste dagen" in later
    assert as_coach.get(page(booking, "move"), {"from": "nonsense"}).status_code == 200


# ---- closing ------------------------------------------------------------------------------------------
def test_how_it_went_is_said_after_the_end_only(
    as_coach: Client, book: Book, monday: Any, clock: Any
) -> None:
    booking = book(at(0, 9, 45))  # until 10:15; it is ten
    shown = words(as_coach.get(page(booking, "close")))
    assert "Hoe het ging kun je zeggen vanaf ma 23 nov 2026, 10:15." in shown
    response = as_coach.post(page(booking, "close"), {"status": "completed"}, follow=True)
    assert "kun je pas na afloop zeggen" in words(response)
    assert Booking.objects.get(pk=booking.pk).status == "confirmed"
    clock.move_to(at(0, 10, 15))
    assert "Niet gekomen" in words(as_coach.get(page(booking)))
    as_coach.post(page(booking, "close"), {"status": "completed"})
    assert Booking.objects.get(pk=booking.pk).status == "completed"
    assert Lead.objects.get(email="sanne@voorbeeld.nl").stage == "spoken"


def test_a_wrong_outcome_can_be_put_right_and_nonsense_does_nothing(
    as_coach: Client, book: Book, monday: Any
) -> None:
    booking = book(at(-3, 9, 45))
    as_coach.post(page(booking, "close"), {"status": "completed"})
    as_coach.post(page(booking, "close"), {"status": "no_show", "mail": "no"})
    assert Booking.objects.get(pk=booking.pk).status == "no_show"
    for nonsense in ("cancelled", "held", "", "x"):
        as_coach.post(page(booking, "close"), {"status": nonsense})
    assert Booking.objects.get(pk=booking.pk).status == "no_show"


@pytest.mark.parametrize("name", ["cancel", "move", "close"])
def test_acting_needs_permission_and_a_token(
    coach: User, book: Book, monday: Any, as_coach: Client, name: str
) -> None:
    booking = book(at(3, 9, 45))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = as_coach.cookies
    assert strict.post(page(booking, name)).status_code == 403
    coach.groups.clear()
    looking = browser_of(User.objects.get(pk=coach.pk))
    assert looking.get(page(booking)).status_code == 403
    assert looking.post(page(booking, name)).status_code == 403
    assert Client().post(page(booking, name)).status_code in (302, 403)
    booking.refresh_from_db()
    assert booking.status == "confirmed"


# ---- the first page -------------------------------------------------------------------------------------
def test_the_first_page_lists_today_and_the_next_seven_days(
    as_coach: Client, shared: Booking, book: Book
) -> None:
    book(at(0, 8), name="Vanochtend Vic", email="vic@voorbeeld.nl")
    book(at(7, 16), name="Over Zeven", email="zeven@voorbeeld.nl")
    book(at(8, 9), name="Over Acht", email="acht@voorbeeld.nl")
    book(at(2, 9), name="Weg Wim", status="cancelled", cancelled_at=at(0, 9), cancelled_by="host")
    body = words(as_coach.get("/beheer/"))
    assert "Vanochtend Vic" in body
    assert "Waarover: Vertrouwen op voorschot." in body
    assert "Over Zeven" in body
    assert "Over Acht" not in body
    assert "Weg Wim" not in body
    assert "4 gesprekken" not in body
    assert "2 gesprekken." in body


def test_an_empty_week_is_said(as_coach: Client, monday: Any) -> None:
    assert "Geen gesprekken in deze dagen." in words(as_coach.get("/beheer/"))


def test_mail_that_is_behind_is_said_on_the_first_page(as_coach: Client, monday: Any) -> None:
    assert "E-mail loopt achter" not in words(as_coach.get("/beheer/"))
    OutboundEmailFactory(due_at=at(0, 9, 51))
    assert "E-mail loopt achter: 1 bericht, 9 min oud." in words(as_coach.get("/beheer/"))


# ---- contacts -------------------------------------------------------------------------------------------
def test_a_contact_shows_calls_and_shared_results_only(
    as_coach: Client, shared: Booking, monday: Any
) -> None:
    CompletedScanFactory(user=shared.user, days_ago=100)
    lead = Lead.objects.create(email="sanne@voorbeeld.nl", name="Sanne Vermeer")
    body = words(as_coach.get(reverse("admin:leads_lead_change", args=[lead.pk])))
    assert "donderdag 26 november 2026, 09:45 tot 10:15" in body
    assert body.count("Draagt het minst:") == 1


def test_a_contact_is_neither_made_nor_deleted_by_hand(as_superuser: Client, host: Host) -> None:
    lead = Lead.objects.create(email="sanne@voorbeeld.nl")
    assert as_superuser.get(reverse("admin:leads_lead_add")).status_code == 403
    delete = reverse("admin:leads_lead_delete", args=[lead.pk])
    assert as_superuser.post(delete, {"post": "yes"}).status_code == 403


def test_history_is_never_rewritten(as_superuser: Client, host: Host) -> None:
    lead = Lead.objects.create(email="sanne@voorbeeld.nl")
    event = LeadEvent.objects.create(lead=lead, kind="scan.completed")
    change = reverse("admin:leads_leadevent_change", args=[event.pk])
    assert as_superuser.get(change).status_code == 200
    assert as_superuser.post(change, {"kind": "x"}).status_code == 403


def test_calls_of_a_services_move_are_the_same_row(call_type: CallType, book: Book, monday: Any) -> None:
    """What the page calls: outside the hours only for the host, never into the past."""
    booking = book(at(3, 9, 45))
    with pytest.raises(errors.SlotTakenError):
        lifecycle.move(booking, at(5, 20), by=Booking.By.HOST)
    moved = lifecycle.move(booking, at(5, 20), by=Booking.By.HOST, outside_hours=True)
    assert moved.pk == booking.pk


def test_the_admin_speaks_english_too(as_coach: Client, shared: Booking) -> None:
    assert "Today and the next seven days" in words(as_coach.get("/en/beheer/"))
    body = words(as_coach.get(f"/en/beheer/bookings/booking/{shared.pk}/change/"))
    assert "Thursday 26 November 2026, 09:45 to 10:15" in body
    assert "Carries least" in body
