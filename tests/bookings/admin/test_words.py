"""The words of every page of the admin: no code, no name twice, no nameless link, and Django's own in our voice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import django
import polib
import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments.models import Scan
from bookings.models import Booking, Host
from portal.leads import services as leads
from portal.leads.consent import METHODS
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.every_page import Opened
from tests.bookings.admin.week.looking import text

pytestmark = pytest.mark.django_db
CODE = re.compile(
    r"\b(call\.\w+|scan\.\w+|stage\.\w+|bookings/\w+|accounts/\w+|team-trust-self-scan|impact-call|[0-9a-f]{32,}"
    r"|booking form|mailed code|Public id|sha256|Breadcrumbs)\b"
)


def shown(every_page: list[Opened]) -> list[tuple[str, BeautifulSoup]]:
    pages = [(page.path, page.soup) for page in every_page if page.status in (200, 409)]
    assert len(pages) > 60
    return pages


def test_every_page_says_it_in_words_names_its_links_and_its_way_once(
    every_page: list[Opened],
) -> None:
    for path, page in shown(every_page):
        for exact in page.select("#content :is(code, pre)"):  # what another program reads
            exact.decompose()
        said = [page.select_one("#content"), page.title, *page.select(".breadcrumbs")]
        assert not [code for part in said for code in CODE.findall(text(part))], path
        nameless = [
            link for link in page.select("a[href]:not([aria-hidden])") if not re.search(r"\w", text(link))
        ]
        assert [link for link in nameless if not (link.get("aria-label") or link.get("title"))] == [], path
        crumbs = [text(link) for link in page.select(".breadcrumbs a")]
        assert len(crumbs) == len(set(crumbs)), path
        assert not [link for link in page.select(".breadcrumbs a") if "/app/" in link["href"]], path
        assert [image for image in page.select("img") if image.get("alt") == "Search"] == [], path


def test_a_language_is_said_in_words_on_every_page_of_a_row(every_page: list[Opened]) -> None:
    rows = 0
    for _path, page in shown(every_page):
        for field in page.select(".field-language .readonly, .field-in_language .readonly"):
            rows += 1
            assert text(field) in ("Nederlands", "Engels")
    assert rows >= 4


@pytest.mark.parametrize("name", ["leads_leadevent", "leads_consentevent"])
def test_a_filter_of_what_happened_is_in_words_and_finds(
    full_house: Scan,
    as_superuser: Client,
    name: str,
) -> None:
    leads.give_consent(leads.contact("noor@voorbeeld.nl"), purpose="tips", language="nl", method="code")
    path = reverse(f"admin:{name}_changelist")
    page = BeautifulSoup(as_superuser.get(path).content, "html.parser")
    link = page.select_one("#changelist-filter li:not(.selected) a")
    assert not CODE.search(text(page.select_one("#changelist-filter")))
    found = BeautifulSoup(as_superuser.get(path + link["href"]).content, "html.parser")
    assert 0 < len(found.select("#result_list tbody tr")) < len(page.select("#result_list tbody tr")) + 1


def test_every_way_to_say_yes_or_no_has_its_words() -> None:
    sources = [path.read_text() for folder in ("portal", "bookings") for path in Path(folder).rglob("*.py")]
    used = {name for source in sources for name in re.findall(r'\bmethod="([a-z ]{6,})"', source)}
    assert "booking form" in used
    assert used <= set(METHODS)


def test_a_zone_is_said_above_a_list_and_in_its_rows_only_when_coaches_differ(
    as_superuser: Client, host: Host, book: Book
) -> None:
    book(at(3, 10))
    path = reverse("admin:bookings_booking_changelist")
    page = BeautifulSoup(as_superuser.get(path).content, "html.parser")
    assert text(page.select_one("#content")).count("Nederlandse tijd") == 1
    Host.objects.create(name="Ana", email="ana@voorbeeld.nl", slug="ana", time_zone="America/New_York")
    page = BeautifulSoup(as_superuser.get(path).content, "html.parser")
    assert [text(cell) for cell in page.select("td.field-zone")] == ["Nederlandse tijd"]


def test_a_call_without_a_name_says_whose_it_was_or_that_it_is_held(
    as_superuser: Client, book: Book, monday: Any
) -> None:
    erased = book(at(-3, 10), name="", email="", status="completed")
    held = book(at(3, 10), name="", status="held", expires_at=at(0, 11), confirmed_at=None)
    assert (erased.who, held.who) == ("Iemand (gewist)", "Vastgehouden")
    for booking in (erased, held):
        page = as_superuser.get(reverse("admin:bookings_booking_change", args=[booking.pk]))
        assert text(BeautifulSoup(page.content, "html.parser").h1) == booking.who
    assert Booking(name="Sanne").who == "Sanne"


def test_the_page_of_an_app_lists_its_pages(as_superuser: Client, host: Host) -> None:
    page = BeautifulSoup(as_superuser.get("/beheer/bookings/").content, "html.parser")
    assert len(page.select("#content a")) == 8


def test_deleting_asks_in_our_words_and_names_what_goes_with_it(every_page: list[Opened]) -> None:
    asked = 0
    for path, page in shown(every_page):
        if path.endswith("/delete/") and page.select("form.bar"):
            asked += 1
            assert [text(one) for one in page.select("form.bar .btn")][-1] == "Laat het zo", path
            assert "Samenvatting" not in text(page.select_one("#content")), path
    assert asked >= 3


def test_django_never_says_u() -> None:
    """All of its Dutch that is polite is said otherwise here; but of pages that we do not have."""
    folder = Path(django.__file__).parent / "contrib" / "admin" / "locale" / "nl" / "LC_MESSAGES"
    absent = re.compile(
        r"password|username|receive an email|database installation|authenticated as|error\. It’s been"
        r"|would result in deleting|Are you sure you want to delete"
    )
    with translation.override("nl"):
        for entry in polib.pofile(str(folder / "django.po")):
            if re.search(r"\b[Uu]w?\b", entry.msgstr) and not absent.search(entry.msgid):
                assert not re.search(r"\b[Uu]w?\b", translation.gettext(entry.msgid)), entry.msgid


def test_each_registered_model_has_its_list_under_its_own_name(
    full_house: Scan,
    as_superuser: Client,
) -> None:
    for model in admin.site._registry:
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        page = BeautifulSoup(as_superuser.get(path).content, "html.parser")
        assert text(page.title).startswith(text(page.h1)), path
