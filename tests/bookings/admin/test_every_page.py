"""Every page of the admin: it opens, keeps the content policy, and says nothing it should not."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from assessments.models import Scan
from bookings.models import BlockedTime, DateOverride, Host, OverrideWindow
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.leads.sequences import runs
from tests.addresses.test_every_address import HEADERS, POLICY, policy_of
from tests.assessments import demo
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.every_page import OWN_SITE, Opened
from tests.factories.bookings import (
    BusyTimeFactory,
    CalendarSourceFactory,
    OfferFactory,
)
from tests.factories.mail import OutboundEmailFactory
from tests.factories.sequences import StepFactory

pytestmark = pytest.mark.django_db


def test_every_page_opens_and_keeps_the_content_policy(every_page: list[Opened]) -> None:
    opened = 0
    for page in every_page:
        path, soup = page.path, page.soup
        assert page.status in (200, 302, 403, 409), path
        assert policy_of(page.headers) == POLICY, path
        assert {name: page.headers.get(name) for name in HEADERS} == HEADERS, path
        if page.status != 200:
            continue
        opened += 1
        inline = [
            tag for tag in soup.find_all("script") if not tag.get("src") and "json" not in tag.get("type", "")
        ]
        assert inline == [], path
        assert soup.find_all("style") == [], path
        for tag in soup.find_all(True):
            assert "style" not in tag.attrs, (path, tag)
            assert not [name for name in tag.attrs if name.startswith("on")], (path, tag)
        assert page.headers["Cache-Control"] == "no-store"
    assert opened > 30


def test_markup_that_people_typed_is_shown_as_text(every_page: list[Opened]) -> None:
    seen = 0
    for page in every_page:
        assert "<script>alert" not in page.body, page.path
        assert "<img src=x" not in page.body, page.path
        seen += "&lt;script&gt;alert" in page.body
    assert seen >= 10


def test_no_page_shows_an_answer(every_page: list[Opened]) -> None:
    """Not the stored document, not an item by its id, not the words of one."""
    items = {item.id: item.text for key in demo.instrument().keys for item in key.items}
    ids = re.compile(rf"\b(?:{'|'.join(map(re.escape, items))})\b")
    answers = json.dumps(demo.answers(demo.NOW))[:40]
    for page in every_page:
        assert answers not in page.body, page.path
        assert not ids.search(page.body), page.path
        shown = [text for text in items.values() if text in page.body]
        own_site = page.path == reverse(OWN_SITE)
        assert shown == ([demo.instrument().items[0].text] if own_site else []), page.path


def test_scans_are_not_in_the_admin() -> None:
    registered = {model._meta.label for model in admin.site._registry}
    assert registered == {
        "accounts.User",
        "assessments.Instrument",
        "bookings.BlockedTime",
        "bookings.Booking",
        "bookings.CalendarSource",
        "bookings.CallType",
        "bookings.DateOverride",
        "bookings.Host",
        "bookings.Offer",
        "bookings.WaitlistEntry",
        "funnel.Tally",
        "leads.ConsentEvent",
        "leads.Lead",
        "leads.LeadEvent",
        "mail.OutboundEmail",
        "mail.RefusedAddress",
        "numbers.Figures",
        "practice.Practice",
        "sequences.Sequence",
        "webhook.Webhook",
    }


@pytest.mark.parametrize("path", ["admin:bookings_booking_changelist", "admin:index"])
def test_first_page_and_calls_open_without_an_instrument(as_superuser: Client, path: str) -> None:
    from assessments.models import Instrument

    Instrument.objects.all().delete()
    assert as_superuser.get(reverse(path)).status_code == 200


LISTS = [
    "bookings_booking",
    "bookings_blockedtime",
    "bookings_calendarsource",
    "bookings_dateoverride",
    "bookings_offer",
    "bookings_waitlistentry",
    "leads_lead",
    "leads_leadevent",
    "leads_consentevent",
    "mail_outboundemail",
    "sequences_sequence",
    "accounts_user",
]


def one_more(number: int, host: Host, book: Book) -> None:
    """One more row on every list."""
    lead = leads.contact(f"p{number}@voorbeeld.nl", name="Iemand")
    leads.record(lead, "scan.completed")
    leads.give_consent(lead, purpose="tips", language="nl", method="code")
    book(at(number + 1, 10), email=lead.email)
    OutboundEmailFactory()
    override = DateOverride.objects.create(host=host, on=(at(20, 0) + timedelta(days=number)).date())
    OverrideWindow.objects.create(override=override, start_time="10:00", end_time="12:00")
    BlockedTime.objects.create(host=host, period=(at(number, 18), at(number, 19)))
    OfferFactory(call_type=host.call_types.first(), starts=[at(number + 7, 10)])
    BusyTimeFactory(source=CalendarSourceFactory(host=host, last_good_at=at(-2, 9)))
    runs.begin(StepFactory().sequence, lead, {})


@pytest.mark.parametrize("name", [*LISTS, "index"])
def test_a_list_asks_as_often_with_one_row_as_with_three(
    name: str,
    as_superuser: Client,
    host: Host,
    book: Book,
    monday: Any,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    path = reverse("admin:index" if name == "index" else f"admin:{name}_changelist")
    one_more(0, host, book)
    as_superuser.get(path)
    with django_assert_max_num_queries(22) as few:
        as_superuser.get(path)
    one_more(1, host, book)
    one_more(2, host, book)
    with django_assert_num_queries(len(few)):
        response = as_superuser.get(path)
    assert response.status_code == 200


def test_timeline_is_in_words(full_house: Scan, as_superuser: Client) -> None:
    lead = Lead.objects.get(email="sanne@voorbeeld.nl")
    body = as_superuser.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()
    assert "Boekte een impactcall op do 26 nov 2026, 09:45" in body
    assert "Maakte een scan af" in body
