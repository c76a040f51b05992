"""The form of a kind of call: where it is and when it reminds. Nothing typed is lost."""

from __future__ import annotations

import html
import threading
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from bookings.models import CallType, Host
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import Book, at

pytestmark = pytest.mark.django_db
DAY, HOUR = 1440, 60


def form_of(client: Client, call_type: CallType) -> dict[str, Any]:
    """What a browser would send when somebody opens the page and presses the button."""
    page = client.get(reverse("admin:bookings_calltype_change", args=[call_type.pk]))
    data: dict[str, Any] = {}
    soup = BeautifulSoup(page.content, "html.parser").select_one("#calltype_form")
    for field in soup.select("input[name], select[name]"):
        name, kind = field["name"], field.get("type", "")
        if field.name == "select":
            data[name] = next(option["value"] for option in field.select("option[selected]"))
        elif kind in ("checkbox", "radio"):
            if field.has_attr("checked"):
                data.setdefault(name, []).append(field.get("value", "on"))
        elif kind != "submit":
            data[name] = field.get("value", "")
    return data


def save(client: Client, call_type: CallType, **typed: Any) -> Any:
    page = reverse("admin:bookings_calltype_change", args=[call_type.pk])
    return client.post(page, form_of(client, call_type) | typed)


def words(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


# ---- where --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"location_kind": "phone_host_calls"}, {}),
        ({"location_kind": "jitsi"}, {}),
        (
            {"location_kind": "phone_visitor_calls", "location_phone": "020 123 45 67"},
            {"location_phone": "+31201234567"},
        ),
        (
            {"location_kind": "link", "location_url": " video.voorbeeld.nl/jet "},
            {"location_url": "https://video.voorbeeld.nl/jet"},
        ),
        (
            {"location_kind": "address", "location_nl": "Voorbeeldstraat 1", "location_en": ""},
            {"location_nl": "Voorbeeldstraat 1", "location_en": ""},
        ),
        (
            {"location_kind": "text", "location_nl": "Hier\u202e", "location_en": "Here"},
            {"location_nl": "Hier", "location_en": "Here"},
        ),
    ],
)
def test_every_kind_of_place_is_saved_with_what_belongs_to_it(
    as_coach: Client, call_type: CallType, typed: dict[str, str], kept: dict[str, str]
) -> None:
    assert save(as_coach, call_type, **typed).status_code == 302
    call_type.refresh_from_db()
    assert call_type.location_kind == typed["location_kind"]
    assert {name: getattr(call_type, name) for name in kept} == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"location_kind": "phone_visitor_calls"}, "Vul het nummer in dat bezoekers bellen."),
        ({"location_kind": "link"}, "Vul de link naar je online ruimte in."),
        (
            {"location_kind": "address", "location_nl": " ", "location_en": ""},
            "Vul het adres in, in het Nederlands of in het Engels.",
        ),
        ({"location_kind": "text", "location_en": ""}, "Zeg in het Engels waar het gesprek is."),
        ({"location_kind": "elders"}, "Selecteer een geldige keuze."),
    ],
)
def test_what_is_missing_is_said_at_the_field(
    as_coach: Client, call_type: CallType, typed: dict[str, str], sentence: str
) -> None:
    response = save(as_coach, call_type, **typed)
    assert response.status_code == 200
    assert sentence in words(response)
    assert "Vul in wat bij de gekozen plek hoort." not in words(response)  # once is enough
    call_type.refresh_from_db()
    assert call_type.location_kind == "text"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "javascript://video.voorbeeld.nl/%0aalert(1)",
        "JavaScript:alert(1)//https://video.voorbeeld.nl",
        "data:text/html,<script>alert(1)</script>",
        "http://video.voorbeeld.nl/jet",
        "ftp://video.voorbeeld.nl/jet",
        "https://video.voorbeeld.nl/jet en nog wat",
        "https://video.voorbeeld.nl\t/jet\nBcc: x@y.nl",
        "https://zoom.voorbeeld.nl@kwaad.example/",
        "https://",
        "https://video.voorbeeld.nl/" + "a" * 300,
        "geen link",
    ],
)
def test_a_link_that_could_do_harm_is_refused_and_stays_in_the_field(
    as_coach: Client, call_type: CallType, link: str
) -> None:
    response = save(as_coach, call_type, location_kind="link", location_url=link, name_nl="Nieuwe naam")
    call_type.refresh_from_db()
    assert (call_type.location_kind, call_type.location_url) == ("text", "")
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("#id_location_url")["value"].split() == link.split()
    assert page.select_one("#id_name_nl")["value"] == "Nieuwe naam"
    assert page.select_one("input[name=location_kind][value=link]").has_attr("checked")
    assert page.select_one(".field-location_url .errorlist")


@pytest.mark.parametrize("link", ["http://video.voorbeeld.nl/jet", "HTTP://video.voorbeeld.nl"])
def test_a_link_without_a_lock_is_refused_with_the_reason(
    as_coach: Client, call_type: CallType, link: str
) -> None:
    response = save(as_coach, call_type, location_kind="link", location_url=link)
    assert "Alleen een link die met https:// begint is veilig om te versturen." in words(response)


