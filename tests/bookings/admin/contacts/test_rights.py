"""Of a contact: stopping the tips, who may do what, and every result that was shared."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.models import Host
from portal.accounts.models import User
from portal.common import times
from portal.leads import consent, notes
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead, Note
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.contacts.conftest import EMAIL, page_of, url
from tests.bookings.admin.week.looking import text
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.mail import OutboundEmailFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "host")]


# ---- the tips -------------------------------------------------------------------------------------------
def test_the_coach_stops_the_tips_with_proof_and_what_was_planned(as_coach: Client, lead: Lead) -> None:
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
    tip = OutboundEmailFactory(kind="marketing", about=leads.followup_key(lead), to_email=EMAIL, later=True)
    page = page_of(as_coach, lead)
    action = page.select_one("form[action$='/stop-tips/']")["action"]
    said = as_coach.post(action, follow=True)
    assert "Noor Aydin krijgt geen tips meer." in text(BeautifulSoup(said.content, "html.parser"))
    tip.refresh_from_db()
    assert tip.status == "cancelled"
    last = ConsentEvent.objects.latest("pk")
    assert (last.action, last.method) == ("withdrawn", "by the coach")
    assert page_of(as_coach, lead).select("form[action$='/stop-tips/']") == []
    as_coach.post(action)
    assert ConsentEvent.objects.count() == 2


# ---- who may, and what goes -----------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["write_note", "step", "stop_tips"])
def test_a_look_changes_nothing_and_a_post_needs_the_right(as_coach: Client, lead: Lead, name: str) -> None:
    assert as_coach.get(url(name, lead)).headers["Location"] == url("change", lead)
    user = User.objects.create_user("kijker@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_lead", "see_practice"]))
    assert browser_of(user).post(url(name, lead), {"text": "x", "step": "x"}).status_code == 403
    assert not Note.objects.exists()


def test_staff_without_any_right_sees_no_contact(lead: Lead) -> None:
    client = browser_of(User.objects.create_user("nieuw@voorbeeld.nl", is_staff=True))
    assert client.get(url("change", lead)).status_code == 403
    assert client.get(url("note", lead, "2" * 24)).status_code == 404


def test_whoever_works_here_is_no_contact(as_coach: Client, host: Host) -> None:
    UserFactory(email="jan@voorbeeld.nl", is_staff=True)
    lead = leads.contact("jan@voorbeeld.nl", name="Jan Collega")
    assert as_coach.get(url("change", lead)).status_code == 404
    for path in (reverse("admin:leads_lead_changelist"), "/beheer/"):
        assert "Jan Collega" not in as_coach.get(path).content.decode()


def test_an_objection_takes_notes_and_next_step_along(coach: User, lead: Lead) -> None:
    notes.write_note(lead, "Belt vrijdag.", by=coach, key="2" * 24)
    notes.plan_step(lead, "Nabellen", times.now().date(), was=notes.seen_step(lead))
    leads.object_to_contact(lead)
    lead.refresh_from_db()
    assert (lead.next_step, lead.next_step_on, Note.objects.count()) == ("", None, 0)


# ---- results that were shared -----------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 7])
def test_every_result_that_was_shared_is_shown_and_leads_to_its_call_in_as_many_queries(
    as_coach: Client, lead: Lead, book: Book, count: int, django_assert_num_queries: Any
) -> None:
    user = UserFactory(email=EMAIL)
    CompletedScanFactory(user=user, days_ago=200)
    calls = []
    for number in range(count):
        scan = CompletedScanFactory(user=user, days_ago=number)
        calls.append(book(at(number + 1, 10), email=EMAIL, status="completed", shared_scan=scan.public_id))
    as_coach.get(url("change", lead))
    with django_assert_num_queries(15):
        page = page_of(as_coach, lead)
    shared = page.select_one("[aria-labelledby=contact-scans]")
    paths = [reverse("admin:bookings_booking_change", args=[call.pk]) for call in calls]
    assert [link["href"] for link in shared.select("a")] == paths
    assert text(shared).count("Draagt het minst:") == count
