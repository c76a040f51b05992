"""Blocked time put somewhere else, or every week, without silently closing over somebody's call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from bookings.availability.lock import host_locked
from bookings.domain.weekly import weekly_periods
from bookings.errors import BlockChangedError, CallsInTheWayError
from bookings.fields import midnight
from bookings.models import BlockedTime, BlockSeries, Booking, Host
from portal.common import times

CALLS_NAMED = 20
ONE_DAY = timedelta(days=1)


def move_block(
    block: BlockedTime, period: DateTimeTZRange, *, seen: DateTimeTZRange, even_over_calls: bool = False
) -> BlockedTime:
    """Move a blocked time to `period`; `seen` is the one it had on the page. Idempotent.

    Calls and holds are never touched: they stay, so whoever blocks over one says so with `even_over_calls`.
    Raises CallsInTheWayError, BlockChangedError (also when it is gone), BusyError.
    """
    with host_locked(block.host_id):
        fresh = BlockedTime.objects.select_related("host").filter(pk=block.pk).first()
        if fresh is None:
            raise BlockChangedError
        if fresh.period == period:
            return fresh
        if fresh.period != seen:
            raise BlockChangedError
        if not even_over_calls:
            _require_no_calls(block.host_id, [period])
        fresh.period = period
        fresh.save(update_fields=["period"])
        return fresh


def block_days(
    host: Host, first: date, last: date, *, reason: str = "", even_over_calls: bool = False
) -> BlockedTime:
    """Close whole days, both included, by the host's clock. Twice is once.

    Raises CallsInTheWayError, UnknownZoneError, BusyError.
    """
    times.known_zone(host.time_zone)
    edges = midnight(first, host.time_zone), midnight(last + ONE_DAY, host.time_zone)
    period = DateTimeTZRange(*edges, "[)")
    with host_locked(host.pk):
        known = BlockedTime.objects.filter(host=host, period=period, series=None).first()
        if known is not None:
            return known
        if not even_over_calls:
            _require_no_calls(host.pk, [period])
        return BlockedTime.objects.create(host=host, period=period, reason=reason)


def block_weekly(series: BlockSeries, *, even_over_calls: bool = False) -> int:
    """Close the hours of a new series, from now on, and save it; how many weeks that are. Twice is once.

    Raises CallsInTheWayError, UnknownZoneError, BusyError.
    """
    facts = ("host_id", "first_on", "until_on", "start_time", "end_time")
    with host_locked(series.host_id):
        if known := BlockSeries.objects.filter(**{name: getattr(series, name) for name in facts}).first():
            return known.blocks.count()
        ahead = periods_of(series)
        if not even_over_calls:
            _require_no_calls(series.host_id, ahead)
        series.save()
        BlockedTime.objects.bulk_create(
            BlockedTime(host_id=series.host_id, series=series, reason=series.reason, period=period)
            for period in ahead
        )
    return len(ahead)


def periods_of(series: BlockSeries) -> list[DateTimeTZRange]:
    """What is still to come of it, in order. Raises UnknownZoneError."""
    zone, now = times.known_zone(series.host.time_zone), times.now()
    all_weeks = weekly_periods(series.first_on, series.until_on, series.start_time, series.end_time, zone)
    return [DateTimeTZRange(one.start, one.end, "[)") for one in all_weeks if one.end > now]


def end_series(series: BlockSeries) -> int:
    """Open what is still closed by it, and forget it; how many weeks that are. What is over stays as it was.

    Raises BusyError.
    """
    with host_locked(series.host_id):
        series.blocks.filter(period__endswith__lte=times.now()).update(series=None)
        count, _kinds = series.blocks.all().delete()
        series.delete()
    return count


def _require_no_calls(host_id: int, periods: Iterable[DateTimeTZRange]) -> None:
    """Raises CallsInTheWayError with the calls and holds in any of these periods."""
    within = Q(pk__in=[])
    for period in periods:
        within |= Q(period__overlap=period)
    live = [Booking.Status.CONFIRMED, Booking.Status.HELD]
    calls = Booking.objects.occupying(times.now()).filter(within, host_id=host_id, status__in=live)
    if found := list(calls.select_related("host").order_by("period")[:CALLS_NAMED]):
        raise CallsInTheWayError(found)
