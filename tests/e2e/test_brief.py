"""Before a call its brief, one sheet however much there is; after it what was agreed, up to the leader's account."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from bookings.models import Booking
from portal.accounts.models import User
from portal.common import times
from tests.bookings.people import mail
from tests.browsers import as_member
from tests.e2e.desk import signed_in
from tests.factories.assessments import CompletedScanFactory
from tests.factories.bookings import BookingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]
WORDS = "Ik laat het maandagoverleg los.\nVóór 1 januari."


def admin_path(booking: Booking, name: str) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])


def days_ago(call: Booking, days: int, **fields: object) -> Booking:
    start = (times.now() - timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)
    person = {"name": call.name, "email": call.email, "user": call.user}
    return BookingFactory(call_type=call.call_type, start=start, **(person | fields))


def sheets(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("prefix", ["/", "/en/"])
@pytest.mark.parametrize(
    "agreed", ["Ik blijf weg uit het overleg, ook als het spannend wordt. " * 20, "Een stap.\n" * 15]
)
def test_the_brief_is_one_sheet_of_paper_with_all_that_fits_in_it(
    open_browser: Open, site: str, call: Booking, prefix: str, agreed: str
) -> None:
    before = CompletedScanFactory(user=call.user, days_ago=90)
    assert before.overall is not None
    remark = ("Ik trek bij spanning alles naar me toe, en dan wordt het stil. " * 16)[:1000]
    topics = [
        "naming",
        "letting-go",
        "steady",
        "clear",
        "self-honesty",
        "discomfort",
        "courage",
        "open",
        "advance",
    ]
    Booking.objects.filter(pk=call.pk).update(remark=remark, topics=topics)
    days_ago(call, 20, status="completed", agreed=agreed[:1000].strip())
    for days in (30, 40, 50, 60, 70):
        days_ago(call, days, status="no_show")
    page = signed_in(open_browser, site, 1280)
    page.goto(admin_path(call, "brief").replace("/beheer/", f"{prefix}beheer/".replace("//", "/")))
    page.evaluate("document.fonts.ready")
    assert sheets(page) == 1
    page.emulate_media(media="print")
    for hidden in ("#header", "#nav-sidebar", ".breadcrumbs", "[data-print]"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".brief .opening")).to_be_visible()


def test_from_the_end_of_a_call_to_the_account_of_the_leader(
    open_browser: Open, site: str, call: Booking
) -> None:
    past = days_ago(call, 2)
    page = signed_in(open_browser, site, 320)
    page.goto(admin_path(past, "close"))
    page.get_by_role("button", name="Gesproken").click()
    page.wait_for_url(f"**{admin_path(past, 'agreed')}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Wat is afgesproken").fill("Zie https://voorbeeld.nl")
    page.get_by_role("button", name="Bewaar en mail het").click()
    expect(page.get_by_role("alert")).to_have_text(
        "Er is niets bewaard of gemaild. Wat je typte, staat er nog."
    )
    expect(page.get_by_label("Wat is afgesproken")).to_have_value("Zie https://voorbeeld.nl")
    page.get_by_label("Wat is afgesproken").fill(WORDS)
    page.get_by_role("button", name="Bewaar en mail het").click()
    page.wait_for_url(f"**{admin_path(past, 'change')}")
    expect(page.get_by_role("status")).to_contain_text("Bewaard. Sanne Vermeer krijgt het per mail.")
    assert WORDS in mail("agreed").text
    page.goto(admin_path(call, "brief"))
    expect(page.locator("[aria-labelledby=brief-agreed]")).to_contain_text("Ik laat het maandagoverleg los.")
    own = account_of(call.user, open_browser, site)
    expect(own.locator(".own-words")).to_contain_text("Ik laat het maandagoverleg los.")
    assert own.evaluate("document.documentElement.scrollWidth") <= 320


def account_of(user: User | None, open_browser: Open, site: str) -> Page:
    assert user is not None
    client = as_member(user)
    page = open_browser(viewport={"width": 320, "height": 900})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    page.goto(reverse("accounts:account"))
    return page
