"""Forms of many people for the same few times, sent at once over HTTP: each gets its call, or times near by and
everything it typed (R03)."""

from __future__ import annotations

import time
from collections import Counter
from functools import partial

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from bookings.availability import calendar
from bookings.models import Booking, CallType
from tests.bookings.browsing import PERSON, page_of, starts_on
from tests.bookings.calls.test_races import at_once, call_type, no_deadlock, old_stamp

__all__ = ["call_type", "no_deadlock"]  # fixtures
pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_deadlock"),
]
TIMES, FOR_EACH = 4, 5
Form = dict[str, str]


def filled_in(start: str, number: int) -> tuple[Client, Form]:
    """A browser in which the form for this start is filled in; its hold has lapsed meanwhile."""
    browser = Client(REMOTE_ADDR=f"198.51.100.{number + 1}", raise_request_exception=False)
    assert browser.post(reverse("bookings:hold"), {"start": start}).status_code == 302
    fields = page_of(browser.get(reverse("bookings:details"))).select("form.plate input[type=hidden]")
    Booking.objects.all().delete()
    typed = PERSON | {"email": f"person{number}@voorbeeld.nl", "remark": f"Opmerking {number}"}
    return browser, {field["name"]: field.get("value", "") for field in fields} | typed | {
        "stamp": old_stamp()
    }


def send(browser: Client, form: Form) -> HttpResponse:
    """As a person does who hears that it is busy: once more, until it is a yes or a no."""
    end = time.monotonic() + 40
    while (answer := browser.post(reverse("bookings:confirm"), form)).status_code == 503:
        assert time.monotonic() < end
    return answer


def test_whoever_loses_gets_the_nearest_times_and_all_that_was_typed(call_type: CallType) -> None:
    CallType.objects.update(needs_code=False)
    starts = [slot.start.isoformat() for slot in calendar.free_slots(call_type)][::5][:TIMES]
    crowd = [filled_in(starts[number % TIMES], number) for number in range(TIMES * FOR_EACH)]
    answers = at_once(*(partial(send, *one) for one in crowd))
    assert Counter(answer.status_code for answer in answers) == {302: TIMES, 409: len(crowd) - TIMES}
    done = {reverse("bookings:done", args=[call.public_id]) for call in Booking.objects.all()}
    assert {answer.headers["Location"] for answer in answers if answer.status_code == 302} == done
    assert sorted(call.start_at.isoformat() for call in Booking.objects.all()) == starts
    for page, (_browser, form) in zip(answers, crowd, strict=True):
        if page.status_code == 409:
            near = starts_on(page)
            assert len(near) == 3
            assert not set(near) & set(starts)
            fields = {field["name"]: field.get("value") for field in page_of(page).select("form.plate input")}
            assert {name: fields[name] for name in PERSON} == {name: form[name] for name in PERSON}
