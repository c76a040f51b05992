"""What lies around the calls of the demo: a calendar elsewhere, blocked time, and dates with hours of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from psycopg.types.range import Range

from bookings.availability.public_holidays import dutch_holidays
from bookings.models import BlockedTime, BusyTime, CalendarSource, DateOverride, Host
from portal.common import times
from portal.common.demo import LONGEST_AGO
from portal.common.sealing import seal

MARK = " (voorbeeld)"
CALENDAR = f"Eigen agenda{MARK}"
BUSY_DAYS = 60  # at 1x
SOON = 60  # days in which holidays are closed
# by weekday, from 1 for Monday: what somebody has in a week beside the work
BUSY = {
    1: [("weekstart", time(9), 45)],
    2: [("lunch", time(12, 30), 45)],
    3: [("school", time(15), 120)],
    4: [("intervisie", time(9), 90), ("lunch", time(12, 15), 45)],
    5: [("administratie", time(15, 30), 90)],
}


def fill(host: Host, scale: int) -> int:
    """Returns how many busy times are new. Nobody reads the calendar: its address leads nowhere, and its next turn
    never comes."""
    now = times.now()
    source = CalendarSource.objects.filter(host=host, name=CALENDAR).first() or connect(host)
    CalendarSource.objects.filter(pk=source.pk).update(last_good_at=now, imported_at=now)
    there = set(source.busy.values_list("uid_digest", flat=True))
    new = [
        BusyTime(host=host, source=source, period=period, uid_digest=digest)
        for digest, period in busy(host, scale)
        if digest not in there
    ]
    BusyTime.objects.bulk_create(new, batch_size=5000)
    return len(new)


def connect(host: Host) -> CalendarSource:
    now = times.now()
    return CalendarSource.objects.create(
        host=host,
        name=CALENDAR,
        sealed_address=seal("https://demo.invalid/agenda.ics"),
        etag=" ".join(on.isoformat() for on in open_otherwise(host)),  # remembers which dates are the demo's
        last_tried_at=now + timedelta(days=36_500),
        last_good_at=now,
        imported_at=now,
        stale_told_at=now,
    )


def remove() -> None:
    BlockedTime.objects.filter(reason__endswith=MARK).delete()
    for source in CalendarSource.objects.filter(name=CALENDAR):
        DateOverride.objects.filter(host_id=source.host_id, on__in=source.etag.split()).delete()
        source.delete()


def open_otherwise(host: Host) -> list[date]:
    """Blocks some time, closes the holidays that are near, and gives one date hours of its own."""
    zone = times.zone(host.time_zone)
    today = times.local(times.now(), zone.key).date()
    used = set(host.overrides.values_list("on", flat=True))
    holidays = [one.on for one in dutch_holidays(today, today + timedelta(days=SOON), language="nl")]
    closed = [on for on in holidays if on not in used]
    days = (today + timedelta(days=number) for number in range(3, SOON))
    workdays = [on for on in days if on.isoweekday() < 6 and on not in {*used, *holidays}]
    for on, first, last, words in (
        (workdays[0], time(13), time(15), "Teamdag"),
        (workdays[4], time(9), time(11), "Tandarts"),
        (workdays[8], time(), time(), "Vrij"),
    ):
        ends = on + timedelta(days=1) if last == time() else on
        period = Range(datetime.combine(on, first, tzinfo=zone), datetime.combine(ends, last, tzinfo=zone))
        BlockedTime.objects.create(host=host, period=period, reason=words + MARK)
    DateOverride.objects.bulk_create(DateOverride(host=host, on=on) for on in closed)
    morning = DateOverride.objects.create(host=host, on=workdays[13])
    morning.windows.create(start_time=time(8, 30), end_time=time(12, 30))
    return [*closed, morning.on]


def busy(host: Host, scale: int) -> Iterator[tuple[str, Range[datetime]]]:
    """With a digest by which each is known when it is made again."""
    zone = times.zone(host.time_zone)
    today = times.local(times.now(), zone.key).date()
    for number in range(min(BUSY_DAYS * scale, LONGEST_AGO)):
        on = today + timedelta(days=number)
        for words, at, minutes in BUSY.get(on.isoweekday(), []):
            start = datetime.combine(on, at, tzinfo=zone).astimezone(UTC)
            digest = hashlib.sha256(f"{host.slug} {on} {words}".encode()).hexdigest()
            yield digest, Range(start, start + timedelta(minutes=minutes))
