"""A calendar that was just connected: what comes, what was found, or why not; and reading it by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from psycopg.types.range import Range

from bookings.models import CalendarSource, Host, RemoteCalendar
from portal.accounts.models import User
from portal.common import times
from tests.bookings.admin.conftest import at, browser_of
from tests.bookings.admin.connected.connecting import ADD, change_page, typed, words
from tests.factories.bookings import BusyTimeFactory, CalDavSourceFactory, CalendarSourceFactory

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]


def page_of(source: CalendarSource) -> str:
    return reverse("admin:bookings_calendarsource_reading", args=[source.pk])


def button_of(source: CalendarSource) -> str:
    return reverse("admin:bookings_calendarsource_read_now", args=[source.pk])


def test_saving_leads_to_a_page_that_looks_again_by_itself_without_a_script(
    as_coach: Client, host: Host
) -> None:
    saved = as_coach.post(reverse(ADD), typed(host))
    source = CalendarSource.objects.get()
    assert saved.headers["Location"] == page_of(source)
    answer = as_coach.get(page_of(source))
    assert "De agenda wordt nu gelezen" in words(answer)
    assert "Tot die tijd houdt wat erin staat nog geen tijd vrij." in words(answer)
    assert "toegevoegd" not in words(answer)
    assert answer.headers["Refresh"] == f"2; url={page_of(source)}?look=1"
    late = as_coach.get(page_of(source), {"look": "30"})
    assert "Refresh" not in late.headers
    assert "Het duurt langer dan anders." in words(late)
    assert as_coach.get(page_of(source), {"look": "-1 nonsense"}).headers["Refresh"].endswith("?look=1")


def test_a_page_that_is_done_looks_no_more_and_says_what_was_found(
    as_coach: Client, host: Host, monday: Any
) -> None:
    source = CalendarSourceFactory(host=host)
    for day in range(1, 8):
        BusyTimeFactory(source=source, period=Range(at(day, 9), at(day, 10)))
    BusyTimeFactory(source=source, period=Range(at(-2, 9), at(-2, 10)))  # over
    BusyTimeFactory(source=source, period=Range(at(30, 9), at(30, 10)))  # later than four weeks
    answer = as_coach.get(page_of(source))
    body = words(answer)
    assert "Refresh" not in answer.headers
    assert "Gelezen. In de komende vier weken zijn 7 tijden bezet; die kan niemand boeken." in body
    assert "di 24 nov 2026, 09:00 tot 10:00" in body
    assert body.count("09:00 tot 10:00") == 5  # enough to recognise it by
    assert "5 minuten geleden" in body


def test_an_empty_calendar_asks_whether_that_is_right(as_coach: Client, host: Host) -> None:
    body = words(as_coach.get(page_of(CalendarSourceFactory(host=host))))
    assert "zijn 0 tijden bezet" in body
    assert "Klopt dat?" in body


def test_why_it_was_not_read_is_said_in_words(as_coach: Client, host: Host) -> None:
    source = CalendarSourceFactory(
        host=host, last_good_at=None, last_problem="login", last_tried_at=times.now()
    )
    body = words(as_coach.get(page_of(source)))
    assert "Let op: nog niet gelezen. De naam of het wachtwoord klopt niet." in body
    assert "Gelezen." not in body


def test_calendars_on_a_server_are_named_and_one_is_to_be_chosen(as_coach: Client, host: Host) -> None:
    found = [RemoteCalendar(f"https://agenda.example.org/{name}/", name) for name in ("Thuis", "<b>Werk</b>")]
    source = CalDavSourceFactory(
        host=host, sealed_collection="", last_good_at=None, last_tried_at=times.now()
    )
    source.set_remote_calendars(found)
    source.save()
    answer = as_coach.get(page_of(source))
    body = words(answer)
    assert "De server laat ons binnen en heeft 2 agenda’s. Kies welke we lezen." in body
    assert "Thuis" in body
    assert "&lt;b&gt;Werk&lt;/b&gt;" in body
    assert f'{change_page(source)}#id_collection"' in body
    assert "Refresh" not in answer.headers  # nothing comes before there is a choice


def test_it_is_read_by_hand_once_a_minute(as_coach: Client, host: Host, clock: Any) -> None:
    source = CalendarSourceFactory(host=host, last_tried_at=times.now())
    assert as_coach.get(button_of(source)).status_code == 405
    early = as_coach.post(button_of(source), follow=True)
    assert "minder dan een minuut geleden gelezen" in words(early)
    clock.shift(timedelta(minutes=2))
    for _twice in range(2):
        answer = as_coach.post(button_of(source))
        assert answer.headers["Location"] == page_of(source)
        source.refresh_from_db()
        assert source.is_being_read(times.now())
        assert source.last_good_at  # until then the last good read stays
    CalendarSource.objects.update(is_active=False, last_tried_at=times.now() - timedelta(hours=1))
    assert "Deze agenda staat uit." in words(as_coach.post(button_of(source), follow=True))


def test_a_calendar_that_was_never_read_is_not_protected_at_once(as_coach: Client, host: Host) -> None:
    source = CalendarSourceFactory(host=host, last_good_at=None, last_tried_at=None)
    first_page = reverse("admin:index")
    body = words(as_coach.get(first_page))
    assert "Niet beschermd: ‘Eigen agenda’ is nog niet gelezen" in body
    assert page_of(source) in body
    CalendarSource.objects.update(last_problem="gone", on_stale="close")
    body = words(as_coach.get(first_page))
    assert "Deze agenda bestaat niet of niet meer op de server" in body
    assert "Er worden geen tijden aangeboden" in body
    CalendarSource.objects.update(is_active=False)
    assert "Niet beschermd" not in words(as_coach.get(first_page))


@pytest.mark.parametrize("provider", ["Google", "iCloud", "Outlook", "Nextcloud", "Fastmail"])
def test_the_form_says_where_the_address_is_found(as_coach: Client, provider: str) -> None:
    body = words(as_coach.get(reverse(ADD)))
    assert f"<summary>{provider}</summary>" in body


def test_who_may_only_look_cannot_have_it_read(host: Host, coach: User) -> None:
    source = CalendarSourceFactory(host=host)
    coach.groups.clear()
    assert browser_of(coach).get(page_of(source)).status_code == 403
    coach.user_permissions.add(Permission.objects.get(codename="view_calendarsource"))
    client = browser_of(User.objects.get(pk=coach.pk))
    assert "Lees nu" not in words(client.get(page_of(source)))
    assert client.post(button_of(source)).status_code == 403


def test_what_was_found_costs_the_same_for_one_and_for_three(
    as_coach: Client, host: Host, django_assert_num_queries: Any
) -> None:
    source = CalendarSourceFactory(host=host)
    as_coach.get(page_of(source))
    for _more in (1, 2):
        BusyTimeFactory(source=source)
        with django_assert_num_queries(7):
            as_coach.get(page_of(source))