@pytest.mark.parametrize("number", ["020 12", "0900 1234", "020 123 45 67 toestel 12", "+", "x" * 100])
def test_a_number_that_cannot_be_called_is_refused_and_stays_in_the_field(
    as_coach: Client, call_type: CallType, number: str
) -> None:
    response = save(as_coach, call_type, location_kind="phone_visitor_calls", location_phone=number)
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("#id_location_phone")["value"] == number
    assert page.select_one(".field-location_phone .errorlist")


def test_what_another_kind_needed_is_kept_for_later(as_coach: Client, call_type: CallType) -> None:
    save(as_coach, call_type, location_kind="phone_visitor_calls", location_phone="020 123 45 67")
    assert save(as_coach, call_type, location_kind="jitsi").status_code == 302
    call_type.refresh_from_db()
    assert (call_type.location_kind, call_type.location_phone) == ("jitsi", "+31201234567")
    assert form_of(as_coach, call_type)["location_phone"] == "+31 20 123 4567"


# ---- reminders ------------------------------------------------------------------------------------------
def test_reminders_are_ticked_and_an_unusual_time_is_not_lost(as_coach: Client, call_type: CallType) -> None:
    CallType.objects.update(reminder_minutes=[3 * DAY, DAY])
    assert form_of(as_coach, call_type)["reminder_minutes"] == [str(3 * DAY), str(DAY)]
    assert save(as_coach, call_type, coach_reminder_minutes=["15", "10080"]).status_code == 302
    call_type.refresh_from_db()
    assert call_type.reminder_minutes == [3 * DAY, DAY]
    assert call_type.coach_reminder_minutes == [10080, 15]


def test_no_reminder_at_all_is_a_choice(as_coach: Client, call_type: CallType) -> None:
    save(as_coach, call_type, reminder_minutes=[], coach_reminder_minutes=[])
    call_type.refresh_from_db()
    assert call_type.reminder_minutes == call_type.coach_reminder_minutes == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["10080", "2880", "1440", "240", "60", "15"], "Kies er hoogstens 5."),
        (["7"], "Kies uit de tijden in de lijst."),
        (["morgen"], "Kies uit de tijden in de lijst."),
        (["-60"], "Kies uit de tijden in de lijst."),
    ],
)
def test_times_that_are_not_offered_are_refused(
    as_coach: Client, call_type: CallType, typed: list[str], sentence: str
) -> None:
    assert sentence in words(save(as_coach, call_type, reminder_minutes=typed))
    call_type.refresh_from_db()
    assert call_type.reminder_minutes == [DAY]


def test_the_same_time_twice_is_one_reminder(as_coach: Client, call_type: CallType) -> None:
    save(as_coach, call_type, reminder_minutes=["60", "60"])
    call_type.refresh_from_db()
    assert call_type.reminder_minutes == [HOUR]


def test_other_reminders_count_for_calls_that_are_booked(
    as_coach: Client, call_type: CallType, book: Book, monday: Any
) -> None:
    book(at(3, 9, 45))
    book(at(-3, 9, 45))
    save(as_coach, call_type, name_nl="Andere naam")
    assert not OutboundEmail.objects.exists()  # nothing was asked
    save(as_coach, call_type, reminder_minutes=["60"])
    rows = OutboundEmail.objects.values_list("message", "data__minutes")
    assert sorted(rows) == [("bookings/reminder_coach", HOUR), ("bookings/reminder_invitee", HOUR)]


@pytest.mark.django_db(transaction=True)
def test_a_calendar_that_is_busy_is_said_and_nothing_typed_is_lost(
    as_coach: Client, host: Host, call_type: CallType
) -> None:
    locked, done = threading.Event(), threading.Event()

    def hold_the_lock() -> None:
        with transaction.atomic():
            Host.objects.select_for_update().get(pk=host.pk)
            locked.set()
            done.wait(20)
        connection.close()

    other = threading.Thread(target=hold_the_lock)
    other.start()
    locked.wait(10)
    response = save(as_coach, call_type, name_nl="Nieuwe naam", reminder_minutes=["60"])
    done.set()
    other.join()
    assert response.status_code == 200
    assert "Iemand anders wijzigt deze agenda op dit moment." in words(response)
    assert 'value="Nieuwe naam"' in words(response)
    call_type.refresh_from_db()
    assert call_type.reminder_minutes == [DAY]


def test_the_form_names_every_field_without_a_script(as_coach: Client, call_type: CallType) -> None:
    page = words(as_coach.get(reverse("admin:bookings_calltype_change", args=[call_type.pk])))
    for said in (
        "Bij ‘de bezoeker belt jou’.",
        "Bij ‘altijd via dezelfde link’.",
        "Bij een adres of eigen woorden, voor wie Nederlands leest.",
        "1 week vooraf",
        "15 minuten vooraf",
    ):
        assert said in page
    assert "hidden" not in str(BeautifulSoup(page, "html.parser").select_one(".field-location_phone").attrs)
