"""All that happened with a contact can be read, however much it is: a page at a time, and no line twice or never."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.models import User
from portal.common import times
from portal.leads import services as leads
from portal.leads import story
from portal.leads.models import Lead, LeadEvent, Note
from tests.bookings.admin.contacts.conftest import content, page_of, url
from tests.factories.mail import OutboundEmailFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "host")]


@pytest.fixture
def much(lead: Lead, coach: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of eleven, the newest first, on pages of three. Many are of one moment."""
    monkeypatch.setattr(story, "MOST", 3)
    at = times.now()
    for number in range(5):
        LeadEvent.objects.create(
            lead=lead, kind=f"soort {number}", created_at=at - timedelta(hours=number // 2)
        )
    for number in range(3):
        Note.objects.create(
            lead=lead, text=f"notitie {number}", author=coach, created_at=at - timedelta(hours=1)
        )
        OutboundEmailFactory(
            to_email=lead.email, subject=f"mail {number}", due_at=at - timedelta(hours=number)
        )
    whole, _older = with_all(monkeypatch, lead, coach)
    monkeypatch.setattr(story, "MOST", 3)
    return whole


def with_all(monkeypatch: pytest.MonkeyPatch, lead: Lead, coach: User) -> tuple[list[str], Any]:
    monkeypatch.setattr(story, "MOST", 200)
    request: Any = type("Request", (), {"user": coach})()
    lines, older = story.lines(request, lead)
    return [line.words + line.note for line in lines], older


def test_from_page_to_page_every_line_comes_once_and_in_order(
    as_coach: Client, lead: Lead, coach: User, much: list[str]
) -> None:
    request: Any = type("Request", (), {"user": coach})()
    read, before = list[str](), None
    for _page in range(4):
        lines, before = story.lines(request, lead, before)
        read += [line.words + line.note for line in lines]
        before = story.Place.read(str(before)) if before else None
    assert before is None
    assert read == much
    assert len(read) == len(set(read)) == 11


def test_a_link_leads_to_the_older_ones_and_one_back(as_coach: Client, lead: Lead, much: list[str]) -> None:
    page = page_of(as_coach, lead)
    assert len(page.select(".story li")) == 3
    for _page in range(3):
        (link,) = [a for a in page.select("section a.btn") if "Oudere regels" in a.text]
        page = content(as_coach.get(link["href"]))
    assert len(page.select(".story li")) == 2
    assert "Oudere regels" not in page.text
    assert page.find("a", string="Naar de nieuwste")["href"].startswith(url("change", lead))


@pytest.mark.parametrize(
    "before", ["x", "1.9.1", "9" * 40, "999999999999999999.0.1", "1.0", "%00", "-5.0.1", "１.0.1"]
)
def test_a_place_that_there_is_not_is_the_newest(as_coach: Client, lead: Lead, before: str) -> None:
    leads.record(lead, "scan.completed")
    page = content(as_coach.get(f"{url('change', lead)}?before={before}"))
    assert len(page.select(".story li")) == 1


@given(st.datetimes(min_value=story.EPOCH.replace(tzinfo=None), timezones=st.just(story.UTC)), st.integers(0, 3),
       st.integers(0, 10**17))  # fmt: skip
def test_a_place_reads_back_as_it_was(at: Any, kind: int, pk: int) -> None:
    place = story.Place(at, kind, pk)
    assert story.Place.read(str(place)) == place


@pytest.mark.parametrize("count", [1, 3])
def test_an_older_page_asks_as_often_for_one_line_as_for_three(
    as_coach: Client, lead: Lead, coach: User, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        leads.record(lead, "scan.completed")
        Note.objects.create(lead=lead, text="a", author=coach)
        OutboundEmailFactory(to_email=lead.email)
    path = f"{url('change', lead)}?before={story.Place(times.now() + timedelta(days=1), 0, 1)}"
    as_coach.get(path)
    with django_assert_num_queries(14):
        as_coach.get(path)
