"""Calendars on a server in the admin: log in, choose, and see how it goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.connected import importing
from bookings.models import CalendarCopy, CalendarSource, Host, RemoteCalendar
from portal.accounts.models import User
from portal.common import times
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.connected.connecting import ADD, LIST, change_page, typed, week_of, words
from tests.factories.bookings import (
    BusyTimeFactory,
    CalDavSourceFactory,
    CalendarCopyFactory,
    CalendarSourceFactory,
    HostFactory,
)

pytestmark = pytest.mark.django_db


def server(host: Host, **changes: str) -> dict[str, Any]:
    kept = {"kind": "caldav", "address": "https://agenda.example.org/", "user_name": "jet"}
    return typed(host, **(kept | {"password": "app-geheim-7"} | changes))


def test_a_server_is_connected_and_its_calendars_are_looked_up_in_the_background(
    as_coach: Client, host: Host
) -> None:
    response = as_coach.post(reverse(ADD), server(host))
    source = CalendarSource.objects.get()
    reading = reverse("admin:bookings_calendarsource_reading", args=[source.pk])
    assert response.headers["Location"] == reading  # where the next step is
    assert (source.login.user, source.login.password) == ("jet", "app-geheim-7")
    assert source.is_looking
    assert source.pk in importing.due_ids(times.now())
    body = words(as_coach.get(change_page(source)))
    assert "De agenda’s op de server worden opgezocht." in body
    for page in (change_page(source), reverse(LIST)):
        assert "app-geheim-7" not in words(as_coach.get(page))
        assert 'value="jet"' not in words(as_coach.get(page))


@pytest.mark.parametrize(
    ("changes", "words_shown"),
    [
        ({"user_name": ""}, "Vul je gebruikersnaam bij de agendaserver in."),
        ({"password": ""}, "Vul het app-wachtwoord voor de agendaserver in."),
        ({"address": ""}, "Vul het adres van de agenda in."),
        ({"address": "http://agenda.example.org/"}, "begint met http://"),
        ({"user_name": "jet:van"}, "dubbele punt"),
        ({"kind": ""}, "Dit veld is verplicht."),
    ],
)
def test_what_a_server_needs_is_asked_in_a_sentence(
    as_coach: Client, host: Host, changes: dict[str, str], words_shown: str
) -> None:
    response = as_coach.post(reverse(ADD), server(host, name="Bij de bank", **changes))
    assert response.status_code == 200
    assert words_shown in words(response)
    assert 'value="Bij de bank"' in words(response)
    assert "app-geheim-7" not in words(response)  # a password never travels back
    assert not CalendarSource.objects.exists()


def test_a_file_takes_no_password_whatever_a_browser_filled_in(as_coach: Client, host: Host) -> None:
    fields = typed(host, user_name="jet", password="geheim", writes="on")
    assert as_coach.post(reverse(ADD), fields).status_code == 302
    source = CalendarSource.objects.get()
    assert (source.kind, source.sealed_login, source.writes) == ("ics", "", False)


def test_the_calendars_that_were_found_are_shown_to_choose_from(as_coach: Client, host: Host) -> None:
    found = [
        RemoteCalendar("https://agenda.example.org/jet/a/", "Thuis"),
        RemoteCalendar("https://agenda.example.org/b/", "Werk"),
    ]
    source = CalDavSourceFactory(host=host, sealed_collection="", last_good_at=None)
    source.set_remote_calendars(found)
    source.save()
    body = words(as_coach.get(change_page(source)))
    assert "Kies welke agenda het is." in body
    for calendar in found:
        assert f'value="{calendar.key}"' in body
        assert calendar.url not in body
    kept = server(host, address="", user_name="", password="", collection=found[1].key, writes="on")
    assert as_coach.post(change_page(source), kept).status_code == 302
    source.refresh_from_db()
    assert (source.collection, source.writes, source.last_tried_at) == (found[1].url, True, None)
    assert (source.login.user, source.address) == ("jet", "https://agenda.example.org/")


def test_another_address_or_name_asks_for_the_password_again(as_coach: Client, host: Host) -> None:
    """A kept password is never sent to an address that somebody filled in later."""
    source = CalDavSourceFactory(host=host)
    for changes in ({"address": "https://andere.example.org/"}, {"user_name": "bas"}):
        fields = server(host, **({"address": "", "user_name": "", "password": ""} | changes))
        response = as_coach.post(change_page(source), fields)
        assert "Vul het wachtwoord opnieuw in" in words(response)
    kept = CalendarSource.objects.get()
    assert (kept.address, kept.login.user) == ("https://agenda.example.org/", "jet")
    fields = server(host, address="https://andere.example.org/", user_name="", password="nieuw")
    assert as_coach.post(change_page(source), fields).status_code == 302
    kept.refresh_from_db()
    assert (kept.login.user, kept.login.password, kept.is_looking) == ("jet", "nieuw", True)
    assert kept.collection == ""


def test_a_new_password_keeps_the_calendar_and_tries_again(as_coach: Client, host: Host, book: Book) -> None:
    source = CalDavSourceFactory(host=host, writes=True, last_problem="login")
    copy = CalendarCopyFactory(
        source=source, booking=book(at(3, 9)), status="failed", last_problem="login", attempts=3
    )
    fields = server(host, address="", user_name="", password="nieuw", writes="on")
    assert as_coach.post(change_page(source), fields).status_code == 302
    source.refresh_from_db()
    copy.refresh_from_db()
    assert source.collection == "https://agenda.example.org/jet/werk/"
    assert (copy.status, copy.attempts) == ("waiting", 0)


def test_a_calendar_that_starts_to_get_the_calls_gets_those_ahead(
    as_coach: Client, host: Host, book: Book
) -> None:
    source, booking = CalDavSourceFactory(host=host), book(at(3, 9))
    fields = server(host, address="", user_name="", password="", writes="on")
    assert as_coach.post(change_page(source), fields).status_code == 302
    assert CalendarCopy.objects.get().booking == booking


def test_a_second_calendar_for_the_calls_is_refused_in_a_sentence(as_coach: Client, host: Host) -> None:
    CalDavSourceFactory(host=host, writes=True)
    response = as_coach.post(reverse(ADD), server(host, writes="on"))
    assert "De gesprekken van deze coach gaan al naar een andere agenda." in words(response)


def differing(host: Host, book: Book, **fields: Any) -> CalendarCopy:
    source = CalDavSourceFactory(host=host, writes=True)
    kept = {"status": "differs", "there": "time", "there_etag": '"daar"'}
    kept |= {"there_start_at": at(3, 11), "there_end_at": at(3, 11, 30)}
    return CalendarCopyFactory(source=source, booking=book(at(3, 9), name="Sanne"), **(kept | fields))


def test_a_difference_is_said_on_every_page_with_both_choices(
    as_coach: Client, host: Host, book: Book, monday: Any
) -> None:
    copy = differing(host, book)
    call = reverse("admin:bookings_booking_change", args=[copy.booking_id])
    for page in (reverse("admin:index"), call, change_page(copy.source)):
        body = words(as_coach.get(page))
        assert "In ‘Eigen agenda’ staat dit gesprek op een ander moment: do 26 nov 2026, 11:00–11:30." in body
        assert "Zet mijn agenda goed" in body
        move = reverse("admin:bookings_booking_move", args=[copy.booking_id])
        assert f'href="{move}?on=2026-11-26&amp;at=11%3A00">Verplaats het gesprek' in body
        assert "Wat hier staat, gaat voor" in body
    body = words(as_coach.get(f"{move}?on=2026-11-26&at=11:00"))
    assert "donderdag 26 november 2026, 11:00 tot 11:30" in body
    assert "anders in je agenda" in week_of(as_coach, "2026-11-26")
    assert copy.booking.start_at == at(3, 9)


def test_putting_right_is_one_press_and_comes_back_to_the_page(
    as_coach: Client, host: Host, book: Book, monday: Any
) -> None:
    copy = differing(host, book)
    path = reverse("admin:bookings_calendarcopy_right", args=[copy.pk])
    assert as_coach.get(path).status_code == 405
    response = as_coach.post(path, {"back": reverse("admin:index")})
    assert response.headers["Location"] == reverse("admin:index")
    copy.refresh_from_db()
    assert (copy.status, copy.etag) == ("waiting", '"daar"')
    for elsewhere in ("https://evil.example/", "//evil.example/", ""):
        response = as_coach.post(path, {"back": elsewhere})
        assert response.headers["Location"] == change_page(copy.source)


@pytest.mark.parametrize(
    ("fields", "sentence", "choice"),
    [
        (
            {"there": "gone", "there_start_at": None},
            "staat niet meer in ‘Eigen agenda’",
            "Zet het daar terug",
        ),
        ({"wanted": "absent"}, "is geannuleerd, maar het staat nog in ‘Eigen agenda’", "Haal het daar weg"),
        (
            {"status": "failed", "there": "", "last_problem": "full"},
            "kon nog niet in ‘Eigen agenda’ gezet worden. Op de server is geen ruimte meer.",
            "Probeer het nu",
        ),
    ],
)
def test_what_else_can_differ_has_its_own_words(
    as_coach: Client, host: Host, book: Book, monday: Any, fields: dict[str, Any], sentence: str, choice: str
) -> None:
    differing(host, book, **fields)
    body = words(as_coach.get(reverse("admin:index")))
    assert sentence in body
    assert choice in body


def test_short_trouble_is_nobodys_business_and_a_long_list_is_cut(
    as_coach: Client, host: Host, book: Book, monday: Any
) -> None:
    copy = differing(host, book, status="waiting", there="", last_problem="unreachable", attempts=4)
    first_page = reverse("admin:index")
    assert 'class="heed"' not in words(as_coach.get(first_page))
    CalendarCopy.objects.update(attempts=5)
    assert words(as_coach.get(first_page)).count('class="heed"') == 1
    for hour in range(10, 15):
        call = book(at(4, hour))
        CalendarCopyFactory(source=copy.source, booking=call, status="differs", there="gone")
    body = words(as_coach.get(first_page))
    assert body.count('class="heed"') == 5
    assert "Er zijn er meer: bekijk de gekoppelde agenda’s" in body


def test_the_calls_can_be_taken_out_and_a_forgotten_calendar_says_what_stays(
    as_coach: Client, host: Host, book: Book, monday: Any
) -> None:
    copy = differing(host, book, status="written", there="")
    assert "In deze agenda staat 1 gesprek." in words(as_coach.get(change_page(copy.source)))
    forget = reverse("admin:bookings_calendarsource_delete", args=[copy.source_id])
    assert "1 gesprek blijft in die agenda staan." in words(as_coach.get(forget))
    as_coach.post(reverse("admin:bookings_calendarsource_withdraw", args=[copy.source_id]))
    copy.refresh_from_db()
    assert (copy.wanted, copy.status) == ("absent", "waiting")
    assert not CalendarSource.objects.get().writes
    assert as_coach.post(forget, {"post": "yes"}).status_code == 302
    assert not CalendarSource.objects.exists()


def test_the_calendars_can_be_looked_up_again(as_coach: Client, host: Host) -> None:
    source = CalDavSourceFactory(host=host)
    response = as_coach.post(reverse("admin:bookings_calendarsource_look", args=[source.pk]))
    assert response.status_code == 302
    kept = CalendarSource.objects.get()
    assert (kept.is_looking, kept.collection) == (True, source.collection)
    ics = CalendarSourceFactory(host=host)
    for name in ("look", "withdraw"):
        path = reverse(f"admin:bookings_calendarsource_{name}", args=[ics.pk])
        assert as_coach.post(path).status_code == 404
        assert as_coach.get(path).status_code == 405


def test_only_who_may_change_calendars_changes_them(host: Host, book: Book, coach: User) -> None:
    copy = differing(host, book)
    coach.groups.clear()
    coach.user_permissions.set(
        Permission.objects.filter(codename__in=["view_calendarsource", "see_practice"])
    )
    client = browser_of(coach)
    assert "Zet mijn agenda goed" not in words(client.get(reverse("admin:index")))
    for path in (
        reverse("admin:bookings_calendarcopy_right", args=[copy.pk]),
        reverse("admin:bookings_calendarsource_look", args=[copy.source_id]),
        reverse("admin:bookings_calendarsource_withdraw", args=[copy.source_id]),
    ):
        assert client.post(path).status_code == 403


def test_the_list_and_the_first_page_cost_the_same_for_one_and_for_three(
    as_superuser: Client, host: Host, book: Book, monday: Any, django_assert_num_queries: Any
) -> None:
    for count in (1, 2):
        for number in range(count):
            other = host if count == 1 else HostFactory()
            source = CalDavSourceFactory(host=other, writes=True)
            moved = {
                "status": "differs",
                "there": "time",
                "there_start_at": at(3, 11),
                "there_end_at": at(3, 12),
            }
            CalendarCopyFactory(source=source, booking=book(at(count + 1, 9 + 2 * number)), **moved)
            BusyTimeFactory(source=source)
        with django_assert_num_queries(5):
            as_superuser.get(reverse(LIST))
        with django_assert_num_queries(21):
            as_superuser.get(reverse("admin:index"))
