"""What one request reads of a visitor: each thing once, whatever the page."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import CallType
from tests.bookings.browsing import PERSON, filled_in, hold
from tests.factories.assessments import CompletedScanFactory, UserFactory

pytestmark = pytest.mark.django_db
SCAN = re.compile(r'FROM "assessments_scan"')


@pytest.fixture
def member(call_type: CallType) -> Client:
    """Somebody with two scans, who holds a time."""
    user = UserFactory()
    for _ in range(2):
        CompletedScanFactory(user=user)
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    hold(browser)
    return browser


def scan_queries(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries if SCAN.search(query["sql"])]


def test_the_details_ask_six_queries_and_each_of_the_scan_once(
    member: Client, django_assert_num_queries: Any
) -> None:
    """Session, person, kinds of call, hold; which scan, that scan, the one before. Its words are read already."""
    with django_assert_num_queries(6) as queries:
        member.get(reverse("bookings:details"))
    assert max(Counter(scan_queries(queries)).values()) == 1
    assert len(scan_queries(queries)) == 3


@pytest.mark.parametrize(
    "given", [{}, {"share": "no", "topics": ["naming"]}, {"share": "yes", "topics": ["naming"]}]
)
def test_confirming_asks_which_scan_and_leaves_reading_it_to_whoever_mails_the_coach(
    member: Client, clock: Any, given: dict[str, Any]
) -> None:
    """And how far the finished ones came by now, for the counts."""
    form = filled_in(member, clock, share="no") | given
    with CaptureQueriesContext(connection) as queries:
        assert member.post(reverse("bookings:confirm"), form).status_code == 302
    which, how_far = scan_queries(queries)
    assert '"answers"' not in which + how_far
    assert '"scores"' not in which + how_far


def test_a_form_that_is_shown_again_lists_the_weakest_first_and_reads_the_scan_once(
    member: Client, clock: Any
) -> None:
    shown = member.get(reverse("bookings:details")).content.decode()
    form = filled_in(member, clock, share="yes", name="", topics=["naming"])
    with CaptureQueriesContext(connection) as queries:
        again = member.post(reverse("bookings:confirm"), form)
    assert again.status_code == 422
    found = scan_queries(queries)
    assert len(found) == len(set(found)) == 3
    topics = re.compile(r'name="topics" value="([^"]+)"')
    assert topics.findall(again.content.decode()) == topics.findall(shown)


def test_a_confirmed_call_asks_for_the_scan_once(member: Client, clock: Any) -> None:
    form = filled_in(member, clock, share="yes")
    done = member.post(reverse("bookings:confirm"), form).headers["Location"]
    with CaptureQueriesContext(connection) as queries:
        assert member.get(done).status_code == 200
    found = scan_queries(queries)
    assert len(found) == len(set(found)) == 3


def test_whoever_has_no_scan_is_not_asked_about(call_type: CallType, clock: Any) -> None:
    browser = Client()
    hold(browser)
    form = filled_in(browser, clock, **PERSON)
    with CaptureQueriesContext(connection) as queries:
        assert browser.post(reverse("bookings:confirm"), form).status_code == 302
    assert scan_queries(queries) == []
