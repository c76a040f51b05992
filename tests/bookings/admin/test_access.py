"""Who gets in, and how: a mailed code, a second factor, and no more permission than needed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from bookings.models import Host
from portal.accounts.models import User
from portal.accounts.staff import ensure_practice_group, forget_second_factor
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import browser_of

ADMIN = "/beheer/"
SIGN_IN = "/inloggen/"
pytestmark = pytest.mark.django_db


def follow(client: Client, path: str) -> Any:
    return client.get(path, follow=True)


def totp_code(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in_by_code(client: Client, user: User, path: str = ADMIN) -> Any:
    """Ask for a code at the admin's door, read it where it waits for delivery, type it; return the answer."""
    door = follow(client, path)
    next_url = door.redirect_chain[-1][0].partition("next=")[2].replace("%2F", "/")
    client.post(SIGN_IN, {"email": user.email, "next": next_url})
    mail = OutboundEmail.objects.filter(to_email=user.email).latest("created_at")
    found = re.search(r"[A-Z]{4}-[A-Z]{4}", mail.text)
    assert found
    return client.post(f"/inloggen/code/?next={next_url}", {"code": found[0], "next": next_url})


# ---- the door -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    [
        ADMIN,
        "/beheer/login/",
        "/beheer/bookings/booking/",
        "/beheer/bookings/booking/new/",
        "/beheer/bookings/booking/1/brief/",
        "/beheer/bookings/booking/1/agreed/",
        "/beheer/bookings/booking/week/empty/",
        "/beheer/leads/lead/1/change/",
    ],
)
def test_a_stranger_is_led_to_the_mailed_code(visitor: Client, path: str) -> None:
    response = follow(visitor, path)
    assert response.status_code == 200
    assert response.redirect_chain[-1][0].startswith(SIGN_IN)
    assert b'type="password"' not in response.content


