from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, islice
from typing import Any

from psycopg.types.range import Range

from assessments import summary as scans
from bookings.availability import calendar
from bookings.models import BlockedTime, Booking, BusyTime, CalendarSource, CallType, DateOverride, Host
from bookings.words.contacts import PLANNED, SHARING, SPOKEN
from portal.accounts.models import User
from portal.common import times
from portal.common.demo import AT, MARK, DemoCommand
from portal.common.sealing import seal
from portal.leads.funnel import following
from portal.leads.models import ConsentEvent, Lead, LeadEvent
from portal.leads.retention import forget_proof
from portal.leads.services import proof_of

CALLS, BUSY = 200, 300  # for each coach, at 1x
DAYS_AHEAD, BUSY_DAYS = 30, 60
OPENS, CLOSES = time(9), time(17)
A_DAY_BEFORE = 6  # calls on a working day in the past; ahead there are two or three, so that some stay free
# (minute of the day, minutes): in the afternoon, lunch, and what comes before and after work
AROUND = ((15 * 60, 60), (12 * 60 + 15, 45), (8 * 60, 30), (17 * 60, 45), (17 * 60 + 45, 30))
PHONE = "+31612345678"  # the number of every example
REASON = f"{MARK}: "
CALENDAR = f"{MARK}: eigen agenda"
ENDS = {"completed": "call.completed", "no_show": "call.no_show", "cancelled": "call.cancelled"}


class Command(DemoCommand):
    help = "Calls of demo people with every coach, and blocked, other and busy time around them."

    def fill(self, scale: int) -> str:
        if not User.objects.filter(email__endswith=AT).exists():
            return "Calls: there are no demo people yet."
        hosts = Host.objects.filter(is_active=True, call_types__is_active=True).distinct()
        return "\n".join(_fill_host(host, scale) for host in hosts) or "Calls: nobody can be booked yet."

    def remove(self) -> str:
        number, _by_model = Booking.objects.filter(email__endswith=AT).delete()
        forget_proof(ConsentEvent.objects.filter(lead__email__endswith=AT))  # or it would outlive the contact
        BlockedTime.objects.filter(reason__startswith=REASON).delete()
        for source in CalendarSource.objects.filter(name=CALENDAR):
            DateOverride.objects.filter(host_id=source.host_id, on__in=source.etag.split()).delete()
            source.delete()
        return f"Calls: {number} removed."


def _fill_host(host: Host, scale: int) -> str:
    call_type = host.call_types.filter(is_active=True).order_by("pk")[0]
    call_type.host = host
    there = Booking.objects.filter(host=host, email__endswith=AT).count()
    starts = list(islice(_starts(call_type), max(0, CALLS * scale - there)))
    calls = Booking.objects.bulk_create(_calls(call_type, starts, times.now()), batch_size=1000)
    _tell(calls)
    busy = _fill_calendar(host, BUSY * scale)
    return f"{host.name}: {len(calls)} calls made, {there} were there; {busy} busy blocks made."


# ---- calls --------------------------------------------------------------------------------------------
def _starts(call_type: CallType) -> Iterator[datetime]:
    zone = times.zone(call_type.host.time_zone)
    periods = Booking.objects.filter(host=call_type.host).values_list("period__startswith", flat=True)
    used = {at.astimezone(zone).date() for at in periods}
    today = times.local(times.now(), zone.key).date()
    ahead = (today + timedelta(days=days) for days in range(DAYS_AHEAD + 1))
    before = (today - timedelta(days=days) for days in count(1))
    for part, is_past in ((ahead, False), (before, True)):
        for on in part:
            if on not in used and (on == today or on.isoweekday() < 6):
                number = A_DAY_BEFORE if is_past else 4 if on == today else 2 + on.day % 2
                yield from _day(call_type, on, number)


def _day(call_type: CallType, on: date, number: int) -> Iterator[datetime]:
    zone = times.zone(call_type.host.time_zone)
    step = call_type.buffer_before + call_type.duration + call_type.buffer_after
    at, closes = (datetime.combine(on, clock, tzinfo=zone) for clock in (OPENS, CLOSES))
    for index in range(number):
        if at + index * step + call_type.duration <= closes:
            yield (at + index * step).astimezone(UTC)


def _calls(call_type: CallType, starts: list[datetime], now: datetime) -> Iterator[Booking]:
    people = list(User.objects.filter(email__endswith=AT, is_active=True).order_by("pk"))
    busy = set(Booking.objects.open(now).filter(email__endswith=AT).values_list("email", flat=True))
    free = (one for one in people if one.email not in busy)
    keys = list(scans.key_names("nl"))
    for index, start in enumerate(starts):
        person = next(free, None) if start + call_type.duration > now else people[-1 - index % len(people)]
        if person is not None:
            topics = [keys[index % len(keys)], keys[(index + 3) % len(keys)]]
            yield _call(call_type, start, person, now=now, index=index, topics=topics)


