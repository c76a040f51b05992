"""Finding somebody: the list with its filters and its file, the search of every page, and a call for a contact."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from portal.accounts.models import User
from portal.common import sight, spreadsheet
from portal.leads import notes
from portal.leads import services as leads
from portal.leads.models import Lead, LeadEvent
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.looking import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "host")]
LIST, EXPORT, SEARCH = "/beheer/leads/lead/", "/beheer/leads/lead/export/", "/beheer/search/"
NEW = "/beheer/bookings/booking/new/"


def soup(response: Any) -> Any:
    return BeautifulSoup(response.content, "html.parser")


def names(client: Client, query: str) -> set[str]:
    return {
        text(row.select_one(".field-who")).split(",")[0]
        for row in soup(client.get(LIST + query)).select("#result_list tbody tr")
    }


@pytest.fixture
def people(clock: Any) -> None:
    """Four, each of whom another filter finds."""
    due, ahead, heard, long_ago = (leads.contact(f"{name.lower()}@voorbeeld.nl", name=name) for name in
                                   ("Due", "Ahead", "Heard", "Longago"))  # fmt: skip
    Lead.objects.filter(pk=due.pk).update(next_step="Nabellen", next_step_on=date(2026, 11, 23))
    Lead.objects.filter(pk=ahead.pk).update(next_step="Nabellen", next_step_on=date(2026, 11, 24))
    leads.touch(due, {"van": "Blog"}, at=clock_now())
    leads.record(heard, "scan.completed")
    leads.record(long_ago, "scan.completed")
    LeadEvent.objects.filter(lead=long_ago).update(created_at=clock_now() - timedelta(days=31))


def clock_now() -> Any:
    return at(0, 10)


# ---- the list -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?step=due", {"Due"}),
        ("?step=ahead", {"Ahead"}),
        ("?step=none", {"Heard", "Longago"}),
        ("?heard=7", {"Heard"}),
        ("?heard=30", {"Heard"}),
        ("?heard=before", {"Longago"}),
        ("?heard=never", {"Due", "Ahead"}),
        ("?source=blog", {"Due"}),
        ("?source=-", {"Ahead", "Heard", "Longago"}),
        ("?source=zomaar", set()),
        ("?step=%00&heard=zomaar", {"Due", "Ahead", "Heard", "Longago"}),
    ],
)
@pytest.mark.usefixtures("people")
def test_filters_of_the_list(as_coach: Client, query: str, expected: set[str]) -> None:
    assert names(as_coach, query) == expected


@pytest.mark.usefixtures("people")
def test_the_file_holds_what_the_list_shows(as_coach: Client) -> None:
    link = soup(as_coach.get(f"{LIST}?step=due")).select_one(".object-tools a")["href"]
    assert link == f"{EXPORT}?step=due"
    response: Any = as_coach.get(link)
    assert response.headers["Content-Disposition"] == 'attachment; filename="contacten.csv"'
    assert response.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert rows == [
        [
            "Naam",
            "E-mailadres",
            "Fase",
            "Taal",
            "Eerst gezien",
            "Laatste contact",
            "Volgende stap",
            "Op",
            "Bron",
        ],
        ["Due", "due@voorbeeld.nl", "nieuw", "nl", "2026-11-23", "", "Nabellen", "2026-11-23", "blog"],
    ]


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", '=HYPERLINK("x")']
)
def test_no_spreadsheet_runs_what_people_typed(as_coach: Client, formula: str) -> None:
    """T14: in the file it is text, whichever column it stands in."""
    stored = formula.replace("\0", "")
    Lead.objects.create(
        email="a@voorbeeld.nl", name=stored, next_step=stored, next_step_on=date(2026, 11, 23), source=stored
    )
    sent: Any = as_coach.get(EXPORT)
    row = list(csv.reader(io.StringIO(sent.getvalue().decode("utf-8-sig"), newline="")))[1]
    assert {row[0], row[6], row[8]} == {f"'{stored}"}
    assert spreadsheet.safe(formula) == f"'{formula}"


@pytest.mark.parametrize("words", ["Jan;=1+1", "Jan; +1", 'Jan;"=1', "Jan;-1", "Jan;@SUM(A1)"])
def test_no_spreadsheet_that_splits_at_semicolons_runs_it_either(words: str) -> None:
    cells = csv.reader(io.StringIO("".join(spreadsheet._lines([[words]])).lstrip("\ufeff")), delimiter=";")
    assert not [cell for cell in next(cells) if cell.strip(' "').startswith(spreadsheet.DANGEROUS)]


def test_ordinary_words_are_left_as_they_are() -> None:
    for words in ("Jansen, Piet", 'zei "ja"', "1-2", "a=b", "nu; straks", "twee\nregels", ""):
        assert spreadsheet.safe(words) == words
    told = "".join(spreadsheet._lines([["Jansen, Piet", 'zei "ja"']]))
    assert list(csv.reader(io.StringIO(told.lstrip("\ufeff")))) == [["Jansen, Piet", 'zei "ja"']]


@pytest.mark.parametrize("count", [1, 3])
def test_the_file_asks_as_often_for_one_as_for_three(
    as_coach: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        leads.record(leads.contact(f"p{number}@voorbeeld.nl"), "scan.completed")
    as_coach.get(EXPORT)
    with django_assert_num_queries(8):
        response: Any = as_coach.get(EXPORT)
        assert len(response.getvalue().splitlines()) == count + 1


# ---- the search of every page -----------------------------------------------------------------------------
def found(client: Client, query: str) -> dict[str, list[str]]:
    page = soup(client.get(SEARCH, {"q": query}))
    return {
        text(part.h2): [text(hit) for hit in part.select("li")] for part in page.select("#content section")
    }


def test_people_calls_and_notes_are_found_from_every_page(as_coach: Client, coach: User, book: Book) -> None:
    lead = leads.contact("noor@voorbeeld.nl", name="Noor Aydin")
    note = notes.write_note(lead, "Haar team in Zwolle groeit.", by=coach, key="2" * 24)
    call = book(at(3, 10), name="Noor Aydin", email="noor@voorbeeld.nl", remark="Over Zwolle.")
    book(at(4, 10), name="Noor Aydin", status="held", expires_at=at(0, 11), confirmed_at=None)
    for path in ("/beheer/", LIST, reverse("admin:bookings_booking_week")):
        form = soup(as_coach.get(path)).select_one("form.find")
        assert (form["action"], form.select_one("input")["name"]) == (SEARCH, "q")
    assert found(as_coach, "aydin NOOR") == {
        "Contacten": ["Noor Aydin noor@voorbeeld.nl, nieuw"],
        "Impactcalls": ["Noor Aydin, do 26 nov 2026, 10:00 bevestigd"],
        "Notities": ["Niets gevonden."][:0],
    }
    assert found(as_coach, "zwolle")["Notities"] == ["Noor Aydin Haar team in Zwolle groeit."]
    assert len(found(as_coach, "zwolle")["Impactcalls"]) == 1
    paths = {a["href"] for a in soup(as_coach.get(SEARCH, {"q": "zwolle"})).select("#content li a")}
    assert paths == {
        reverse("admin:leads_lead_note", args=[lead.pk, note.public_id]),
        reverse("admin:bookings_booking_change", args=[call.pk]),
    }


@pytest.mark.parametrize("query", ["", "  ", "\0", "%", "_", "'; DROP", "x" * 10_000, "<script>", "(a+)+$"])
def test_whatever_is_looked_for_the_page_opens(as_coach: Client, query: str) -> None:
    response = as_coach.get(SEARCH, {"q": query})
    assert response.status_code == 200
    assert b"<script>" not in response.content


def test_a_search_finds_nothing_of_who_objects_or_works_here(as_coach: Client, coach: User) -> None:
    lead = leads.contact("noor@voorbeeld.nl", name="Noor Aydin")
    notes.write_note(lead, "Zwolle.", by=coach, key="2" * 24)
    Lead.objects.update(objected_at=clock_now())
    leads.contact(coach.email, name="Mila de Coach")
    assert not any(found(as_coach, "noor").values())
    assert not any(found(as_coach, "zwolle").values())
    assert not any(found(as_coach, "mila").values())


def test_who_sees_no_contacts_finds_none(book: Book, coach: User) -> None:
    notes.write_note(leads.contact("noor@voorbeeld.nl", name="Noor Aydin"), "Noor.", by=coach, key="2" * 24)
    book(at(3, 10), name="Noor Aydin", email="noor@voorbeeld.nl")
    user = User.objects.create_user("hulp@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_booking", "see_practice"]))
    told = found(browser_of(user), "noor")
    assert (told["Contacten"], told["Notities"], len(told["Impactcalls"])) == ([], [], 1)


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_asks_as_often_for_one_as_for_three(
    as_coach: Client, coach: User, book: Book, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        lead = leads.contact(f"noor{number}@voorbeeld.nl", name="Noor")
        notes.write_note(lead, "Noor belde.", by=coach, key=str(number + 2) * 24)
        book(at(number + 1, 10), name="Noor", email=lead.email)
    as_coach.get(SEARCH, {"q": "noor"})
    with django_assert_num_queries(7):
        as_coach.get(SEARCH, {"q": "noor"})


# ---- one function says what may be seen -------------------------------------------------------------------
def test_every_list_page_search_and_file_asks_the_one_function(
    as_coach: Client, coach: User, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Narrowed to nothing there, nothing is left anywhere."""
    lead = leads.contact("noor@voorbeeld.nl", name="Noor Aydin")
    Lead.objects.update(next_step="Nabellen", next_step_on=date(2026, 11, 23))
    notes.write_note(lead, "Zwolle.", by=coach, key="2" * 24)
    seen = [LIST, EXPORT, f"{SEARCH}?q=noor", "/beheer/", f"{NEW}?contact={lead.public_id}",
            reverse("admin:leads_lead_change", args=[lead.pk]),
            reverse("admin:leads_lead_note", args=[lead.pk, "2" * 24]),
            reverse("admin:accounts_user_copy_of_contact", args=[lead.pk])]  # fmt: skip
    for path in seen:
        assert "Noor Aydin" in words_at(as_coach, path), path
    monkeypatch.setattr(sight, "may_see", lambda viewer, rows: rows.none())
    for path in seen:
        assert "Noor Aydin" not in words_at(as_coach, path), path


