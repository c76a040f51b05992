from __future__ import annotations

import dataclasses

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.test import RequestFactory

from assessments import cookies, summary
from tests.assessments.demo import BEFORE, NOW
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_summary_says_what_the_drawn_coach_mail_says():
    user = UserFactory()
    before = CompletedScanFactory(user=user, sums=BEFORE, days_ago=90)
    scan = CompletedScanFactory(user=user)
    told = summary.summary(scan.public_id, "nl")
    assert (told.overall, told.overall_low, told.overall_high) == (59, 55, 63)
    assert (told.overall_change, told.overall_change_label, told.overall_change_words) == (
        "+4",
        "noise",
        "kan toeval zijn",
    )
    assert told.previous_completed_at == before.completed_at
    assert (told.weakest, told.strongest) == (("Uit handen geven",), ("Heldere verwachtingen",))
    assert told.pattern_name == "De greep"
    assert [name for name, _question in told.coach_questions] == ["Uit handen geven"]
    assert told.topics[0] == ("letting-go", "Uit handen geven")
    assert len(told.topics) == 10
    line = told.lines[4]
    assert (line.key.name, line.shown, line.band, line.change, line.change_label, line.change_words) == (
        "Eerlijk naar jezelf",
        75,
        "Hier kan je team op rekenen",
        "+33",
        "noise",
        "kan toeval zijn",
    )


def test_summary_is_in_the_asked_language_whatever_the_page_speaks():
    scan = CompletedScanFactory(user=UserFactory())
    told = summary.summary(scan.public_id, "en")
    assert told.verdict == (
        "The team can count on clear expectations.",
        "Room to do it their own way carries least.",
    )
    assert told.lines[0].name == "Naming what is going on"


def test_summary_holds_no_answer():
    fields = {
        field.name
        for cls in (summary.ResultSummary, summary.SummaryLine)
        for field in dataclasses.fields(cls)
    }
    assert not {name for name in fields if "answer" in name or "item" in name}


def test_there_is_no_summary_of_a_scan_that_is_open_or_gone():
    assert summary.summary(ScanFactory().public_id, "nl") is None
    assert summary.summary("2" * 24, "nl") is None


def test_key_names_are_the_ten_in_order():
    InstrumentFactory()
    names = summary.key_names("nl")
    assert list(names) == list(NOW)
    assert names["letting-go"] == "Uit handen geven"


def request_of(user=None, *scans):
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    if scans:
        value = signing.dumps([scan.public_id for scan in scans], salt=cookies.SALT)
        request.COOKIES[cookies.cookie_name()] = value
    return request


def test_browser_scan_is_the_newest_completed_scan_the_visitor_may_share():
    user = UserFactory()
    mine, older = CompletedScanFactory(user=user), CompletedScanFactory(user=user, days_ago=9)
    nobodys, open_one = CompletedScanFactory(days_ago=1), ScanFactory()
    assert summary.browser_scan(request_of()) is None
    assert summary.browser_scan(request_of(None, open_one)) is None
    assert summary.browser_scan(request_of(None, open_one, nobodys)) == nobodys.public_id
    assert summary.browser_scan(request_of(None, mine)) is None
    assert summary.browser_scan(request_of(user)) == mine.public_id
    assert summary.latest_completed_for(user_id=user.pk) == mine.public_id
    assert summary.latest_completed_for(scan_public_id=older.public_id) == older.public_id
    assert summary.latest_completed_for(scan_public_id=open_one.public_id) is None


@pytest.mark.parametrize("count", [1, 4])
def test_a_summary_takes_two_queries_however_many_scans_there_are(django_assert_num_queries, count):
    user = UserFactory()
    for days in range(count, 0, -1):
        CompletedScanFactory(user=user, days_ago=days)
    scan = CompletedScanFactory(user=user)
    summary.summary(scan.public_id, "nl")
    with django_assert_num_queries(2):
        summary.summary(scan.public_id, "nl")
