"""A practice with a coach and hours, people who open the admin, and calls in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.internal.userkit import user_id_to_str
from django.test import Client

from assessments.models import Scan
from bookings.availability import calendar
from bookings.models import (
    AvailabilityRule,
    BlockedTime,
    Booking,
    CallType,
    DateOverride,
    Host,
    OverrideWindow,
    RemoteCalendar,
)
from portal.accounts.models import User
from portal.accounts.staff import ensure_practice_group
from portal.common import waking
from portal.leads import services as leads
from portal.leads.sequences import runs
from portal.webhook.announcing import body_of
from tests.bookings.admin.every_page import Opened, open_all
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory
from tests.factories.bookings import (
    CalDavSourceFactory,
    CalendarCopyFactory,
    CalendarSourceFactory,
    OfferFactory,
    first_coach,
)
from tests.factories.mail import OutboundEmailFactory
from tests.factories.sequences import StepFactory
from tests.factories.webhook import OutboundEventFactory, switched_on

PAYLOAD = "<script>alert(1)</script><img src=x onerror=alert(2)>"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Amsterdam


@pytest.fixture(autouse=True)
def _no_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(waking, "_closed_until", 0.0)


@pytest.fixture
def monday(clock: Any) -> datetime:
    """It is Monday 23 November 2026, ten in the morning in Amsterdam."""
    clock.move_to(MONDAY)
    return MONDAY


@pytest.fixture
def host(db: None) -> Host:
    InstrumentFactory()
    first_coach()
    return Host.objects.get()


@pytest.fixture
def call_type(host: Host) -> CallType:
    return CallType.objects.select_related("host").get()


def browser_of(user: User, *, second_factor: bool = True) -> Client:
    """A browser in which this person signed in, with or without a second factor."""
    client = as_member(user)
    session = client.session
    records = [{"method": "code", "at": time.time()}]
    if second_factor:
        records.append({"method": "mfa", "at": time.time()})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()
    return client


@pytest.fixture
def superuser(host: Host) -> User:
    return User.objects.get(is_superuser=True)


@pytest.fixture
def coach(db: None) -> User:
    user = User.objects.create_user("mila@voorbeeld.nl", name="Mila de Coach", is_staff=True)
    user.groups.add(ensure_practice_group())
    return user


@pytest.fixture
def as_superuser(superuser: User) -> Client:
    return browser_of(superuser)


@pytest.fixture
def as_coach(coach: User, host: Host) -> Client:
    return browser_of(coach)


Book = Callable[..., Booking]


@pytest.fixture
def book(call_type: CallType, monday: datetime) -> Book:
    """Make a confirmed call at an instant, seen from that Monday; keyword arguments are fields."""

    def make(start: datetime, **fields: Any) -> Booking:
        now = datetime.now(UTC)
        values = {
            "name": "Sanne Vermeer",
            "email": "sanne@voorbeeld.nl",
            "status": Booking.Status.CONFIRMED,
            "confirmed_at": now,
            "location": call_type.location_nl,
            "call_type": call_type,
            "host": call_type.host,
        }
        return Booking.objects.create(**(values | calendar.period_and_footprint(call_type, start) | fields))

    return make


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant on that day of the week of MONDAY, 0 to 13, by the clock of Amsterdam in winter."""
    return MONDAY.replace(hour=0) + timedelta(days=day, hours=hour - 1, minutes=minute)


@pytest.fixture
def open_host(host: Host) -> Host:
    """Open on weekdays from nine to five, with a day of notice and half-hour calls."""
    host.rules.all().delete()
    for weekday in range(1, 6):
        AvailabilityRule.objects.create(host=host, weekday=weekday, start_time="09:00", end_time="17:00")
    CallType.objects.update(
        duration_minutes=30,
        slot_interval_minutes=30,
        buffer_before_minutes=15,
        buffer_after_minutes=15,
        minimum_notice_minutes=1440,
        horizon_days=30,
        max_per_day=4,
        max_per_week=None,
    )
    return host


@pytest.fixture
def full_house(host: Host, call_type: CallType, book: Book, monday: Any) -> Scan:
    """One of everything, with markup in every text that people type."""
    user = User.objects.create_user("sanne@voorbeeld.nl", name=PAYLOAD)
    scan = CompletedScanFactory(user=user)
    booking = book(
        at(3, 9, 45),
        name=PAYLOAD[:80],
        remark=PAYLOAD,
        location=PAYLOAD,
        user=user,
        shared_scan=scan.public_id,
        topics=["advance"],
        time_zone="America/New_York",
    )
    book(at(-7, 10), name="Bas Hoekstra", email="bas@voorbeeld.nl")
    book(at(4, 10), name="Noor Aydin", status="held", expires_at=at(0, 11), confirmed_at=None)
    lead = leads.contact("sanne@voorbeeld.nl", name=PAYLOAD[:80], user_id=user.pk)
    leads.give_consent(lead, purpose="tips", language="nl", method=PAYLOAD[:40], source_path=PAYLOAD)
    leads.record(lead, "scan.completed", scan=scan.public_id)
    leads.record(lead, "call.booked", start_at=booking.start_at.isoformat(), booking=booking.public_id)
    leads.record(lead, PAYLOAD[:40])
    OutboundEmailFactory(about=booking.about, subject=PAYLOAD, text=PAYLOAD, html=PAYLOAD, to_name=PAYLOAD)
    switched_on()
    OutboundEventFactory(
        body=body_of("call.booked", at(0, 9), {"contact": {"name": PAYLOAD}}), answer=PAYLOAD[:200]
    )
    DateOverride.objects.create(host=host, on=at(3, 10).date())  # closed: the call lies outside the hours
    override = DateOverride.objects.create(host=host, on=at(9, 10).date())
    OverrideWindow.objects.create(override=override, start_time="10:00", end_time="12:00")
    BlockedTime.objects.create(host=host, period=(at(2, 9), at(2, 12)), reason=PAYLOAD)
    CalendarSourceFactory(host=host, name=PAYLOAD[:80], last_good_at=at(-2, 9))
    OfferFactory(call_type=call_type, starts=[at(8, 10)], entry__user=user, entry__name=PAYLOAD[:80])
    server = CalDavSourceFactory(host=host, name=PAYLOAD[:80], writes=True)
    server.set_remote_calendars([RemoteCalendar("https://agenda.example.org/jet/werk/", PAYLOAD)])
    server.save()
    CalendarCopyFactory(source=server, booking=booking, status="differs", there="gone")
    CallType.objects.update(name_nl=PAYLOAD[:80], location_nl=PAYLOAD)
    step = StepFactory(sequence__name=PAYLOAD[:80], subject_nl=PAYLOAD, body_nl=PAYLOAD, body_en=PAYLOAD)
    runs.begin(step.sequence, lead, {})
    return scan


OPENED: list[Opened] = []


@pytest.fixture
def every_page(request: pytest.FixtureRequest) -> list[Opened]:
    """Of a full house, as a superuser sees them in Dutch: for tests that read and change nothing."""
    if not OPENED:
        for name in ("full_house", "book", "as_superuser"):
            request.getfixturevalue(name)
        book = request.getfixturevalue("book")
        book(at(-10, 10), name="", email="", status="completed")  # of an erased person
        OutboundEmailFactory(message="bookings/reminder_coach", subject="Herinnering")
        OPENED.extend(open_all(request.getfixturevalue("as_superuser")))
    return OPENED
