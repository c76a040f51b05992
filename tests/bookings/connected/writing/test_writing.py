"""Calls in the host's own calendar: written, moved and taken out with the booking; what differs is shown.

Against a real Radicale; what stands there is read from its disk, not with the portal's own client.
"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from bookings.availability import calendar
from bookings.calls import lifecycle
from bookings.connected import copies, importing
from bookings.models import Booking, CalendarCopy, CalendarSource, CallType, Host
from tests.bookings.connected.radicale import Radicale, path_of
from tests.bookings.connected.writing.calls import AT_9, AT_11, DAY, HOUR, text, the_copy, write
from tests.bookings.people import THURSDAY_9, confirm
from tests.bookings.world import World
from tests.factories.bookings import BookingFactory, CalDavSourceFactory

pytestmark = pytest.mark.django_db
Status = CalendarCopy.Status


def read(source: CalendarSource, server: Radicale | World) -> CalendarSource:
    CalendarSource.objects.filter(pk=source.pk).update(last_tried_at=None)
    importing.import_source(source.pk, network=server.network())
    source.refresh_from_db()
    return source


def edit(source: CalendarSource, radicale: Radicale, *changes: tuple[str, str]) -> None:
    """What the host does in the own calendar program."""
    name, found = next(iter(radicale.files(source.collection).items()))
    for old, new in changes:
        assert old in found
        found = found.replace(old, new)
    path = path_of(source.collection) + name
    assert radicale.do("PUT", path, found, Content_Type="text/calendar")[0] == 204


MOVED_THERE = tuple(zip(AT_9, AT_11, strict=True))


# ---- rows before messages -----------------------------------------------------------------------------
def test_the_row_comes_and_goes_with_the_booking(source: CalendarSource, call_type: CallType) -> None:
    booking = confirm(call_type)
    assert (the_copy().wanted, the_copy().status) == ("present", "waiting")
    assert source.sealed_address not in the_copy().file_name
    lifecycle.cancel(booking, by=Booking.By.HOST)
    assert (the_copy().wanted, the_copy().status) == ("absent", "waiting")


def test_a_booking_that_is_rolled_back_leaves_no_row(source: CalendarSource, call_type: CallType) -> None:
    with transaction.atomic():
        confirm(call_type)
        transaction.set_rollback(True)
    assert not CalendarCopy.objects.exists()


def test_a_calendar_that_starts_to_get_calls_gets_all_ahead(call_type: CallType, radicale: Radicale) -> None:
    ahead = BookingFactory(call_type=call_type, start=THURSDAY_9)
    BookingFactory(call_type=call_type, start=THURSDAY_9 - 7 * DAY)
    BookingFactory(call_type=call_type, start=THURSDAY_9 + DAY, held=True)
    BookingFactory(start=THURSDAY_9)  # of another host
    source = CalDavSourceFactory(host=call_type.host, collection=radicale.make_calendar("werk"), writes=True)
    copies.want_all(source)
    assert the_copy().booking == ahead
    copies.want_all(source)
    assert the_copy().version == 0


@pytest.mark.parametrize("fields", [{"writes": False}, {"is_active": False}])
def test_a_calendar_that_was_not_asked_to_gets_nothing(
    call_type: CallType, radicale: Radicale, fields: dict[str, bool]
) -> None:
    source = CalDavSourceFactory(
        host=call_type.host, collection=radicale.make_calendar("werk"), **({"writes": True} | fields)
    )
    confirm(call_type)
    assert not CalendarCopy.objects.exists()
    assert write(source, radicale) == 0


def test_one_calendar_a_host_gets_the_calls(source: CalendarSource) -> None:
    with pytest.raises(IntegrityError, match="one_writes_per_host"), transaction.atomic():
        CalDavSourceFactory(host=source.host, writes=True)
    CalDavSourceFactory(writes=True)


# ---- what stands in the calendar ------------------------------------------------------------------------
def test_a_call_is_written_as_it_was_invited_but_invites_nobody(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    booking = confirm(call_type)
    assert write(source, radicale) == 1
    lines = text(source, radicale).splitlines()
    for line in (f"UID:{booking.ics_uid}", "SEQUENCE:0", *AT_9, "TRANSP:OPAQUE", "SUMMARY:Impactcall"):
        assert line in lines
    for word in ("METHOD", "ATTENDEE", "ORGANIZER", "Sanne", "sanne@"):
        assert word not in text(source, radicale)
    assert f"/beheer/bookings/booking/{booking.pk}/change/" in text(source, radicale)
    assert (the_copy().status, the_copy().written_sequence) == ("written", 0)
    assert the_copy().etag
    assert write(source, radicale) == 0


def test_names_are_written_only_when_the_host_shows_them(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    confirm(call_type)
    write(source, radicale)
    Host.objects.update(feed_shows_names=True)
    read(source, radicale)  # the next read sees that the copy says something else than it should
    write(source, radicale)
    assert "SUMMARY:Impactcall met Sanne Vermeer" in text(source, radicale)
    assert "LOCATION:" in text(source, radicale)


def test_a_move_and_a_cancel_follow(source: CalendarSource, call_type: CallType, radicale: Radicale) -> None:
    booking = confirm(call_type)
    write(source, radicale)
    lifecycle.move(booking, THURSDAY_9 + 2 * HOUR, by=Booking.By.HOST)
    write(source, radicale)
    for line in (*AT_11, "SEQUENCE:1", f"UID:{booking.ics_uid}"):
        assert line in text(source, radicale)
    lifecycle.cancel(booking, by=Booking.By.HOST)
    write(source, radicale)
    assert radicale.files(source.collection) == {}
    assert the_copy().status == "removed"


def test_a_call_that_was_cancelled_before_it_was_written_is_never_sent(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    lifecycle.cancel(confirm(call_type), by=Booking.By.HOST)
    radicale.connected.clear()
    write(source, radicale)
    assert (the_copy().status, radicale.connected) == ("removed", [])


def test_the_calls_of_the_host_never_count_as_busy(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    booking = confirm(call_type)
    write(source, radicale)
    read(source, radicale)
    assert source.busy.count() == 0
    lifecycle.cancel(booking, by=Booking.By.HOST)
    assert THURSDAY_9 in [slot.start for slot in calendar.free_slots(call_type)]


# ---- differences ----------------------------------------------------------------------------------------
def test_a_copy_that_was_moved_there_is_shown_and_changes_nothing(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    booking = confirm(call_type)
    write(source, radicale)
    edit(source, radicale, *MOVED_THERE)
    read(source, radicale)
    copy = the_copy()
    assert (copy.status, copy.there, copy.there_start_at) == ("differs", "time", THURSDAY_9 + 2 * HOUR)
    assert copy.there_end_at == THURSDAY_9 + 2.5 * HOUR
    booking.refresh_from_db()
    assert (booking.start_at, booking.sequence) == (THURSDAY_9, 0)
    assert write(source, radicale) == 0  # nothing is overwritten by itself
    assert AT_11[0] in text(source, radicale)
    edit(source, radicale, *((new, old) for old, new in MOVED_THERE))
    read(source, radicale)
    assert (the_copy().status, the_copy().there) == ("written", "")


def test_a_copy_that_was_deleted_there_is_shown_and_can_be_put_back(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    confirm(call_type)
    write(source, radicale)
    (name,) = radicale.files(source.collection)
    assert radicale.do("DELETE", path_of(source.collection) + name)[0] == 200
    read(source, radicale)
    assert (the_copy().status, the_copy().there) == ("differs", "gone")
    assert copies.put_right(the_copy())
    write(source, radicale)
    assert AT_9[0] in text(source, radicale)
    assert not copies.put_right(the_copy())


def test_putting_right_overwrites_what_was_seen_and_nothing_newer(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    confirm(call_type)
    write(source, radicale)
    edit(source, radicale, *MOVED_THERE)
    read(source, radicale)
    copies.put_right(the_copy())
    edit(source, radicale, (AT_11[0], "DTSTART:20261126T093000Z"))  # once more, after the coach pressed
    write(source, radicale)
    assert (the_copy().status, the_copy().there_start_at) == ("differs", THURSDAY_9 + 1.5 * HOUR)
    copies.put_right(the_copy())
    write(source, radicale)
    assert the_copy().status == "written"
    assert AT_9[0] in text(source, radicale)


def test_moving_the_call_to_where_it_stands_there_solves_it(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    booking = confirm(call_type)
    write(source, radicale)
    edit(source, radicale, *MOVED_THERE)
    read(source, radicale)
    lifecycle.move(booking, THURSDAY_9 + 2 * HOUR, by=Booking.By.HOST)
    write(source, radicale)
    assert the_copy().status == "written"
    assert "SEQUENCE:1" in text(source, radicale)


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_a_change_there_that_nobody_saw_yet_is_not_overwritten(
    source: CalendarSource, call_type: CallType, radicale: Radicale, act: str
) -> None:
    booking = confirm(call_type)
    write(source, radicale)
    edit(source, radicale, *MOVED_THERE)
    if act == "move":
        lifecycle.move(booking, THURSDAY_9 + 4 * HOUR, by=Booking.By.HOST)
    else:
        lifecycle.cancel(booking, by=Booking.By.HOST)
    write(source, radicale)
    assert (the_copy().status, the_copy().there) == ("differs", "time")
    assert AT_11[0] in text(source, radicale)
    copies.put_right(the_copy())
    write(source, radicale)
    assert (the_copy().status, len(radicale.files(source.collection))) == (
        ("written", 1) if act == "move" else ("removed", 0)
    )


def test_a_note_or_an_alarm_added_there_is_no_difference(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    booking = confirm(call_type)
    write(source, radicale)
    edit(source, radicale, ("SUMMARY:Impactcall", "SUMMARY:Bellen"), ("TRANSP:OPAQUE", "TRANSP:TRANSPARENT"))
    lifecycle.move(booking, THURSDAY_9 + 2 * HOUR, by=Booking.By.HOST)
    write(source, radicale)
    assert the_copy().status == "written"
    assert AT_11[0] in text(source, radicale)


def test_a_copy_moved_out_of_the_time_that_is_read_is_not_called_gone(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    confirm(call_type)
    write(source, radicale)
    edit(source, radicale, (AT_9[0], "DTSTART:20300101T080000Z"), (AT_9[1], "DTEND:20300101T083000Z"))
    read(source, radicale)
    assert the_copy().there == "time"
