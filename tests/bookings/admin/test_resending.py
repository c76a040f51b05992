"""The forms of the admin with an old token: asked for once more, as everywhere."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from assessments.models import Scan
from bookings.models import BlockedTime, Host
from tests.bookings.admin.every_page import all_pages
from tests.portal.test_resending import OURS, again, is_asked_again, sent_of, sign_in_elsewhere, soup

pytestmark = pytest.mark.django_db


def test_every_form_of_the_admin_is_asked_for_once_more_with_all_that_was_in_it(
    full_house: Scan,
    as_superuser: Client,
) -> None:
    forms = {}
    for path in all_pages():
        page = BeautifulSoup(as_superuser.get(path).content, "html.parser")
        for form in page.select("form[method=post]"):
            forms[form.get("action") or path] = sent_of(form)
    as_superuser.handler.enforce_csrf_checks = True
    sign_in_elsewhere(as_superuser)
    for target, sent in forms.items():
        response = as_superuser.post(target, sent, headers={"origin": OURS})
        assert is_asked_again(response), target
        kept = again(response)
        assert kept.pop("csrfmiddlewaretoken") != sent.pop("csrfmiddlewaretoken")
        assert kept == sent, target
    assert len(forms) > 30


def test_a_reason_typed_by_the_coach_is_shown_and_saved_by_one_press(as_coach: Client, host: Host) -> None:
    add = reverse("admin:bookings_blockedtime_add")
    sent = sent_of(soup(as_coach.get(add)).select_one("#blockedtime_form"))
    sent |= {
        "start_on": ["2030-11-28"],
        "all_day": ["on"],
        "end_on": [""],
        "start_time": [""],
        "end_time": [""],
    }
    as_coach.handler.enforce_csrf_checks = True
    sign_in_elsewhere(as_coach)
    response = as_coach.post(add, sent | {"reason": ["Naar de tandarts"]}, headers={"origin": OURS})
    assert "Naar de tandarts" in soup(response).main.text
    assert as_coach.post(add, again(response), headers={"origin": OURS}).status_code == 302
    assert BlockedTime.objects.get().reason == "Naar de tandarts"


def test_a_secret_of_a_calendar_goes_along_unseen(as_superuser: Client, host: Host) -> None:
    add = reverse("admin:bookings_calendarsource_add")
    as_superuser.handler.enforce_csrf_checks = True
    sent = {"name": "Werk", "address": "https://agenda.example.org/geheim", "password": "geheim-woord"}
    response = as_superuser.post(add, sent, headers={"origin": OURS})
    assert "Werk" in soup(response).main.text
    assert "geheim" not in soup(response).get_text()
    assert again(response)["password"] == ["geheim-woord"]
