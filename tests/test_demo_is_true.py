"""`make demo` contradicts itself nowhere: every row of it is read, at moments at which dates go wrong; at an easy one
by `test_demo`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.test import override_settings
from django.utils import timezone

from assessments.models import Scan
from bookings.availability.public_holidays import dutch_holidays
from bookings.management.demo import rows
from bookings.models import (
    AvailabilityRule,
    BlockedTime,
    Booking,
    BusyTime,
    DateOverride,
    Offer,
    WaitlistEntry,
)
from bookings.words.contacts import SHARING
from portal.accounts.models import User
from portal.common import times
from portal.common.demo import AT, people
from portal.leads.funnel.models import Tally
from portal.leads.models import ConsentEvent, Lead, LeadEvent, Note
from portal.leads.sequences.models import Run
from portal.mail.models import OutboundEmail
from tests.factories.assessments import InstrumentFactory

pytestmark = [pytest.mark.demo, pytest.mark.django_db]
MOMENTS = {
    "a Sunday night": datetime(2026, 11, 29, 23, 30, tzinfo=UTC),
    "Christmas morning": datetime(2026, 12, 25, 7, tzinfo=UTC),
    "after a clock change": datetime(2027, 3, 29, 14, tzinfo=UTC),
}
AHEAD = {  # may lie after now, and does so by its meaning
    "bookings.Booking": {"period", "footprint", "expires_at"},
    "bookings.Offer": {"expires_at"},
    "bookings.BlockedTime": {"period"},
    "bookings.BusyTime": {"period"},
    "bookings.CalendarSource": {"last_tried_at"},  # so that nobody tries
    "mail.OutboundEmail": {"due_at", "send_after", "expires_at"},
}


@pytest.fixture(params=MOMENTS.values(), ids=MOMENTS.keys())
def now(request: Any, clock: Any) -> Iterator[datetime]:
    clock.move_to(request.param)
    with override_settings(LOCAL_MODE=True):
        InstrumentFactory()
        for name in ("ensure_first_coach", "ensure_sequences", "demo"):
            call_command(name, stdout=StringIO())
        yield timezone.now()


def test_the_demo_contradicts_itself_nowhere(now: datetime) -> None:
    contradicts_itself_nowhere(now)


def contradicts_itself_nowhere(now: datetime) -> None:
    """All of it at once: making the demo takes longer than reading it."""
    nothing_has_happened_that_is_still_to_come(now)
    calls_lie_in_the_hours_of_the_coach_and_apart()
    a_life_goes_in_its_order(now)
    stages_and_timeline_agree(now)
    mails_agree_with_the_calls(now)
    somebody_of_every_kind_is_there(now)
    no_two_days_are_filled_alike()
    rows_are_valid_by_the_models_own_rules()
    people_have_names_as_people_have()


def nothing_has_happened_that_is_still_to_come(now: datetime) -> None:
    for model in apps.get_models():
        if model._meta.app_label not in {
            "accounts",
            "assessments",
            "bookings",
            "funnel",
            "leads",
            "mail",
            "sequences",
        }:
            continue
        moments = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.DateTimeField)
            and field.name not in AHEAD.get(model._meta.label, set())
        ]
        for name in moments:
            late = model._default_manager.filter(**{f"{name}__gt": now})
            assert not late.exists(), (model._meta.label, name, late.values_list(name, flat=True)[:3])


def calls_lie_in_the_hours_of_the_coach_and_apart() -> None:
    hours = {rule.weekday: (rule.start_time, rule.end_time) for rule in AvailabilityRule.objects.all()}
    calls = list(Booking.objects.select_related("host"))
    holidays = {
        one.on for one in dutch_holidays(calls[-1].start_at.date(), calls[0].start_at.date(), language="nl")
    }
    closed = set(DateOverride.objects.filter(windows=None).values_list("on", flat=True))
    for call in calls:
        start, end = (times.local(at, call.host.time_zone) for at in (call.start_at, call.end_at))
        opens, closes = hours[start.isoweekday()]  # a KeyError is a call in the weekend
        assert opens <= start.time() < end.time() <= closes, call
        assert start.date() not in holidays | closed, call
    standing = sorted((call for call in calls if call.status != "cancelled"), key=lambda call: call.start_at)
    for one, other in pairwise(standing):
        assert one.footprint.upper <= other.footprint.lower, (one, other)
    ahead = [call for call in standing if call.start_at > timezone.now()]
    for taken in (*BusyTime.objects.all(), *BlockedTime.objects.all()):
        assert not [
            call for call in ahead if call.start_at < taken.end_at and taken.start_at < call.end_at
        ], taken


def a_life_goes_in_its_order(now: datetime) -> None:
    for scan in Scan.objects.select_related("user").filter(status="completed"):
        assert scan.started_at < scan.done_at <= scan.attached_at, scan
        assert scan.user.joined_at <= scan.attached_at, scan
    first_scan = {
        scan.user_id: scan for scan in Scan.objects.filter(status="completed").order_by("-completed_at")
    }
    for call in Booking.objects.exclude(status="held"):
        assert first_scan[call.user_id].done_at < call.created_at < call.start_at, call
        assert call.created_at <= call.changed_at
        assert call.confirmed_at == call.created_at
        if call.cancelled_at:
            assert call.created_at < call.cancelled_at < call.start_at, call
        if call.agreed:
            assert call.status == "completed"
            assert call.end_at < call.agreed_at
        if call.shared_scan:
            proof = ConsentEvent.objects.get(purpose=SHARING, about=call.about)
            assert (proof.lead.email, proof.language, proof.created_at) == (
                call.email,
                call.language,
                call.created_at,
            )
            assert Scan.objects.get(public_id=call.shared_scan).done_at < call.created_at
        assert (call.status in {"completed", "no_show"}) <= (call.end_at < now), call
    assert not Booking.objects.over(now).filter(period__endswith__lt=now - timedelta(days=1)).exists()
    for user in User.objects.filter(email__endswith=AT).select_related("lead"):
        assert user.joined_at <= user.last_login
        assert user.joined_at >= now - timedelta(days=900)
        assert (user.name, user.language) == (user.lead.name, user.lead.language)
    for run in Run.objects.select_related("lead"):
        assert ConsentEvent.objects.filter(
            lead=run.lead, purpose="tips", created_at__lte=run.started_at
        ).exists()


def stages_and_timeline_agree(now: datetime) -> None:
    for lead in Lead.objects.filter(email__endswith=AT):
        kinds = list(lead.events.order_by("created_at", "pk").values_list("kind", flat=True))
        assert kinds[0] == "scan.completed"
        if lead.stage == "planned":
            assert Booking.objects.open(now).filter(email=lead.email).exists() or (
                Booking.objects.over(now).filter(email=lead.email).exists()
            ), lead
        if lead.stage in {"spoken", "client"}:
            assert "call.completed" in kinds
        assert lead.last_event_at == lead.events.latest("created_at").created_at
        assert (lead.next_step == "") == (lead.next_step_on is None)
        assert not lead.next_step_on or lead.next_step_on >= times.local(now, times.HOST_ZONE).date()
    for lead in Lead.objects.exclude(next_step="") | Lead.objects.exclude(notes=None):
        assert lead.events.filter(kind="call.completed").exists(), lead  # the coach has something to go by
    assert len({note.text for note in Note.objects.all()}) == Note.objects.count()
    about = Counter(LeadEvent.objects.filter(kind="call.booked").values_list("data__booking", flat=True))
    assert about == Counter(Booking.objects.exclude(status="held").values_list("public_id", flat=True))
    began = Tally.objects.filter(by="", step=1).aggregate(n=models.Sum("count"))["n"]
    assert began == Scan.objects.count()


def mails_agree_with_the_calls(now: datetime) -> None:
    assert not OutboundEmail.objects.due(now).exists()
    assert not OutboundEmail.objects.filter(
        status__in=["failed", "retry", "leased", "uncertain", "bounced"]
    ).exists()
    for mail in OutboundEmail.objects.filter(status="sent"):
        assert mail.created_at <= mail.sent_at <= now, mail
        assert mail.text, mail
    calls = {call.about: call for call in Booking.objects.all()}
    for mail in OutboundEmail.objects.filter(message="bookings/reminder_invitee"):
        call = calls[mail.about]
        assert (mail.status == "queued") <= (call.status == "confirmed"), mail
        assert mail.due_at < call.start_at or mail.status == "cancelled"
    told = set(OutboundEmail.objects.filter(message="bookings/cancelled").values_list("about", flat=True))
    lately = Booking.objects.filter(status="cancelled", created_at__gte=now - rows.PLAYED)
    assert told == {call.about for call in lately}


def somebody_of_every_kind_is_there(now: datetime) -> None:
    statuses = Counter(Booking.objects.values_list("status", flat=True))
    assert min(statuses[one] for one in ("confirmed", "completed", "cancelled", "no_show")) > 0, statuses
    assert set(WaitlistEntry.objects.values_list("status", flat=True)) <= {"waiting", "offered"}
    assert WaitlistEntry.objects.filter(status="waiting").exists()
    assert {offer.is_open(now) for offer in Offer.objects.open()} == {True}
    assert Booking.objects.filter(status="held", expires_at__gt=now).exists()
    assert Note.objects.exists()
    assert Lead.objects.exclude(next_step="").exists()
    assert Lead.objects.exclude(source="").values("source").distinct().count() > 3
    assert Run.objects.exists()
    assert Booking.objects.exclude(agreed="").exists()


def no_two_days_are_filled_alike() -> None:
    """As it was: five blocks at the same hours on every day."""
    days = Counter[Any]()
    zone = times.HOST_ZONE
    by_day: dict[Any, list[Any]] = {}
    for busy in BusyTime.objects.all():
        local = times.local(busy.start_at, zone)
        by_day.setdefault(local.date(), []).append(local.time())
    week = {on: tuple(at) for on, at in by_day.items()}
    for on, at in week.items():
        days[on.isocalendar()[:2], at] += 1
    assert max(days.values()) == 1
    assert max(map(len, week.values())) <= 2


def rows_are_valid_by_the_models_own_rules() -> None:
    for model in (Booking, BlockedTime, BusyTime, Offer, WaitlistEntry, Lead):
        for row in model._default_manager.all():
            row.full_clean()
    ahead = Booking.objects.open(timezone.now()).values_list("email", flat=True)
    assert len(ahead) == len(set(ahead))  # one open call a person


def people_have_names_as_people_have() -> None:
    """The address says what they are: no mail server will ever have a name below .example (RFC 2606)."""
    assert AT.endswith(".example")
    names = set(User.objects.filter(email__endswith=AT).values_list("name", flat=True))
    assert len(names) == 120
    assert not [name for name in names if re.search(r"\d|voorbeeld|demo|test", name, re.IGNORECASE)]


def test_nobody_shares_an_address_however_many_there_are() -> None:
    assert len({person.email for person in people(100)}) == 12_000
