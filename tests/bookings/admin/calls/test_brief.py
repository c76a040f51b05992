"""The brief of a call: a minute of reading, only what was shared, and where something is missing it says what."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from assessments import summary as scans
from assessments.models import Scan
from bookings.calls import lifecycle, sharing
from bookings.models import Booking, CallType, Host
from portal.accounts.models import User
from portal.leads import services as leads
from portal.leads.models import Lead, Note
from tests.assessments import demo
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.looking import text
from tests.bookings.people import details, mail
from tests.factories.assessments import CompletedScanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
EMAIL = "sanne@voorbeeld.nl"


def path_of(booking: Booking) -> str:
    return reverse("admin:bookings_booking_brief", args=[booking.pk])


def brief(client: Client, booking: Booking) -> Tag:
    response = client.get(path_of(booking))
    assert response.status_code == 200
    found = BeautifulSoup(response.content, "html.parser").select_one(".brief")
    assert found is not None
    return found


@pytest.fixture
def user(host: Host) -> User:
    return User.objects.create_user(EMAIL, name="Sanne Vermeer")


@pytest.fixture
def shared(book: Book, user: User) -> Booking:
    """Two scans, of which the last one was shared with this call."""
    CompletedScanFactory(user=user, days_ago=90, sums=demo.BEFORE | {"naming": 4})
    scan = CompletedScanFactory(user=user)
    lead = leads.contact(EMAIL, name="Sanne Vermeer", user_id=user.pk)
    leads.give_consent(lead, purpose="sharing", language="nl", method="booking form")
    return book(
        at(3, 10),
        user=user,
        shared_scan=scan.public_id,
        topics=["advance", "letting-go"],
        remark="Ik wil\nleren loslaten.",
    )


# ---- what it says -----------------------------------------------------------------------------------------
def test_the_brief_has_the_question_two_low_and_two_high_keys_what_changed_and_the_pattern(
    as_coach: Client, shared: Booking
) -> None:
    page = brief(as_coach, shared)
    assert "donderdag 26 november 2026, 10:00 tot 10:30" in text(page.select_one(".facts"))
    assert text(page.select_one(".opening p")).endswith("?")
    assert "Openingsvraag bij ‘Uit handen geven’" in text(page.select_one(".opening"))
    rows = [[text(cell) for cell in row.select("th, td")] for row in page.select(".brief-keys tbody tr")]
    assert [row[:2] for row in rows] == [
        ["Draagt het minst"], ["Uit handen geven", "25"], ["Vertrouwen op voorschot", "33"],
        ["Draagt het meest"], ["Heldere verwachtingen", "83"], ["Eerlijk naar jezelf", "75"],
    ]  # fmt: skip
    assert rows[1][2] == "−17 kan toeval zijn"
    words = text(page)
    assert "Totaal 59 van 100 (waarschijnlijk tussen 55 en 63). Sinds di 25 aug 2026:" in words
    assert "Benoemen wat er speelt +59 (waarschijnlijk gegroeid);" in words
    assert "De greep." in words
    assert "Sleutels om over te praten: Uit handen geven, Vertrouwen op voorschot." in words
    assert "‘Ik wil leren loslaten.’" in words
    assert "Dit is het eerste gesprek." in words
    assert "De uitslag delen ja, sinds ma 23 nov 2026, op het boekingsformulier" in words
    assert "Tips per mail nooit ja gezegd" in words


def test_keys_that_carry_alike_are_not_ranked(as_coach: Client, book: Book, user: User) -> None:
    scan = CompletedScanFactory(user=user, sums=dict.fromkeys(demo.NOW, 9))
    page = brief(as_coach, book(at(3, 10), user=user, shared_scan=scan.public_id))
    assert page.select(".brief-keys") == []
    assert "Alle sleutels dragen evenveel." in text(page)
    assert "Er is geen eerdere scan om mee te vergelijken." in text(page)
    assert "Geen patroon" in text(page)


def test_earlier_calls_stand_newest_first_with_what_was_agreed_last(
    as_coach: Client, shared: Booking, book: Book
) -> None:
    book(at(-7, 10), status="no_show")
    book(at(-14, 10), status="completed", agreed="Ik laat het overleg los.", user=shared.user)
    book(at(-21, 10), status="completed", agreed="Iets van langer geleden.")
    book(at(-3, 10), email="bas@voorbeeld.nl", name="Bas Hoekstra", status="completed", agreed="Van Bas.")
    book(at(5, 10), name="Later")
    page = brief(as_coach, shared)
    assert [text(row) for row in page.select("[aria-labelledby=brief-earlier] li")] == [
        "ma 16 nov 2026, 10:00 niet gekomen",
        "ma 9 nov 2026, 10:00 gesproken",
        "ma 2 nov 2026, 10:00 gesproken",
    ]
    agreed = page.select_one("[aria-labelledby=brief-agreed]")
    assert text(agreed) == "Wat de vorige keer is afgesproken ma 9 nov 2026, 10:00 Ik laat het overleg los."
    assert "Van Bas." not in text(page)


def test_what_was_noted_of_the_contact_stands_there_newest_first(as_coach: Client, shared: Booking) -> None:
    lead = Lead.objects.get(email=EMAIL)
    for number in range(4):
        Note.objects.create(lead=lead, text=f"Notitie {number}", created_at=at(-9 + number, 10))
    noted = text(brief(as_coach, shared).select_one("[aria-labelledby=brief-notes]"))
    assert [number for number in "3210" if f"Notitie {number}" in noted] == ["3", "2", "1"]
    assert noted.index("Notitie 3") < noted.index("Notitie 2")


def test_more_than_four_earlier_calls_are_not_all_told(as_coach: Client, shared: Booking, book: Book) -> None:
    for week in range(6):
        book(at(-7 * week - 7, 10), status="completed")
    page = brief(as_coach, shared)
    assert len(page.select("[aria-labelledby=brief-earlier] li")) == 4
    assert "Er zijn er meer, van langer geleden." in text(page)
    assert "Er is niet opgeschreven wat is afgesproken." in text(page)


# ---- only what was shared -----------------------------------------------------------------------------------
def test_without_a_yes_nothing_of_a_scan_is_in_it(
    as_coach: Client, as_superuser: Client, book: Book, user: User
) -> None:
    CompletedScanFactory(user=user)
    booking = book(at(3, 10), user=user)
    for client in (as_coach, as_superuser):
        page = brief(client, booking)
        assert "Deze persoon deelt geen uitslag." in text(page)
        assert page.select(".brief-keys, .opening") == []
        assert [name for name in scans.key_names("nl").values() if name in text(page)] == []
        assert "Er zijn geen sleutels aangevinkt. Geen opmerking bij de boeking." in text(page)
        assert "Er is geen contact van deze persoon" in text(page)


def test_what_was_taken_back_is_gone_and_the_consent_says_so(as_coach: Client, shared: Booking) -> None:
    sharing.withdraw_sharing(email=EMAIL, user=shared.user, method="page of the call")
    page = brief(as_coach, shared)
    assert "Deze persoon deelt geen uitslag." in text(page)
    assert page.select(".brief-keys, .opening") == []
    assert "De uitslag delen ingetrokken op ma 23 nov 2026, op de pagina van het gesprek" in text(page)


def test_a_shared_scan_that_was_erased_is_said_to_be_gone(as_coach: Client, shared: Booking) -> None:
    Scan.objects.all().delete()
    assert "De gedeelde uitslag is weg" in text(brief(as_coach, shared))


def test_of_a_cancelled_call_no_result_is_shown(as_coach: Client, shared: Booking) -> None:
    lifecycle.cancel(shared, by=Booking.By.INVITEE)
    page = brief(as_coach, shared)
    assert "Het gesprek is geannuleerd, dus er staat geen uitslag bij." in text(page)
    assert page.select(".brief-keys, .opening") == []


def test_of_an_erased_person_only_the_time_is_left(as_coach: Client, book: Book) -> None:
    book(at(-7, 10), name="", email="", status="completed", agreed="")
    page = brief(as_coach, book(at(-3, 10), name="", email="", status="completed"))
    assert "Deze persoon heeft alles gewist." in text(page)
    assert page.select("section") == []


def test_who_objects_to_being_a_contact_has_no_consent_shown(as_coach: Client, shared: Booking) -> None:
    leads.object_to_contact(Lead.objects.get(email=EMAIL))
    assert "Er is geen contact van deze persoon" in text(brief(as_coach, shared))


# ---- who may open it, and from where ------------------------------------------------------------------------
def test_whoever_may_see_calls_may_read_it_and_nobody_else(shared: Booking, user: User) -> None:
    colleague = User.objects.create_user("kijk@voorbeeld.nl", is_staff=True)
    client = browser_of(colleague)
    assert client.get(path_of(shared)).status_code == 403
    colleague.user_permissions.set(Permission.objects.filter(codename__in=["view_booking", "see_practice"]))
    response = browser_of(colleague).get(path_of(shared))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert browser_of(user).get(path_of(shared)).status_code != 200


def test_reading_is_all_it_does(as_coach: Client, shared: Booking) -> None:
    assert as_coach.post(path_of(shared)).status_code == 405
    assert as_coach.get("/beheer/bookings/booking/999999/brief/").status_code == 404


def test_a_held_time_has_none(as_coach: Client, book: Book) -> None:
    held = book(at(3, 10), name="", email="", status="held", confirmed_at=None, expires_at=at(0, 11))
    response = as_coach.get(path_of(held), follow=True)
    assert "heeft nog geen gespreksblad" in text(BeautifulSoup(response.content, "html.parser"))


def test_the_first_page_and_the_call_lead_to_it(as_coach: Client, shared: Booking) -> None:
    for page in ("/beheer/", reverse("admin:bookings_booking_change", args=[shared.pk])):
        links = BeautifulSoup(as_coach.get(page).content, "html.parser").select(
            f"a[href='{path_of(shared)}']"
        )
        assert [text(link) for link in links] == ["Het gespreksblad, op één pagina"]


def test_the_coachs_mails_lead_to_it_as_long_as_the_call_is_on(call_type: CallType, open_host: Host) -> None:
    booking = lifecycle.book_for(call_type, at(3, 10), details=details(), key="k" * 20, outside_hours=True)
    assert path_of(booking) in mail("coach_booked").text
    assert path_of(booking) in mail("reminder_coach").html
    lifecycle.move(booking, at(4, 10), by=Booking.By.HOST, outside_hours=True)
    assert path_of(booking) in mail("coach_moved").html
    lifecycle.cancel(booking, by=Booking.By.HOST)
    assert path_of(booking) not in mail("coach_cancelled").text + mail("coach_cancelled").html


def test_the_brief_is_english_for_who_reads_english(as_coach: Client, shared: Booking) -> None:
    response = as_coach.get(path_of(shared).replace("/beheer/", "/en/beheer/"))
    words = text(BeautifulSoup(response.content, "html.parser"))
    assert "Opening question for ‘Truly letting go’" in words
    assert "Overall 59 of 100 (probably between 55 and 63)." in words


def test_it_asks_as_often_after_one_earlier_call_as_after_three(
    as_coach: Client, shared: Booking, book: Book, django_assert_num_queries: Any
) -> None:
    book(at(-7, 10), status="completed", agreed="Ik laat los.")
    as_coach.get(path_of(shared))
    # session and person, two rights; call, guests; scan, scan before; instrument; calls before; contact, consents,
    # notes; mail
    with django_assert_num_queries(13):
        as_coach.get(path_of(shared))
    book(at(-14, 10), status="no_show")
    book(at(-21, 10), status="completed", agreed="Iets.")
    with django_assert_num_queries(13):
        as_coach.get(path_of(shared))
