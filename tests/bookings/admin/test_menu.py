"""The menu of the admin: at the side, folded away, and at the foot of a narrow screen."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.models import Host
from portal.accounts.models import User
from tests.bookings.admin.conftest import browser_of
from tests.bookings.admin.week.looking import WEEK, text

pytestmark = pytest.mark.django_db
TODAY, FOLD = "/beheer/", "/beheer/menu/"


def page_of(client: Client, path: str = TODAY) -> BeautifulSoup:
    return BeautifulSoup(client.get(path).content, "html.parser")


def test_the_menu_folds_away_and_stays_so_on_every_page(as_coach: Client, host: Host) -> None:
    page = page_of(as_coach, f"{WEEK}?day=2026-12-09&weekend=yes")
    form = page.select_one(".admin-menu form.fold")
    assert text(form.button) == "Klap het menu in"
    sent = {field["name"]: field["value"] for field in form.select("input[name], button[name]")}
    response = as_coach.post(form["action"], sent)
    assert response.headers["Location"] == f"{WEEK}?day=2026-12-09&weekend=yes"
    for path in (WEEK, TODAY, reverse("admin:leads_lead_changelist")):
        folded = page_of(as_coach, path)
        assert folded.select(".side.is-folded")
        assert text(folded.select_one("form.fold button")) == "Laat het menu staan"
        assert folded.select(".side-open[popovertarget=admin-menu]")
    as_coach.post(FOLD, {"menu": "stand"})
    assert not page_of(as_coach).select(".side.is-folded")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "x"]
)
def test_folding_leads_nowhere_else(as_coach: Client, target: str) -> None:
    assert as_coach.post(FOLD, {"menu": "fold", "next": target}).headers["Location"] == TODAY


def test_only_a_press_of_whoever_is_inside_folds(as_coach: Client, visitor: Client) -> None:
    assert as_coach.get(FOLD).status_code == 405
    assert as_coach.post(FOLD, {"menu": "onzin"}).status_code == 302
    assert not page_of(as_coach).select(".side.is-folded")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = as_coach.cookies
    assert strict.post(FOLD, {"menu": "fold"}).status_code == 403
    assert visitor.post(FOLD, {"menu": "fold"}).headers["Location"].startswith("/inloggen/")


def test_the_foot_of_a_narrow_screen_has_what_one_needs_most(as_coach: Client) -> None:
    for path in (TODAY, WEEK):
        foot = page_of(as_coach, path).select_one("nav.foot-bar")
        links = {text(one): one["href"] for one in foot.select("a")}
        assert links == {
            "Vandaag": TODAY,
            "Week": WEEK,
            "Nieuw gesprek": reverse("admin:bookings_booking_new"),
            "Contacten": reverse("admin:leads_lead_changelist"),
        }
        assert foot.select_one("[aria-current=page]")["href"] == path
        assert foot.button["popovertarget"] == "admin-menu"


def test_the_foot_offers_only_what_one_may(host: Host) -> None:
    nobody = browser_of(User.objects.create_user("nieuw@voorbeeld.nl", is_staff=True))
    assert [text(one) for one in page_of(nobody).select(".foot-bar a")] == ["Vandaag"]


def test_the_pages_are_listed_once(as_coach: Client) -> None:
    assert len(page_of(as_coach).select(f"a[href='{reverse('admin:bookings_dateoverride_closed')}']")) == 1
