"""The coach erases a contact on request: asked twice, with or without an account, and the proof stays."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from portal.accounts import services as accounts
from portal.accounts.hooks import EraseLaterError
from portal.accounts.models import User
from portal.leads import consent, notes
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead, Note
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.factories.assessments import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "host")]
EMAIL = "noor@voorbeeld.nl"


@pytest.fixture
def lead(coach: User) -> Lead:
    lead = leads.contact(EMAIL, name="Noor Aydin", stage="scanned")
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
    notes.write_note(lead, "Belt vrijdag.", by=coach, key="2" * 24)
    return lead


def path_of(lead: Lead) -> str:
    return reverse("admin:accounts_user_erase_contact", args=[lead.pk])


@pytest.mark.parametrize("has_account", [True, False])
def test_everything_goes_after_the_address_was_typed(
    as_coach: Client, lead: Lead, book: Book, has_account: bool
) -> None:
    user = UserFactory(email=EMAIL) if has_account else None
    ahead = book(at(3, 10), email=EMAIL, name="Noor Aydin", user=user)
    past = book(at(-4, 10), email=EMAIL, name="Noor Aydin", status="completed")
    assert "Noor Aydin" in as_coach.get(path_of(lead)).content.decode()
    sure = as_coach.post(path_of(lead))
    assert sure.status_code == 200
    assert BeautifulSoup(sure.content, "html.parser").select_one("[name=email]")["value"] == ""
    assert Lead.objects.filter(email=EMAIL).exists()
    gone = as_coach.post(path_of(lead), {"email": " Noor@Voorbeeld.nl "}, follow=True)
    assert "Alles van dit contact is gewist." in gone.content.decode()
    assert not Lead.objects.filter(email=EMAIL).exists()
    assert not User.objects.filter(email=EMAIL).exists()
    assert not Note.objects.exists()
    ahead.refresh_from_db()
    past.refresh_from_db()
    assert [(one.status, one.name, one.email) for one in (ahead, past)] == [
        ("cancelled", "", ""),
        ("completed", "", ""),
    ]
    assert OutboundEmail.objects.filter(to_email=EMAIL, calendar_method="CANCEL").exists()
    proofs = ConsentEvent.objects.filter(subject=consent.subject_of(EMAIL)).values_list("action", "lead")
    assert list(proofs) == [("given", None), ("withdrawn", None)]


@pytest.mark.parametrize("typed", ["", "ander@voorbeeld.nl", "Noor Aydin", "x" * 10_000])
def test_another_address_erases_nothing(as_coach: Client, lead: Lead, typed: str) -> None:
    response = as_coach.post(path_of(lead), {"email": typed})
    assert response.status_code == 422
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("[role=alert][autofocus]")
    assert page.select_one("[name=email]")["value"] == typed
    assert Lead.objects.filter(email=EMAIL).exists()


def test_a_second_click_finds_nobody_and_that_is_well(as_coach: Client, lead: Lead) -> None:
    for _time in range(2):
        response = as_coach.post(path_of(lead), {"email": EMAIL})
        assert response.headers["Location"] == reverse("admin:leads_lead_changelist")


def test_a_calendar_that_is_busy_leaves_everything_as_it_was(
    as_coach: Client, lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(user: Any) -> None:
        raise EraseLaterError

    monkeypatch.setattr(accounts.hooks, "run_erase", busy)
    response = as_coach.post(path_of(lead), {"email": EMAIL}, follow=True)
    assert "er is niets gewijzigd" in response.content.decode()
    assert Lead.objects.filter(email=EMAIL).exists()
    assert not User.objects.filter(email=EMAIL).exists()
    assert Booking.objects.count() == 0


def test_who_may_only_look_erases_and_copies_nothing(lead: Lead) -> None:
    user = User.objects.create_user("kijker@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_lead", "see_practice"]))
    client = browser_of(user)
    page = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()
    for path in (path_of(lead), reverse("admin:accounts_user_copy_of_contact", args=[lead.pk])):
        assert client.get(path).status_code == 403
        assert path not in page
    assert client.post(path_of(lead), {"email": EMAIL}).status_code == 403


def test_who_works_here_is_not_erased_from_here(as_coach: Client, coach: User) -> None:
    lead = leads.contact(coach.email, user_id=coach.pk)
    assert as_coach.get(path_of(lead)).status_code == 404
