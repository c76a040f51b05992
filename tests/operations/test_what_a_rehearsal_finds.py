"""The questions of a rehearsal, tested themselves: each finds what is wrong with rows, and nothing in good ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from bookings.models import Booking
from tests.chaos.booking import raw
from tests.chaos.harness import test_database_url as database_url
from tests.factories.bookings import BookingFactory, CallTypeFactory
from tests.factories.mail import OutboundEmailFactory
from tests.rehearsal import invariants, liveness

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_clock]
SANNE = "sanne@example.org"
SECOND = timedelta(seconds=1)


@pytest.fixture
def call() -> Booking:
    """A call with a mail for the visitor and one for the coach."""
    call = BookingFactory(email=SANNE)
    for message, to in (("bookings/confirmation", SANNE), ("bookings/coach_booked", "jet@voorbeeld.nl")):
        about = {"about": call.about, "sequence": 0, "key": f"{call.about}:{message}"}
        OutboundEmailFactory(message=message, to_email=to, **about)
    return call


@pytest.fixture
def database(transactional_db: None) -> Iterator[psycopg.Connection]:
    with raw(autocommit=True) as asking:
        yield asking


def found(
    database: psycopg.Connection, *, accepted: tuple[str, ...] = (SANNE,), refused: tuple[str, ...] = ()
) -> list[str]:
    return [
        *invariants.no_overlap(database),
        *invariants.nothing_lost(database, accepted, refused),
        *invariants.no_ghosts(database),
        *invariants.told_once(database, accepted),
    ]


LOST = (
    ("I2", "DELETE FROM bookings_idempotencykey; DELETE FROM bookings_booking"),
    ("I3", "UPDATE mail_outboundemail SET about = 'booking:another', key = key || 'x'"),
    ("I3", "UPDATE mail_outboundemail SET sequence = 1"),
    ("I5", "DELETE FROM mail_outboundemail WHERE message = 'bookings/coach_booked'"),
)


def test_what_is_lost_is_found_and_nothing_in_good_rows(call: Booking, database: psycopg.Connection) -> None:
    assert found(database) == []
    assert found(database, accepted=(), refused=(SANNE,)) == [f"I2: {SANNE} was refused and has 1 calls."]
    for what, statement in LOST:
        with database.transaction(force_rollback=True):
            database.execute(statement)
            assert what in {line.partition(":")[0] for line in found(database)}, statement


def test_a_double_is_found(call: Booking, database: psycopg.Connection) -> None:
    OutboundEmailFactory(message="bookings/confirmation", to_email=SANNE, about=call.about, sequence=0)
    BookingFactory(call_type=call.call_type, email=SANNE, start=call.start_at + timedelta(days=1))
    database.execute("ALTER TABLE bookings_booking DROP CONSTRAINT bookings_booking_no_overlap")
    try:
        BookingFactory(call_type=call.call_type, email="bas@example.org", start=call.start_at)
        assert {"I1", "I2", "I4", "I5"} == {line.partition(":")[0] for line in found(database)}
    finally:
        Booking.objects.all().delete()
        add_constraint()


def add_constraint() -> None:
    constraint = next(one for one in Booking._meta.constraints if one.name == "bookings_booking_no_overlap")
    with connection.schema_editor() as editor:
        editor.add_constraint(Booking, constraint)


def test_mail_without_a_row_and_unmarked_copies_are_found(
    call: Booking, database: psycopg.Connection
) -> None:
    mail = str(OutboundEmailFactory().public_id)
    assert invariants.no_ghosts(database, [mail]) == []
    assert len(invariants.no_ghosts(database, [mail, "9" * 8])) == 1
    assert invariants.no_more_copies(database, [mail]) == []
    assert len(invariants.no_more_copies(database, [mail, mail])) == 1
    database.execute("UPDATE mail_outboundemail SET maybe_duplicate = true")
    assert invariants.no_more_copies(database, [mail, mail]) == []


def test_a_refusal_is_right_only_while_something_overlapped(database: psycopg.Connection) -> None:
    """Held, moved and let go: rows say only where they are last."""
    call_type = CallTypeFactory(buffer_before_minutes=0, buffer_after_minutes=0)
    first = (datetime.now(UTC) + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    later = first + timedelta(hours=3)

    def taken(start: datetime, since: datetime) -> bool:
        return liveness.was_taken(database, start, 15, since, datetime.now(UTC))

    began = datetime.now(UTC)
    with liveness.watched(database_url()):
        hold = BookingFactory(call_type=call_type, start=first, held=True)
        assert taken(first, began)
        assert taken(first + timedelta(minutes=15), began)
        assert not taken(later, began)
        hold.delete()
        after = datetime.now(UTC) + 2 * SECOND  # one is allowed for a commit
        assert taken(first, began)
        assert not liveness.was_taken(database, first, 15, after, after)
        call = BookingFactory(call_type=call_type, start=first)
        for name in ("period", "footprint"):
            setattr(
                call,
                name,
                getattr(BookingFactory.build(call_type=call_type, host=call_type.host, start=later), name),
            )
        call.save()
        assert taken(later, began)
        assert not liveness.was_taken(database, first, 15, after, after)
        assert liveness.was_taken(database, later, 15, after, after)
    assert database.execute("SELECT to_regclass('rehearsal.taken')").fetchone() == (None,)
