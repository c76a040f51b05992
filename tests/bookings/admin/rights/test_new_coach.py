"""A second coach: one form, one mail, and a calendar that can be booked once it has hours."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from bookings.admin.hours.inviting import invite_coach
from bookings.availability.kinds import offered_kinds
from bookings.models import AvailabilityRule, CallType, Host
from portal.accounts import staff
from portal.accounts.models import User
from portal.leads.models import Lead
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import browser_of

pytestmark = pytest.mark.usefixtures("clock")

PAGE = "admin:bookings_host_add"
MILA = {
    "name": "Mila Öz",
    "email": "Mila@Voorbeeld.nl",
    "time_zone": "Europe/Lisbon",
    "kinds": ["impact-call"],
}


@pytest.fixture
def as_practice(host: Host) -> Client:
    user = User.objects.create_user("praktijk@voorbeeld.nl", name="Petra Vos", is_staff=True)
    user.groups.add(staff.ensure_practice_group())
    return browser_of(user)


def sent(client: Client, **changed: Any) -> Any:
    return client.post(reverse(PAGE), MILA | changed)


def test_the_form_asks_four_things_and_offers_the_kinds_there_are(as_practice: Client) -> None:
    body = as_practice.get(reverse(PAGE)).content.decode()
    for words in ("Voeg een coach toe", "Naam", "E-mailadres", "Tijdzone", "Welke gesprekken", "Impactcall"):
        assert words in body


def test_a_coach_is_added_with_an_account_a_calendar_and_a_mail(as_practice: Client, host: Host) -> None:
    first = host.call_types.get()
    CallType.objects.filter(pk=first.pk).update(
        duration_minutes=45, location_kind="link", location_url="https://video.example.org/jet"
    )
    answer = sent(as_practice)
    assert answer.headers["Location"] == reverse("admin:bookings_host_changelist")
    made = Host.objects.get(slug="mila-oz")
    user = made.user
    assert user is not None
    assert (user.email, user.name, user.is_staff, user.is_superuser) == (
        "mila@voorbeeld.nl",
        "Mila Öz",
        True,
        False,
    )
    assert [group.name for group in user.groups.all()] == ["coach"]
    assert (made.name, made.email, made.time_zone) == ("Mila Öz", "mila@voorbeeld.nl", "Europe/Lisbon")
    own = made.call_types.get()
    assert (own.slug, own.duration_minutes) == ("impact-call", 45)
    assert (own.location_kind, own.location_url) == ("phone_host_calls", "")  # that link leads to a colleague
    mail = OutboundEmail.objects.get(message="bookings/coach_invited")
    assert mail.to_email == "mila@voorbeeld.nl"
    assert "Petra Vos heeft je toegevoegd als coach" in mail.text
    assert reverse("admin:index") in mail.text
    assert "\n\n\n" not in mail.text
    body = as_practice.get(answer.headers["Location"]).content.decode()
    assert "Mila Öz is nu coach en krijgt een mail over het inloggen." in body
    assert "uitgenodigd, nog niet ingelogd" in body


def test_the_link_of_the_mail_leads_to_signing_in_and_the_second_step(
    as_practice: Client, visitor: Client
) -> None:
    sent(as_practice)
    door = visitor.get(reverse("admin:index"), follow=True)
    assert door.redirect_chain[-1][0].startswith("/inloggen/")
    user = User.objects.get(email="mila@voorbeeld.nl")
    inside = browser_of(user, second_factor=False).get(reverse("admin:index"), follow=True)
    assert inside.redirect_chain[-1][0].startswith(reverse("mfa_index"))
    assert browser_of(user).get(reverse("admin:index")).status_code == 200


def test_who_joins_is_no_new_contact(as_practice: Client) -> None:
    sent(as_practice)
    assert not Lead.objects.shown().filter(email="mila@voorbeeld.nl").exists()
    assert "mila@voorbeeld.nl" not in as_practice.get(reverse("admin:leads_lead_changelist")).content.decode()


def test_pages_work_at_once_when_there_are_hours(as_practice: Client, visitor: Client) -> None:
    sent(as_practice)
    made = Host.objects.get(slug="mila-oz")
    page = reverse("bookings:coach", args=[made.slug])
    assert visitor.get(page).status_code == 200
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(host=made, weekday=day, start_time="09:00", end_time="17:00") for day in range(1, 8)
    )
    body = visitor.get(page, follow=True).content.decode()
    assert "Mila Öz" in body
    assert 'name="start"' in body


def test_a_visitor_with_an_account_becomes_a_coach_with_it(as_practice: Client) -> None:
    known = User.objects.create_user("mila@voorbeeld.nl", name="Mila de Wit", language="en")
    sent(as_practice)
    known.refresh_from_db()
    assert (known.name, known.is_staff) == ("Mila de Wit", True)
    assert known.hosts.get().name == "Mila Öz"
    assert "added you as a coach" in OutboundEmail.objects.get(message="bookings/coach_invited").text


def test_a_second_press_makes_no_second_coach(as_practice: Client) -> None:
    sent(as_practice)
    answer = sent(as_practice)
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "Wie dit adres heeft, is al coach: Mila Öz." in body
    assert 'value="Mila Öz"' in body  # nothing typed is lost
    assert Host.objects.filter(slug__startswith="mila").count() == 1
    assert OutboundEmail.objects.filter(message="bookings/coach_invited").count() == 1
    assert CallType.objects.filter(host__slug="mila-oz").count() == 1


def test_an_account_that_is_switched_off_stays_so(as_practice: Client) -> None:
    User.objects.create_user("mila@voorbeeld.nl", is_active=False)
    answer = sent(as_practice)
    assert answer.status_code == 422
    assert "Het account met dit adres staat uit." in answer.content.decode()
    assert not Host.objects.filter(slug="mila-oz").exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Vul de naam van de coach in."),
        ({"name": "Mila www.wit.nl"}, "Alleen je naam"),
        ({"email": "geen-adres"}, "Dat lijkt geen e-mailadres."),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"kinds": []}, "Kies minstens één soort gesprek."),
        ({"kinds": ["van-niemand"]}, "van-niemand"),
    ],
)
def test_bad_input_is_a_sentence_and_makes_nobody(as_practice: Client, changed: Any, words: str) -> None:
    answer = sent(as_practice, **changed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Er is niemand toegevoegd." in answer.content.decode()
    assert not User.objects.filter(email="mila@voorbeeld.nl").exists()


def test_two_of_one_name_have_addresses_of_their_own(as_practice: Client) -> None:
    sent(as_practice)
    sent(as_practice, email="andere.mila@voorbeeld.nl")
    assert {*Host.objects.filter(name="Mila Öz").values_list("slug", flat=True)} == {"mila-oz", "mila-oz-2"}


def test_a_coach_adds_nobody(as_practice: Client, host: Host) -> None:
    by = User.objects.get(email="praktijk@voorbeeld.nl")
    made = invite_coach("bo@voorbeeld.nl", name="Bo", time_zone="Europe/Amsterdam", kinds=offered_kinds(),
                        language="nl", by=by)  # fmt: skip
    assert made.user is not None
    coach = browser_of(made.user)
    assert coach.get(reverse(PAGE)).status_code == 403
    assert sent(coach).status_code == 403
    assert reverse(PAGE) not in coach.get(reverse("admin:bookings_host_changelist")).content.decode()
    assert not User.objects.filter(email="mila@voorbeeld.nl").exists()


# ---- whose account opens a calendar --------------------------------------------------------------------------
@pytest.mark.usefixtures("page_context")
def test_neither_coach_nor_practice_gives_a_calendar_to_another_account(
    as_practice: Client, host: Host
) -> None:
    thief = User.objects.create_user("dief@voorbeeld.nl", is_staff=True)
    page = reverse("admin:bookings_host_change", args=[host.pk])
    form = as_practice.get(page).context["adminform"].form
    assert "user" not in form.fields
    rules = {"rules-TOTAL_FORMS": "0", "rules-INITIAL_FORMS": "0"}
    before = host.user
    as_practice.post(page, {**form.initial, **rules, "user": thief.pk, "is_active": "on"})
    host.refresh_from_db()
    assert host.user == before


def test_the_first_coach_of_an_empty_portal_is_practice_and_coach(host: Host) -> None:
    assert host.user is not None
    assert {group.name for group in host.user.groups.all()} == {"practice", "coach"}
    assert Group.objects.count() == 2