def words_at(client: Client, path: str) -> str:
    response: Any = client.get(path)
    return str(response.getvalue().decode())


# ---- a call for somebody --------------------------------------------------------------------------------
def test_a_contacts_page_leads_to_a_call_that_is_filled_in(as_coach: Client) -> None:
    lead = leads.contact("noor@voorbeeld.nl", name="Noor Aydin", language="en")
    page = soup(as_coach.get(reverse("admin:leads_lead_change", args=[lead.pk])))
    link = next(a["href"] for a in page.select("a.btn") if text(a) == "Plan een gesprek")
    form = soup(as_coach.get(link))
    assert form.select_one("[name=name]")["value"] == "Noor Aydin"
    assert form.select_one("[name=email]")["value"] == "noor@voorbeeld.nl"
    assert form.select_one("[name=language] [selected]")["value"] == "en"


def test_a_contact_is_found_and_chosen_on_the_form_and_nothing_typed_is_lost(as_coach: Client) -> None:
    leads.contact("noor@voorbeeld.nl", name="Noor Aydin")
    leads.contact("bas@voorbeeld.nl", name="Bas")
    sent = {"find": "aydin noor", "remark": "Belde net.", "show": "1"}
    page = soup(as_coach.post(NEW, sent))
    (button,) = page.select("[name=contact]")
    assert text(button) == "Noor Aydin, noor@voorbeeld.nl"
    chosen = soup(as_coach.post(NEW, {"remark": "Belde net.", "name": "N", "contact": button["value"]}))
    assert chosen.select_one("[name=email]")["value"] == "noor@voorbeeld.nl"
    assert chosen.select_one("[name=name]")["value"] == "Noor Aydin"
    assert chosen.select_one("[name=remark]").text.strip() == "Belde net."
    assert not Booking.objects.exists()


@pytest.mark.parametrize("public_id", ["", "x", "2" * 24, "\0" * 24, "x" * 9000])
def test_a_contact_that_is_nobody_leaves_the_form_empty(as_coach: Client, public_id: str) -> None:
    page = soup(as_coach.get(NEW, {"contact": public_id}))
    assert page.select_one("[name=email]").get("value", "") == ""


def test_looking_for_nobody_says_so(as_coach: Client) -> None:
    page = soup(as_coach.post(NEW, {"find": "zomaar\0iemand", "show": "1"}))
    assert (
        text(page.select_one(".known-people"))
        == "Geen contact met die naam of dat adres. Vul het hieronder in."
    )