def test_there_is_no_way_in_with_a_password(visitor: Client, superuser: User) -> None:
    response = visitor.post("/beheer/login/", {"username": superuser.email, "password": "x"})
    assert response.headers["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("path", [ADMIN, "/beheer/login/", "/beheer/bookings/booking/"])
def test_a_member_who_is_no_staff_is_refused(host: Host, path: str) -> None:
    member = browser_of(User.objects.create_user("lid@voorbeeld.nl"))
    assert follow(member, path).status_code == 403


@pytest.mark.parametrize("path", [ADMIN, "/beheer/bookings/booking/", "/beheer/mail/outboundemail/"])
def test_staff_without_a_second_factor_is_led_to_setting_one_up(coach: User, path: str) -> None:
    client = browser_of(coach, second_factor=False)
    response = follow(client, path)
    assert response.redirect_chain[-1][0].startswith(reverse("mfa_activate_totp"))


def test_staff_with_a_factor_who_did_not_use_it_in_this_session_is_asked_for_it(coach: User) -> None:
    TOTP.activate(coach, "JBSWY3DPEHPK3PXP")
    client = browser_of(coach, second_factor=False)
    response = follow(client, "/beheer/bookings/booking/")
    assert response.redirect_chain[-1][0].startswith(reverse("mfa_reauthenticate"))

    response = client.post(
        reverse("mfa_reauthenticate"),
        {"code": totp_code("JBSWY3DPEHPK3PXP"), "next": "/beheer/bookings/booking/"},
        follow=True,
    )
    assert response.redirect_chain[-1][0] == "/beheer/bookings/booking/"
    assert response.status_code == 200


def test_the_admins_door_leads_nowhere_else(as_coach: Client) -> None:
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert as_coach.get("/beheer/login/", {"next": target}).headers["Location"] == ADMIN
    assert (
        as_coach.get("/beheer/login/", {"next": "/beheer/leads/lead/"}).headers["Location"]
        == "/beheer/leads/lead/"
    )


# ---- the second factor --------------------------------------------------------------------------------
@pytest.mark.usefixtures("page_context")
def test_setting_up_the_second_factor_opens_the_admin_in_the_same_session(
    visitor: Client, coach: User
) -> None:
    response = sign_in_by_code(visitor, coach)
    assert response.status_code == 302
    assert follow(visitor, ADMIN).redirect_chain[-1][0].startswith(reverse("mfa_activate_totp"))

    form = visitor.get(reverse("mfa_activate_totp")).context["form"]
    response = visitor.post(reverse("mfa_activate_totp"), {"code": totp_code(form.secret)})
    assert response.status_code == 302

    assert visitor.get(response.headers["Location"]).status_code == 200  # the recovery codes, at once
    assert visitor.get(ADMIN).status_code == 200


def test_a_wrong_first_code_sets_up_nothing(visitor: Client, coach: User) -> None:
    sign_in_by_code(visitor, coach)
    visitor.get(reverse("mfa_activate_totp"))
    response = visitor.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert response.status_code == 200
    assert not Authenticator.objects.exists()
    assert visitor.get(ADMIN).status_code == 302


def test_the_next_sign_in_asks_for_both_codes(visitor: Client, coach: User) -> None:
    TOTP.activate(coach, "JBSWY3DPEHPK3PXP")
    response = sign_in_by_code(visitor, coach)
    assert response.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert visitor.get(ADMIN).status_code == 302
    response = visitor.post(reverse("mfa_authenticate"), {"code": totp_code("JBSWY3DPEHPK3PXP")}, follow=True)
    assert visitor.get(ADMIN).status_code == 200


def test_setting_up_needs_a_sign_in_of_the_last_quarter(visitor: Client, coach: User, clock: Any) -> None:
    sign_in_by_code(visitor, coach)
    assert visitor.get(reverse("mfa_activate_totp")).status_code == 200
    clock.shift(timedelta(minutes=16))
    response = visitor.get(reverse("mfa_activate_totp"))
    assert response.headers["Location"].startswith(SIGN_IN)
    assert not Authenticator.objects.exists()


@pytest.mark.usefixtures("page_context")
def test_turning_the_factor_off_asks_for_it_again(visitor: Client, coach: User, clock: Any) -> None:
    sign_in_by_code(visitor, coach)
    form = visitor.get(reverse("mfa_activate_totp")).context["form"]
    visitor.post(reverse("mfa_activate_totp"), {"code": totp_code(form.secret)})
    clock.shift(timedelta(minutes=16))
    response = visitor.post(reverse("mfa_deactivate_totp"))
    assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


def test_a_lost_phone_is_forgotten_by_a_superuser(as_superuser: Client, coach: User) -> None:
    TOTP.activate(coach, "JBSWY3DPEHPK3PXP")
    page = reverse("admin:accounts_user_changelist")
    as_superuser.post(page, {"action": "forget_second_factor", "_selected_action": [coach.pk]})
    assert not Authenticator.objects.filter(user=coach).exists()
    forget_second_factor(coach)  # twice does no harm


# ---- the group ----------------------------------------------------------------------------------------
def test_the_coach_runs_calendar_contacts_and_mail(as_coach: Client) -> None:
    body = as_coach.get(ADMIN).content.decode()
    for name in (
        "bookings_booking_changelist",
        "bookings_host_changelist",
        "bookings_host_hours",
        "bookings_dateoverride_closed",
        "leads_lead_changelist",
        "mail_outboundemail_changelist",
    ):
        page = reverse(f"admin:{name}")
        assert f'href="{page}"' in body
        assert as_coach.get(page).status_code == 200


@pytest.mark.parametrize("name", ["accounts_user_changelist", "accounts_user_add"])
def test_the_coach_cannot_reach_people_or_permissions(as_coach: Client, name: str) -> None:
    assert as_coach.get(reverse(f"admin:{name}")).status_code == 403
    assert as_coach.post(reverse(f"admin:{name}"), {"is_superuser": "on"}).status_code == 403


def test_the_coach_cannot_change_own_rights(as_coach: Client, coach: User) -> None:
    page = reverse("admin:accounts_user_change", args=[coach.pk])
    assert as_coach.get(page).status_code == 403
    as_coach.post(page, {"is_superuser": "on", "is_staff": "on", "is_active": "on"})
    coach.refresh_from_db()
    assert not coach.is_superuser


def test_permission_to_change_people_without_being_a_superuser_is_worth_nothing(coach: User) -> None:
    from django.contrib.auth.models import Permission

    coach.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    client = browser_of(User.objects.get(pk=coach.pk))
    assert client.get(reverse("admin:accounts_user_change", args=[coach.pk])).status_code == 403


def test_the_group_has_exactly_its_permissions_and_may_be_made_again(db: None) -> None:
    group = ensure_practice_group()
    codenames = set(group.permissions.values_list("codename", flat=True))
    assert codenames >= {
        "view_booking",
        "change_booking",
        "view_lead",
        "change_calltype",
        "view_outboundemail",
    }
    forbidden = re.compile(
        "user|group|permission|session|logentry|contenttype|scan|authenticator|emailaddress"
    )
    assert [name for name in codenames if forbidden.search(name)] == []
    group.permissions.clear()
    assert set(ensure_practice_group().permissions.values_list("codename", flat=True)) == codenames
    assert Group.objects.count() == 1


def test_staff_without_a_group_sees_an_empty_admin(host: Host) -> None:
    client = browser_of(User.objects.create_user("nieuw@voorbeeld.nl", is_staff=True))
    body = client.get(ADMIN).content.decode()
    assert "bookings_booking" not in body
    assert "Nieuwe contacten" not in body
    assert client.get(reverse("admin:bookings_booking_changelist")).status_code == 403


# ---- people ---------------------------------------------------------------------------------------------
PERSON = {"name": "Ilse Kramer", "language": "nl", "time_zone": "Europe/Amsterdam", "is_active": "on"}


def test_a_superuser_makes_a_colleague_without_a_password(as_superuser: Client, db: None) -> None:
    group = ensure_practice_group()
    page = reverse("admin:accounts_user_add")
    assert b"password" not in as_superuser.get(page).content.lower()
    data = PERSON | {"email": "Ilse@Voorbeeld.nl", "is_staff": "on", "groups": [group.pk]}
    assert as_superuser.post(page, data).status_code == 302
    made = User.objects.get(email="ilse@voorbeeld.nl")
    assert made.is_staff
    assert not made.is_superuser
    assert not made.has_usable_password()
    assert list(made.groups.all()) == [group]


def test_a_known_address_is_said_kindly(as_superuser: Client, superuser: User) -> None:
    response = as_superuser.post(
        reverse("admin:accounts_user_add"), PERSON | {"email": superuser.email.upper()}
    )
    assert "Deze persoon is al bekend." in response.content.decode()


def test_nobody_locks_himself_out(as_superuser: Client, superuser: User) -> None:
    page = reverse("admin:accounts_user_change", args=[superuser.pk])
    response = as_superuser.post(page, PERSON)
    assert "Je kunt je eigen toegang niet wegnemen." in response.content.decode()
    superuser.refresh_from_db()
    assert superuser.is_superuser


def test_fields_that_are_not_on_the_form_are_not_taken(as_superuser: Client, coach: User) -> None:
    page = reverse("admin:accounts_user_change", args=[coach.pk])
    sent = PERSON | {
        "is_staff": "on",
        "email": "ander@voorbeeld.nl",
        "password": "x",
        "proven_at_0": "2020-01-01",
    }
    assert as_superuser.post(page, sent).status_code == 302
    coach.refresh_from_db()
    assert coach.email == "mila@voorbeeld.nl"
    assert coach.proven_at is None
    assert not coach.has_usable_password()


def test_people_are_not_deleted_here(as_superuser: Client, coach: User) -> None:
    page = reverse("admin:accounts_user_delete", args=[coach.pk])
    assert as_superuser.post(page, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=coach.pk).exists()
