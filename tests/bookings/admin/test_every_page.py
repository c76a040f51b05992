"""Every page of the admin: it opens, keeps the content policy, and says nothing it should not."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from assessments.models import Scan
from bookings.models import BlockedTime, Booking, DateOverride, Host, OverrideWindow
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.leads.sequences import runs
from portal.leads.sequences.models import Run, Step
from portal.mail.models import OutboundEmail
from portal.webhook.models import Webhook
from tests.assessments import demo
from tests.bookings.admin.conftest import Book, at
from tests.factories.bookings import (
    BusyTimeFactory,
    CalendarSourceFactory,
    OfferFactory,
)
from tests.factories.mail import OutboundEmailFactory
from tests.factories.sequences import StepFactory

pytestmark = pytest.mark.django_db


OWN_SITE = "admin:assessments_own_site"  # has the first statement to copy, and nobody's answer


def all_pages() -> list[str]:
    """Every list, add and change page there is, the pages about calls, and the way in."""
    paths = [reverse("admin:index"), reverse("admin:bookings_booking_week")]
    paths += [f"{paths[1]}?day=2026-11-{day}{view}" for day in (16, 25, 26, 27) for view in ("", "&view=day")]
    host = Host.objects.order_by("pk").first()
    paths += [
        reverse("admin:bookings_booking_new"),
        f"{reverse('admin:bookings_booking_changelist')}?when=all",
    ]
    for moment in ("on=2026-11-26&at=09:45", "on=2026-11-25&at=11:00"):
        paths.append(f"{reverse('admin:bookings_booking_new')}?{moment}")
    if host:
        empty = {"host": host.slug, "on": "2026-11-26", "from": "13:30"}
        paths.append(f"{reverse('admin:bookings_booking_empty')}?{urlencode(empty)}")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        for row in model._default_manager.all()[:5]:
            paths += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "delete", "history")]
        paths.append(reverse("admin:app_list", args=[model._meta.app_label]))
    paths.append(reverse(OWN_SITE))
    paths += [reverse("admin:bookings_booking_outside"), reverse("admin:bookings_dateoverride_holidays")]
    paths += [reverse("admin:sequences_sequence_run", args=[run.pk]) for run in Run.objects.all()]
    paths.append(reverse("admin:sequences_sequence_paragraph", args=["no-show"]))
    paths += [reverse(f"admin:practice_practice_{page}", args=["call"]) for page in ("text", "original")]
    paths.append(reverse("admin:practice_practice_portrait"))
    for step in Step.objects.all():
        where = [step.sequence_id, step.pk]
        paths += [reverse(f"admin:sequences_sequence_{page}", args=where) for page in ("step", "step_out")]
        paths += [
            reverse(f"admin:sequences_sequence_{page}", args=where[:1]) for page in ("step_add", "people")
        ]
    paths += [reverse("admin:leads_lead_no_mail", args=[lead.pk]) for lead in Lead.objects.all()]
    paths += [
        reverse("admin:mail_outboundemail_stop", args=[mail.pk]) for mail in OutboundEmail.objects.all()
    ]
    if Webhook.objects.exists():
        paths.append(reverse("admin:webhook_webhook_secret"))
    for booking in Booking.objects.all():
        paths += [
            reverse(f"admin:bookings_booking_{page}", args=[booking.pk])
            for page in ("close", "agreed", "brief", "guests", "cancel", "move")
        ]
        paths.append(f"{paths[-1]}?on=2026-11-25&at=11:00")
    return list(dict.fromkeys(paths))


def test_every_page_opens_and_keeps_the_content_policy(full_house: Scan, as_superuser: Client) -> None:
    opened = 0
    for path in all_pages():
        response = as_superuser.get(path)
        assert response.status_code in (200, 302, 403, 409), path
        if response.status_code != 200:
            continue
        opened += 1
        soup = BeautifulSoup(response.content, "html.parser")
        inline = [
            tag for tag in soup.find_all("script") if not tag.get("src") and "json" not in tag.get("type", "")
        ]
        assert inline == [], path
        assert soup.find_all("style") == [], path
        for tag in soup.find_all(True):
            assert "style" not in tag.attrs, (path, tag)
            assert not [name for name in tag.attrs if name.startswith("on")], (path, tag)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["Cache-Control"] == "no-store"
    assert opened > 30


def test_markup_that_people_typed_is_shown_as_text(full_house: Scan, as_superuser: Client) -> None:
    seen = 0
    for path in all_pages():
        body = as_superuser.get(path).content.decode()
        assert "<script>alert" not in body, path
        assert "<img src=x" not in body, path
        seen += "&lt;script&gt;alert" in body
    assert seen >= 10


def test_no_page_shows_an_answer(full_house: Scan, as_superuser: Client) -> None:
    """Not the stored document, not an item by its id, not the words of one."""
    items = {item.id: item.text for key in demo.instrument().keys for item in key.items}
    answers = json.dumps(full_house.answers)[:40]
    for path in all_pages():
        body = as_superuser.get(path).content.decode()
        assert answers not in body, path
        assert not [item for item in items if re.search(rf"\b{re.escape(item)}\b", body)], path
        shown = [text for text in items.values() if text in body]
        assert shown == ([demo.instrument().items[0].text] if path == reverse(OWN_SITE) else []), path


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