def _call(
    call_type: CallType, start: datetime, person: User, *, now: datetime, index: int, topics: list[str]
) -> Booking:
    asked_at = min(start - timedelta(days=3 + index % 9), now - timedelta(hours=2 + index % 40))
    is_ahead = start + call_type.duration > now
    shares = is_ahead and index % 3 != 0
    return Booking(
        call_type=call_type,
        host=call_type.host,
        user=person,
        name=person.name,
        email=person.email,
        language=person.language,
        time_zone="Europe/London" if person.language == "en" else person.time_zone,
        topics=topics,
        shared_scan=(shares and scans.latest_completed_for(user_id=person.pk)) or "",
        remark="Voorbeeld van een opmerking: we willen hierna met het hele team verder." if shares else "",
        location_kind=call_type.location_kind,
        location=call_type.location(person.language),
        phone=PHONE if call_type.asks_phone else "",
        created_at=asked_at,
        confirmed_at=asked_at,
        **_outcome(
            start, asked_at, index=index, is_ahead=is_ahead, is_today=abs(start - now) < timedelta(hours=20)
        ),
        **calendar.period_and_footprint(call_type, start),
    )


def _outcome(
    start: datetime, asked_at: datetime, *, index: int, is_ahead: bool, is_today: bool
) -> dict[str, Any]:
    cancelled = {
        "status": Booking.Status.CANCELLED,
        "changed_at": asked_at + timedelta(hours=1),
        "cancelled_at": asked_at + timedelta(hours=1),
        "cancelled_by": Booking.By.INVITEE,
        "sequence": 1,
    }
    if index % 10 == 5 and not is_today:
        return cancelled
    if is_ahead or is_today:
        return {"status": Booking.Status.CONFIRMED, "changed_at": asked_at}
    status = Booking.Status.NO_SHOW if index % 10 == 8 else Booking.Status.COMPLETED
    return {"status": status, "changed_at": start}


def _tell(calls: list[Booking]) -> None:
    leads = {lead.email: lead for lead in Lead.objects.filter(email__endswith=AT)}
    ConsentEvent.objects.bulk_create(_yes(call, leads[call.email]) for call in calls if call.shared_scan)
    events = []
    for call in calls:
        for kind, at in (("call.booked", call.created_at), (ENDS.get(call.status), call.end_at)):
            if kind:
                data = {"booking": call.public_id, "start_at": call.start_at.isoformat()}
                events.append(LeadEvent(lead=leads[call.email], kind=kind, data=data, created_at=at))
    LeadEvent.objects.bulk_create(events, batch_size=2000)
    following.settle(leads.values())
    for stage, status in ((SPOKEN, "completed"), (PLANNED, "confirmed")):
        emails = {call.email for call in calls if call.status == status}
        Lead.objects.filter(email__in=emails).update(stage=stage)


def _yes(call: Booking, lead: Lead) -> ConsentEvent:
    proof = proof_of(lead, purpose=SHARING, language=call.language, method="booking form", about=call.about)
    proof.created_at = call.created_at
    return proof


# ---- the calendar around them -------------------------------------------------------------------------
def _fill_calendar(host: Host, wanted: int) -> int:
    source = CalendarSource.objects.filter(host=host, name=CALENDAR).first()
    if source is None:
        source = _connect(host)
    there = source.busy.count()
    BusyTime.objects.bulk_create(
        [
            BusyTime(host=host, source=source, period=period, uid_digest=f"{number:064x}")
            for number, period in enumerate(islice(_busy(host), there, wanted))
        ],
        batch_size=5000,
    )
    return max(0, wanted - there)


def _connect(host: Host) -> CalendarSource:
    """A calendar that nobody reads: its next turn never comes, and its address leads nowhere."""
    now = times.now()
    return CalendarSource.objects.create(
        host=host,
        name=CALENDAR,
        sealed_address=seal("https://demo.invalid/agenda.ics"),
        etag=" ".join(on.isoformat() for on in _other_hours(host)),  # remembers which dates are the demo's
        last_tried_at=now + timedelta(days=36_500),
        last_good_at=now,
        imported_at=now,
        stale_told_at=now,
    )


def _other_hours(host: Host) -> list[date]:
    zone = times.zone(host.time_zone)
    today = times.local(times.now(), zone.key).date()
    used = set(host.overrides.values_list("on", flat=True))
    workdays = [
        on for n in range(3, 60) if (on := today + timedelta(days=n)).isoweekday() < 6 and on not in used
    ]
    for on, first, last, words in (
        (workdays[0], time(13), time(15), "teamdag"),
        (workdays[4], time(9), time(11), "tandarts"),
        (workdays[8], time(0), time(0), "vrij"),
    ):
        ends = on + timedelta(days=1) if last == time(0) else on
        period = Range(datetime.combine(on, first, tzinfo=zone), datetime.combine(ends, last, tzinfo=zone))
        BlockedTime.objects.create(host=host, period=period, reason=REASON + words)
    closed, morning = workdays[11], workdays[13]
    DateOverride.objects.create(host=host, on=closed)
    other = DateOverride.objects.create(host=host, on=morning)
    other.windows.create(start_time=time(8, 30), end_time=time(12, 30))
    return [closed, morning]


def _busy(host: Host) -> Iterator[Range[datetime]]:
    zone = times.zone(host.time_zone)
    today = times.local(times.now(), zone.key).date()
    for turn in count():
        for day in range(BUSY_DAYS):
            minute, length = AROUND[turn] if turn < len(AROUND) else (18 * 60 + turn * 7 % 720, 5)
            if turn == 0:
                minute += 30 * (day % 3)
            midnight = datetime.combine(today + timedelta(days=day), time(), tzinfo=zone)
            start = (midnight + timedelta(minutes=minute)).astimezone(UTC)
            yield Range(start, start + timedelta(minutes=length))
