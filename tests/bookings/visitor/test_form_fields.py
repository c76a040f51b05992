"""What holds for each field of the form with the details, the next too: shown, kept, never sent unread."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.calls.lifecycle import Details
from bookings.models import Booking, CallType
from bookings.visitor.forms import ASKED, DetailsForm
from tests.bookings.browsing import confirm, filled_in, hold, page_of
from tests.factories.assessments import CompletedScanFactory, UserFactory

pytestmark = pytest.mark.django_db
OWN_WAY = {"email": "", "phone": "", "topics": "naming", "share": "yes"}  # these have tests of their own
TYPED = [name for name in ASKED if name not in OWN_WAY]


@pytest.fixture
def member(call_type: CallType) -> Client:
    """Somebody who signed in and has a result to share."""
    user, browser = UserFactory(), Client()
    CompletedScanFactory(user=user)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def value_of(name: str) -> str:
    """What somebody may fill in: the first choice where there are choices."""
    choices = [value for value, _label in getattr(DetailsForm.base_fields[name], "choices", []) if value]
    return OWN_WAY.get(name) or str(choices[0] if choices else "Zeldzaam")


def test_each_field_stands_on_the_page(member: Client) -> None:
    CallType.objects.update(location_kind=CallType.Location.PHONE_HOST_CALLS)
    shown = set()
    for browser in (member, Client()):  # whoever signed in is not asked for an address
        hold(browser)
        page = page_of(browser.get(reverse("bookings:details")))
        shown |= {field["name"] for field in page.select("form.plate [name]")}
    missing = sorted(set(ASKED) - shown)
    assert not missing, f"Nobody can fill in {missing}: show it in templates/bookings/details.html."


def test_what_is_filled_in_is_kept_with_the_call(member: Client, clock: Any) -> None:
    unknown = sorted(set(TYPED) - {field.name for field in fields(Details)})
    assert not unknown, f"Give Details (bookings/calls/lifecycle.py) a field for {unknown}."
    hold(member)
    confirm(member, clock, share="no", **{name: value_of(name) for name in TYPED})
    call = Booking.objects.exclude(name="").get()
    lost = [name for name in TYPED if str(getattr(call, name)) != value_of(name)]
    assert not lost, (
        f"{lost} was filled in and is lost: hand it on in cleaned_details (bookings/visitor/details.py)."
    )


def test_no_field_keeps_signs_that_turn_or_break_a_line(member: Client, clock: Any) -> None:
    written = [name for name in TYPED if value_of(name) == "Zeldzaam"]
    hold(member)
    confirm(member, clock, share="no", **dict.fromkeys(written, "Zeld\u202ezaam\u0007"))
    call = Booking.objects.exclude(name="").get()
    kept = [name for name in written if getattr(call, name) != "Zeldzaam"]
    assert not kept, (
        f"Give DetailsForm (bookings/visitor/forms.py) a clean_{kept[0]} with clean_text or clean_line."
    )


def test_what_was_filled_in_is_there_after_choosing_another_time(member: Client, clock: Any) -> None:
    hold(member)
    typed = filled_in(member, clock, **{name: value_of(name) for name in TYPED})
    member.post(reverse("bookings:release"), typed)
    hold(member)
    page = page_of(member.get(reverse("bookings:details"))).select_one("form.plate")
    for name in TYPED:
        assert value_of(name) in str(page.select(f"[name={name}]"))


@pytest.mark.usefixtures("page_context")
@pytest.mark.parametrize("name", ASKED)
def test_a_form_that_is_sent_again_says_what_was_filled_in(call_type: CallType, name: str) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})
    page = browser.post(reverse("bookings:confirm"), {name: value_of(name) or "Zeldzaam"})
    assert page.status_code == 403
    assert page.context["rows"], (
        f"{name} goes along unread: give it a Row in read_fields of bookings/visitor/hooks.py."
    )
