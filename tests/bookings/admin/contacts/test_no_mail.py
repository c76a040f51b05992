"""An address that gets no mail: noted at the contact with a reason, said there, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse

from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.common import export
from portal.common.retention import carry_out
from portal.common.times import now
from portal.leads.models import Lead, LeadEvent
from portal.mail import refused
from portal.mail.models import OutboundEmail, RefusedAddress
from tests.bookings.admin.conftest import browser_of
from tests.bookings.admin.contacts.conftest import EMAIL, content, url
from tests.factories.mail import OutboundEmailFactory

LIST = "admin:mail_refusedaddress_changelist"


def words(response: Any) -> str:
    return " ".join(content(response).get_text(" ").split())


def page_of(client: Client, lead: Lead) -> str:
    return words(client.get(url("change", lead)))


def test_it_is_noted_with_a_reason_and_by_whom_and_stands_on_the_contact(
    as_coach: Client, lead: Lead
) -> None:
    assert url("no_mail", lead) in as_coach.get(url("change", lead)).content.decode()
    asked = as_coach.get(url("no_mail", lead))
    assert "geen bevestiging, geen herinnering, geen tip" in words(asked)
    assert not RefusedAddress.objects.exists()
    as_coach.post(url("no_mail", lead), {"reason": "Vroeg er telefonisch om."})
    said = page_of(as_coach, lead)
    assert "Dit adres krijgt geen post." in said
    assert "Vroeg er telefonisch om." in said
    assert "Dit adres krijgt geen post meer Mila de Coach" in said  # on the timeline
    row = RefusedAddress.objects.get()
    assert (row.email, row.why, row.by) == (EMAIL, "hand", "Mila de Coach")


def test_without_a_reason_nothing_is_noted_and_it_says_so(as_coach: Client, lead: Lead) -> None:
    answer = as_coach.post(url("no_mail", lead), {"reason": "  "})
    assert answer.status_code == 422
    assert "Schrijf waarom" in words(answer)
    assert not RefusedAddress.objects.exists()


def test_twice_is_once_and_taking_it_back_twice_too(as_coach: Client, lead: Lead) -> None:
    for _time in range(2):
        as_coach.post(url("no_mail", lead), {"reason": "x"})
    assert RefusedAddress.objects.count() == 1
    for _time in range(2):
        as_coach.post(url("no_mail", lead), {"allow": "1"})
    assert not RefusedAddress.objects.exists()
    assert list(LeadEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "mail.refused",
        "mail.allowed",
    ]
    assert "Dit adres krijgt geen post." not in page_of(as_coach, lead)


def test_who_may_not_do_so_is_not_offered_it(lead: Lead) -> None:
    reader = User.objects.create_user("lezer@voorbeeld.nl", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_lead", "see_practice"]))
    browser = browser_of(reader)
    assert url("no_mail", lead) not in browser.get(url("change", lead)).content.decode()
    assert browser.post(url("no_mail", lead), {"reason": "x"}).status_code == 403


def test_a_list_has_all_of_them_and_lets_mail_leave_again(as_coach: Client, lead: Lead) -> None:
    refused.refuse(EMAIL, refused.Why.BOUNCE, reason="550 5.1.1 unknown")
    refused.refuse("bas@voorbeeld.nl", refused.Why.COMPLAINT)
    said = words(as_coach.get(reverse(LIST)))
    assert "post kwam terug" in said
    assert "post is als ongewenst gemeld" in said
    row = RefusedAddress.objects.get(email=EMAIL)
    answer = as_coach.post(reverse(LIST), {"action": "allow", "_selected_action": [row.pk]}, follow=True)
    assert "1 adres mag weer post krijgen." in words(answer) + answer.content.decode()
    assert refused.find(EMAIL) is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_one_as_for_three(
    as_coach: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        refused.refuse(f"sanne{number}@voorbeeld.nl", refused.Why.BOUNCE)
    with django_assert_num_queries(7):
        as_coach.get(reverse(LIST))


def test_a_code_that_was_typed_proves_that_the_mailbox_takes_mail_but_not_that_tips_are_wanted(
    db: None,
) -> None:
    for why, stays in (("bounce", False), ("complaint", True), ("hand", True)):
        refused.refuse(EMAIL, refused.Why(why))
        refused.note_proof(EMAIL)
        assert (refused.find(EMAIL) is not None) is stays
        refused.allow(EMAIL)


# ---- erasure, copy, retention ------------------------------------------------------------------------------
def test_after_an_erasure_only_a_digest_is_left_and_still_nothing_leaves(lead: Lead) -> None:
    refused.refuse(EMAIL, refused.Why.HAND, reason="Noor Aydin belde", by="Mila")
    accounts.erase_contact(lead)
    row = RefusedAddress.objects.get()
    assert (row.email, row.reason, str(row)) == ("", "", "(gewist)")
    assert refused.find(EMAIL) == row
    with transaction.atomic():
        assert refused.why_not(OutboundEmailFactory(message="bookings/confirmation", to_email=EMAIL))


def test_who_asks_for_a_copy_reads_it_and_so_does_the_coach(lead: Lead, coach: User) -> None:
    refused.refuse(EMAIL, refused.Why.HAND, reason="Vroeg erom", by="Mila")
    for viewer in (None, coach):
        found = {one.section.name: one.as_data() for one in export.copy_of(EMAIL, viewer=viewer)}
        (row,) = found["refused_addresses"]
        assert (row["email"], row["why"], row["reason"]) == (EMAIL, "hand", "Vroeg erom")
        assert "digest" not in row


def test_it_is_forgotten_after_its_period(settings: Any, clock: Any, db: None) -> None:
    refused.refuse(EMAIL, refused.Why.BOUNCE)
    clock.shift(settings.RETENTION["refused_addresses"].total_seconds() - 60)
    assert dict(carry_out(now())) is not None
    assert RefusedAddress.objects.exists()
    clock.shift(120)
    list(carry_out(now()))
    assert not RefusedAddress.objects.exists()
    assert not OutboundEmail.objects.exists()
