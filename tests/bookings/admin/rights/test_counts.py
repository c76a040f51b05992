"""What narrows costs no query for each row: a coach's lists ask as often with one row as with three."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from bookings.models import Host
from portal.accounts.models import User
from portal.accounts.staff import ensure_coach_group
from tests.bookings.admin.conftest import Book, browser_of
from tests.bookings.admin.test_every_page import LISTS, one_more

pytestmark = pytest.mark.usefixtures("clock")

OF_COACH = sorted({*LISTS, "index"} - {"accounts_user", "sequences_sequence"})


@pytest.mark.parametrize("name", OF_COACH)
def test_a_coachs_list_asks_as_often_with_one_row_as_with_three(
    name: str,
    host: Host,
    book: Book,
    monday: Any,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    user = User.objects.create_user("mila@voorbeeld.nl", name="Mila", is_staff=True)
    user.groups.add(ensure_coach_group())
    Host.objects.filter(pk=host.pk).update(user=user)
    browser = browser_of(user)
    path = reverse("admin:index" if name == "index" else f"admin:{name}_changelist")
    one_more(0, host, book)
    browser.get(path)
    with django_assert_max_num_queries(24) as few:
        browser.get(path)
    one_more(1, host, book)
    one_more(2, host, book)
    with django_assert_num_queries(len(few)):
        response = browser.get(path)
    assert response.status_code == 200
