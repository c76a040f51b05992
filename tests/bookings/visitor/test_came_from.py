"""How somebody came goes along to a call too: signed, without a cookie, from the first page to the contact."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from portal.common import came_from, times
from portal.leads import services as leads
from portal.leads.models import Lead
from tests.bookings.browsing import confirm, filled_in, starts_on, type_code
from tests.factories.assessments import InstrumentFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("call_type")]
SLOTS = "/impactcall/"


@pytest.fixture(autouse=True)
def _instrument() -> None:
    InstrumentFactory()


def soup(browser: Client, path: str) -> BeautifulSoup:
    response = browser.get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def hold(browser: Client, path: str) -> None:
    """Choose a time on that page, with all that its form holds."""
    page = soup(browser, path)
    form = page.select_one("form[data-choice]")
    hidden = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    start = [field["value"] for field in page.select("input[name=start][type=radio]")][6]
    assert browser.post(reverse("bookings:hold"), hidden | {"start": start}).status_code == 302


def touches(lead: Lead) -> list[dict[str, str]]:
    both = (lead.first_touch, lead.last_touch)
    return [{name: words for name, words in touch.items() if name != "at"} for touch in both]


def test_who_comes_by_a_link_and_books_without_a_scan_is_known_to_come_by_it(
    visitor: Client, clock: Any
) -> None:
    hold(visitor, f"{SLOTS}?van=blog&utm_campaign=herfst")
    confirm(visitor, clock)
    type_code(visitor)
    lead = Lead.objects.get()
    assert touches(lead) == [{"van": "blog", "utm_campaign": "herfst"}] * 2
    assert lead.source == "blog"


def test_so_is_a_member_who_books_at_once(visitor: Client, clock: Any) -> None:
    user = UserFactory()
    visitor.force_login(user)
    hold(visitor, f"{SLOTS}?utm_source=nieuwsbrief")
    confirm(visitor, clock)
    assert Lead.objects.get(user=user).source == "nieuwsbrief"


@pytest.mark.parametrize("path", ["/", "/sleutels/", "/en/"])
def test_it_goes_along_from_other_pages_by_our_own_links(path: str, visitor: Client, clock: Any) -> None:
    page = soup(visitor, f"{path}?van=blog")
    link = page.select_one(".main-menu a[href*='impact']")["href"]
    hold(visitor, link)
    confirm(visitor, clock)
    type_code(visitor)
    assert Lead.objects.get().source == "blog"


def test_looking_at_other_days_or_by_another_clock_loses_nothing(visitor: Client) -> None:
    page = soup(visitor, f"{SLOTS}?van=blog")
    ways = [link["href"] for link in page.select("main a[href*='from='], main a[href*='/tijdzone/']")]
    assert ways
    for link in ways:
        assert came_from.read(link.partition("via=")[2].partition("#")[0]) == {"van": "blog"}, link
    zone = soup(visitor, next(link for link in ways if "/tijdzone/" in link))
    field = zone.select_one("form[method=get] input[name=came_from]")["value"]
    back = soup(visitor, f"{SLOTS}?zone=Asia/Tokyo&came_from={field}")
    assert came_from.read(back.select_one("form input[name=came_from]")["value"]) == {"van": "blog"}


def test_a_page_that_is_kept_holds_nothing_of_it(kept_pages: Any, clock: Any) -> None:
    first, second = soup(Client(), f"{SLOTS}?van=zeldzaam"), soup(Client(), SLOTS)
    assert first.select_one("input[name=came_from]")["value"]
    assert second.select_one("input[name=came_from]")["value"] == ""
    assert "via=" not in str(second)
    assert "zeldzaam" not in repr(
        [kept_pages.get(key.removeprefix(":1:")) for key in list(kept_pages._cache)]
    )


def test_a_look_at_free_times_keeps_nothing(visitor: Client) -> None:
    response = visitor.get(f"{SLOTS}?van=blog")
    assert "sessionid" not in response.cookies


def test_what_was_altered_or_is_older_than_a_day_is_nothing(visitor: Client, clock: Any) -> None:
    start = starts_on(visitor.get(SLOTS))[6]
    signed = came_from.token({"van": "blog"})
    visitor.post(reverse("bookings:hold"), {"start": start, "came_from": signed[:-1] + "x"})
    assert "came_from" not in visitor.session["booking"]
    visitor.post(reverse("bookings:hold"), {"start": start, "came_from": signed})
    clock.shift(came_from.LIFE + timedelta(minutes=1))
    visitor.post(reverse("bookings:confirm"), filled_in(visitor, clock))
    type_code(visitor)
    assert Lead.objects.get().first_touch == {}


def test_going_on_from_a_scan_to_a_call_is_one_coming(visitor: Client, clock: Any) -> None:
    lead = leads.contact("sanne@voorbeeld.nl")
    leads.touch(lead, {"van": "blog"}, at=times.now())
    before = Lead.objects.get().last_touch
    clock.shift(timedelta(hours=1))
    hold(visitor, f"{SLOTS}?van=blog")
    confirm(visitor, clock)
    type_code(visitor)
    assert Lead.objects.get().last_touch == before


def test_the_first_way_stays_and_another_becomes_the_last(visitor: Client, clock: Any) -> None:
    leads.touch(leads.contact("sanne@voorbeeld.nl"), {"van": "linkedin"}, at=times.now() - timedelta(days=9))
    hold(visitor, f"{SLOTS}?van=blog")
    confirm(visitor, clock)
    type_code(visitor)
    assert touches(Lead.objects.get()) == [{"van": "linkedin"}, {"van": "blog"}]
    assert Lead.objects.get().source == "linkedin"
