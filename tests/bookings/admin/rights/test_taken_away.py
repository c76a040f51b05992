"""A right that is taken away while a page stands open: the next click says so, and nothing is half done."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from bookings.models import BlockedTime, Booking, Host
from portal.accounts import staff
from portal.accounts.models import User
from tests.bookings.admin.conftest import browser_of
from tests.bookings.admin.rights.conftest import Desk

pytestmark = pytest.mark.usefixtures("clock")

SIGNED_OUT = "Je bent uitgelogd: je sessie is voorbij, of wat je hier mag is veranderd."
NOT_HERE = "Dit is er niet, of niet meer."
MAY_NOT = "Dit mag je niet, of niet meer."


def cancel(desk: Desk) -> str:
    return reverse("admin:bookings_booking_cancel", args=[desk.booking.pk])


def status(desk: Desk) -> str:
    return Booking.objects.get(pk=desk.booking.pk).status


def test_a_call_that_became_a_colleagues_is_not_there_any_more(anna: Desk, bram: Desk) -> None:
    browser = anna.browser
    assert browser.get(cancel(anna)).status_code == 200
    Host.objects.filter(pk=anna.host.pk).update(user=bram.user)
    answer = browser.post(cancel(anna))
    assert answer.status_code == 404
    body = answer.content.decode()
    assert NOT_HERE in body
    assert "Er is niets veranderd." in body
    assert reverse("admin:index") in body
    assert status(anna) == "confirmed"


def test_who_is_no_longer_practice_signs_in_again_and_reads_why(anna: Desk, practice: User) -> None:
    practice.groups.add(staff.ensure_coach_group())
    browser = browser_of(practice)
    assert browser.get(cancel(anna)).status_code == 200
    practice.groups.remove(Group.objects.get(name="practice"))
    browser.post(cancel(anna))
    assert status(anna) == "confirmed"
    body = browser.get(reverse("admin:index"), follow=True).content.decode()
    assert SIGNED_OUT in body
    again = browser_of(User.objects.get(pk=practice.pk))
    assert again.get(cancel(anna)).status_code == 404


def test_what_was_typed_is_shown_to_who_was_signed_out_meanwhile(anna: Desk) -> None:
    browser = anna.browser
    anna.user.groups.clear()
    page = reverse("admin:leads_lead_write_note", args=[anna.lead.pk])
    answer = browser.post(
        page, {"text": "Lang verhaal", "key": "k" * 24}, headers={"origin": "http://testserver"}
    )
    assert answer.status_code == 403
    assert "Lang verhaal" in answer.content.decode()
    assert not anna.lead.notes.filter(text="Lang verhaal").exists()


def test_a_right_taken_from_the_group_is_said_in_a_sentence(anna: Desk) -> None:
    browser = anna.browser
    assert browser.get(cancel(anna)).status_code == 200
    Group.objects.get(name="coach").permissions.filter(codename="change_booking").delete()
    for answer in (browser.get(cancel(anna)), browser.post(cancel(anna))):
        assert answer.status_code == 403
        assert MAY_NOT in answer.content.decode()
    assert status(anna) == "confirmed"


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("closed", {"days": "24 dec"}),
        ("weekly", {"weekday": "1", "start_time": "09:00", "end_time": "10:00", "until_on": "1-3"}),
    ],
)
def test_what_is_sent_for_a_colleague_who_is_out_of_sight_closes_nothing_of_ones_own(
    name: str, sent: dict[str, str], anna: Desk, bram: Desk
) -> None:
    before = BlockedTime.objects.count()
    page = reverse(f"admin:bookings_dateoverride_{name}")
    answer = bram.browser.post(page, sent | {"host": anna.host.slug})
    assert answer.status_code == 404
    assert NOT_HERE in answer.content.decode()
    assert BlockedTime.objects.count() == before
    assert bram.browser.post(page, sent | {"host": bram.host.slug}).status_code == 302


@pytest.mark.parametrize("path", ["/beheer/bestaat-niet/", "/beheer/bookings/booking/999999/change/"])
def test_what_never_was_answers_as_what_is_a_colleagues(path: str, anna: Desk, bram: Desk) -> None:
    browser = bram.browser
    never, others = (
        browser.get(path),
        browser.get(reverse("admin:bookings_booking_change", args=[anna.booking.pk])),
    )
    assert never.status_code == others.status_code == 404
    assert NOT_HERE in others.content.decode()


def test_a_visitor_who_guesses_reads_the_page_of_the_site(visitor: Any, db: None) -> None:
    assert NOT_HERE not in visitor.get("/en/beheer/niets/", follow=True).content.decode()
