"""What the coach reads of a change: the words of the person's own page, in the mail and in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings.calls.emails.contexts import coach_context
from bookings.models import Booking
from portal.accounts.models import User
from portal.mail.render import render
from tests.assessments.test_change_words import CALLED, EARLIER, LATER
from tests.bookings.admin.conftest import Book, at
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory

REWORDED = "Tussen deze scans is de formulering verbeterd (versie 1.0 en 1.1)."


@pytest.fixture
def shared(book: Book, monday: Any) -> Booking:
    user = User.objects.create_user("sanne@voorbeeld.nl", name="Sanne Vermeer")
    older = InstrumentFactory(version="1.0")
    CompletedScanFactory(user=user, sums=EARLIER, days_ago=90, instrument=older)
    scan = CompletedScanFactory(user=user, sums=LATER)
    return book(at(3, 9, 45), user=user, shared_scan=scan.public_id)


def test_the_admin_calls_each_change_what_the_page_calls_it_and_the_mail_names_only_what_is_certain(
    as_coach: Client, shared: Booking
) -> None:
    with translation.override("nl"):
        mail = render("bookings/coach_booked", "nl", coach_context(shared))
    lines = mail.text.splitlines()
    mailed = BeautifulSoup(mail.html, "html.parser").get_text(" ", strip=True)
    response = as_coach.get(reverse("admin:bookings_booking_change", args=[shared.pk]))
    page = BeautifulSoup(response.content, "html.parser")
    in_admin = {
        row.th.find(string=True, recursive=False).strip(): (
            row.select_one("td.key-change").get_text(" ", strip=True)
        )
        for row in page.select("table.beams tbody tr")
    }
    for name, (number, called) in CALLED.items():
        assert in_admin[name] == f"{number} {called}"
        line = next(line for line in lines if line.startswith(name))
        is_certain = called.startswith("zeker")
        assert (f"({number}, {called})" in line) is is_certain
        assert (f"{number} {called}" in mailed) is is_certain
        assert is_certain or "(" not in line
    assert not any(
        word in mail.text + mailed for word in ("waarschijnlijk gegroeid", "waarschijnlijk gedaald")
    )
    assert "alleen wat zeker veranderd is" in mail.text
    assert all(text.count(REWORDED) == 1 for text in (mail.text, mailed, page.text))


def test_no_change_stands_in_the_subject_of_a_mail(shared: Booking) -> None:
    with translation.override("nl"):
        subject = render("bookings/coach_booked", "nl", coach_context(shared)).subject
    assert not any(word in subject for word in ("gegroeid", "gedaald", "zeker", "toeval"))
