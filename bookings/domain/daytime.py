"""How long somebody has for an answer: hours in which people read their mail, by their own clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings.domain.intervals import to_utc
from bookings.domain.slots import ONE_DAY, instant_of

# Wide enough for who answers before work and who does so after supper; outside it a mail may lie unread
# without anybody being slow.
DAY_BEGINS, DAY_ENDS = time(8), time(21)


def after_daytime(now: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """The instant at which `length` (more than nothing) of daytime in `zone` has passed since `now`.

    It lies in a day, its last minute included. Time is elapsed time, whatever the clock does meanwhile.
    """
    for start, end in _days(to_utc(now), zone):
        if end - start >= length:
            return start + length
        length -= end - start
    raise AssertionError("days do not end")


def held_until(
    now: datetime, *, length: timedelta, shortest: timedelta, latest: datetime, zone: ZoneInfo
) -> datetime | None:
    """Until when a time can be held for an answer: for `length` of daytime, but not after `latest`.

    None when `latest` leaves less than `shortest` of daytime, because then nobody would have read the mail.
    """
    if after_daytime(now, shortest, zone) > latest:
        return None
    return min(after_daytime(now, length, zone), to_utc(latest))


def _days(now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    on = now.astimezone(zone).date()
    while True:
        start, end = (instant_of(on, wall, zone) for wall in (DAY_BEGINS, DAY_ENDS))
        if end > now:
            yield max(start, now), end
        on += ONE_DAY
