"""CalDAV servers that misbehave, and the secrets that nobody sees."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection

from bookings.connected import caldav, importing
from bookings.models import CalendarSource, CallType, RemoteCalendar
from portal.common.reaching import ReachError
from tests.bookings.connected.caldav.servers import (
    DAY,
    IS_CALENDAR,
    Send,
    connect,
    dav,
    multistatus,
    on,
    periods,
    read,
    told,
)
from tests.bookings.connected.radicale import LOGIN, ROOT, Radicale
from tests.bookings.world import NAME, World, answer
from tests.factories.bookings import CalendarSourceFactory

pytestmark = pytest.mark.django_db
# ---- servers that misbehave -----------------------------------------------------------------------------
EVENT = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20261203T080000Z\nDTEND:20261203T090000Z\n"
    "END:VEVENT\nEND:VCALENDAR"
)
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BOMB = (LAUGHS + ']><d:multistatus xmlns:d="DAV:">&i;</d:multistatus>').encode()
FILE = (
    b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><d:multistatus xmlns:d="DAV:">&f;</d:multistatus>'
)
WITH_ENTITY = multistatus(told("/werk/", IS_CALENDAR, "<d:displayname>&a;</d:displayname>")).replace(
    b"?>", b'?><!DOCTYPE l [<!ENTITY a "ha">]>', 1
)


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


@pytest.fixture
def known(call_type: CallType, world: World) -> CalendarSource:
    """A calendar that was read well before, on a server that misbehaves from now on."""
    source = connect(call_type, f"https://{NAME}/werk/")
    world.answers = [
        dav(told("/werk/", IS_CALENDAR)),
        dav(told("/werk/", IS_CALENDAR)),
        dav(told("/werk/a.ics", f"<c:calendar-data>{EVENT}</c:calendar-data>")),
    ]
    read(source, world)
    assert len(periods(source)) == 1
    return source


@pytest.mark.parametrize(
    ("send", "problem"),
    [
        (answer(b"", 401), "login"),
        (answer(b"", 403), "forbidden"),
        (answer(b"", 404), "gone"),
        (answer(b"", 405), "refused"),
        (answer(b"", 500), "trouble"),
        (answer(b"", 503), "trouble"),
        (answer(b"", 507), "full"),
        (answer(b"", 412), "refused"),
        (answer(b"<html><title>Inloggen</title></html>"), "not_dav"),
        (answer(b"<html><title>Inloggen</title></html>", 207), "not_dav"),
        (answer(b"<d:multistatus", 207), "not_dav"),
        (answer(BOMB, 207), "not_dav"),
        (answer(FILE, 207), "not_dav"),
        (answer(WITH_ENTITY, 207), "not_dav"),  # small and harmless, and refused all the same
        (answer(b"\xff\xfe\x00<", 207), "not_dav"),
        (answer(b"a" * (10 * 1024 * 1024), 207), "big"),
        (dav(), "not_dav"),
        (dav(told("/werk/", "<d:resourcetype><d:collection/></d:resourcetype>")), "gone"),
        (answer(b"", 302, Location="https://169.254.169.254/"), "elsewhere"),
        (answer(b"", 302, Location=f"http://{NAME}/"), "address"),
        (answer(b"", 302, Location=f"https://{NAME}:8443/"), "address"),
        (answer(b"", 302, Location="https://[/"), "unusable"),
        (answer(b"", 302, Location="/werk/"), "unreachable"),  # round and round
        (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"), "answer"),
    ],
)
def test_a_bad_answer_loses_nothing_and_says_what_is_wrong(
    known: CalendarSource, world: World, send: Send, problem: str
) -> None:
    good_at, other = known.last_good_at, CalendarSourceFactory(host=known.host)
    world.answers = [send]
    begun = time.monotonic()
    read(known, world)
    assert time.monotonic() - begun < 5
    assert (known.last_problem, len(periods(known)), known.last_good_at) == (problem, 1, good_at)
    assert len(str(known.get_last_problem_display())) > 20
    other.refresh_from_db()
    assert other.last_problem == ""


BAD_ADDRESSES = {
    "not an address": "https://[/",
    "a name that cannot be": "https://agenda.example.org\u2100/",
    "a label that is too long": f"https://{'a' * 70}.example.org/",
    "a port that cannot be": f"https://{NAME}:99999/",
    "another port": f"https://{NAME}:8443/",
    "no encryption": f"http://{NAME}/",
    "another scheme": "ftp://agenda.example.org/",
    "a script": "javascript:alert(1)",
    "a control character": "/werk/&#10;/a.ics",
    "a character that turns the text round": "/werk/\u202e.ics",
    "absurdly long": "/" + "a" * 100_000,
}


@pytest.mark.parametrize("href", BAD_ADDRESSES.values(), ids=BAD_ADDRESSES.keys())
@pytest.mark.parametrize("place", ["principal", "home", "calendar"])
def test_a_bad_address_in_the_answer_is_said_to_be_the_servers(
    call_type: CallType, world: World, place: str, href: str
) -> None:
    home = dav(told("/", "<c:calendar-home-set><d:href>/jet/</d:href></c:calendar-home-set>"))
    asked = told("/", f"<d:current-user-principal><d:href>{href}</d:href></d:current-user-principal>")
    world.answers = {
        "principal": [dav(asked)],
        "home": [dav(told("/", f"<c:calendar-home-set><d:href>{href}</d:href></c:calendar-home-set>"))],
        "calendar": [home, dav(told(href, IS_CALENDAR))],
    }[place]
    source = read(connect(call_type), world)
    assert source.get_last_problem_display() == (
        "De server antwoordt met een adres waar we niets mee kunnen."
    )
    assert source.sealed_choices == ""


@pytest.mark.parametrize("name", ["not an address", "another scheme", "a control character", "absurdly long"])
def test_a_bad_address_of_an_event_loses_nothing(known: CalendarSource, world: World, name: str) -> None:
    """Leaving that event out would offer its time."""
    good_at, other = known.last_good_at, CalendarSourceFactory(host=known.host)
    event = told(BAD_ADDRESSES[name], f"<c:calendar-data>{EVENT}</c:calendar-data>")
    world.answers = [dav(told("/werk/", IS_CALENDAR)), dav(event)]
    read(known, world)
    assert (known.last_problem, len(periods(known)), known.last_good_at) == ("unusable", 1, good_at)
    other.refresh_from_db()
    assert other.last_problem == ""


def test_a_server_that_hangs_or_has_another_certificate_loses_nothing(
    known: CalendarSource, world: World
) -> None:
    world.answers = [slow]
    CalendarSource.objects.update(last_tried_at=None)
    importing.import_source(known.pk, network=world.network(0.5))
    known.refresh_from_db()
    assert (known.last_problem, len(periods(known))) == ("slow", 1)
    known.set_address("https://andere.example.org/werk/")
    known.choose(RemoteCalendar("https://andere.example.org/werk/", "x"))
    known.save()
    assert read(known, world).last_problem == "certificate"
    assert len(periods(known)) == 1


def test_a_name_that_changes_to_an_address_inside_is_not_followed(
    known: CalendarSource, world: World
) -> None:
    world.connected.clear()
    world.names[NAME] = [["127.0.0.1"]]
    assert read(known, world).last_problem == "unreachable"
    assert world.connected == []


@pytest.mark.parametrize("place", ["redirect", "principal", "home", "calendar"])
def test_the_password_goes_to_no_other_host(call_type: CallType, world: World, place: str) -> None:
    """Whatever the server points at, only the host that was filled in is asked; the other one is named."""
    other = "https://p34.andere.example.org/jet/"
    homes = f"<d:href>{other if place == 'home' else '/jet/'}</d:href>"
    home = dav(told("/", f"<c:calendar-home-set>{homes}</c:calendar-home-set>"))
    owner = f"<d:current-user-principal><d:href>{other}</d:href></d:current-user-principal>"
    world.answers = {
        "redirect": [answer(b"", 301, Location=other)],
        "principal": [dav(told("/", owner))],
        "home": [home],
        "calendar": [home, dav(told(other, IS_CALENDAR))],
    }[place]
    source = read(connect(call_type), world)
    assert (source.last_problem, source.points_at) == ("elsewhere", "p34.andere.example.org")
    assert {headers["Host"] for _path, headers in world.requests} == {NAME}


def test_a_redirect_within_the_host_keeps_the_question(call_type: CallType, world: World) -> None:
    world.answers = [answer(b"", 301, Location="/dav/"), dav(told("/dav/", IS_CALENDAR))]
    server = caldav.Server.at(ROOT, LOGIN, world.network())
    caldav.find_calendars(server, ROOT)
    assert world.methods == ["PROPFIND", "PROPFIND"]
    assert all(headers["Authorization"].startswith("Basic ") for _path, headers in world.requests)


def test_a_server_that_cannot_search_by_time_is_listed_and_asked_for_each(world: World) -> None:
    world.answers = [
        answer(b"", 501),
        dav(told("/werk/", IS_CALENDAR), told("/werk/a.ics", "<d:getetag>1</d:getetag>")),
        dav(told("/werk/a.ics", f"<c:calendar-data>{EVENT}</c:calendar-data>", "<d:getetag>1</d:getetag>")),
    ]
    server = caldav.Server.at(ROOT, LOGIN, world.network())
    (event,) = caldav.read_events(server, f"{ROOT}werk/", on(1, 0), on(30, 0))
    assert (event.file_name, event.etag, event.data) == ("a.ics", "1", EVENT)
    assert world.methods == ["REPORT", "PROPFIND", "REPORT"]


def test_an_answer_that_is_too_big_is_asked_for_in_halves(world: World) -> None:
    part = dav(told("/werk/a.ics", f"<c:calendar-data>{EVENT}</c:calendar-data>"))
    world.answers = [answer(b"a" * 3_000_000, 207), part, part]
    server = caldav.Server.at(ROOT, LOGIN, world.network())
    assert len(caldav.read_events(server, f"{ROOT}werk/", on(1, 0), on(1, 0) + 60 * DAY)) == 1
    world.answers = [answer(b"a" * 3_000_000, 207)]
    with pytest.raises(ReachError, match="big"):
        caldav.read_events(server, f"{ROOT}werk/", on(1, 0), on(1, 0) + 30 * DAY)


# ---- secrets ------------------------------------------------------------------------------------------
def test_neither_password_nor_address_is_readable_in_the_database(
    source: CalendarSource, radicale: Radicale, settings: Any
) -> None:
    radicale.make_calendar("geheime-kalender", called="Geheime kalender")
    read(source, radicale)
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM bookings_calendarsource s")
        (row,) = cursor.fetchone()
    for secret in (LOGIN.password, LOGIN.user, NAME, "geheime-kalender", "Geheime kalender"):
        assert secret not in row
    assert LOGIN.password not in repr(source.login)
    settings.SECRET_KEY = "een heel andere sleutel, lang genoeg"
    assert read(source, radicale).last_problem == "sealed"
