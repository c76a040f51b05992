"""Which of what happened to a person pauses a sequence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.leads.sequences.stops import Happened, Stop, stopped_by
from tests.sequences.people import here

BEGUN = here("2026-11-23 12:00")
BOOKED = Stop("booked", undone_by=("cancelled",), ended_by=("held", "no_show"))


@pytest.mark.parametrize(
    ("happened", "answer"),
    [
        ({}, ""),
        ({"booked": 1}, "booked"),
        ({"booked": -30}, "booked"),  # and the call is still ahead
        ({"booked": 1, "cancelled": 2}, ""),
        ({"booked": 1, "held": 2}, "booked"),
        ({"booked": 1, "no_show": 2}, "booked"),
        ({"booked": -30, "held": -20}, ""),  # a call of before
        ({"booked": -5, "held": 2}, ""),  # booked before it began: it began all the same
        ({"cancelled": 1}, ""),
        ({"other": 1}, ""),
    ],
)
def test_a_booked_call_stops_until_it_is_cancelled(happened, answer):
    newest = sorted(happened.items(), key=lambda one: -one[1])
    found = [Happened(kind, BEGUN + timedelta(days=day)) for kind, day in newest]
    assert stopped_by([BOOKED], found, BEGUN) == answer


@pytest.mark.parametrize(("day", "answer"), [(1, "said"), (-1, "")])
def test_an_event_that_nothing_ends_stops_what_began_before_it(day, answer):
    assert stopped_by([Stop("said")], [Happened("said", BEGUN + timedelta(days=day))], BEGUN) == answer
