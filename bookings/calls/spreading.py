"""A call with any coach of a kind: spread fairly, and with the next when the first is just taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Max

from bookings.availability.calendar import who_is_free
from bookings.availability.kinds import Wish
from bookings.calls.holds import hold_slot
from bookings.calls.lifecycle import Details, confirm
from bookings.domain.spreading import Load, in_turn
from bookings.errors import BusyError, PhoneMissingError, SlotTakenError
from bookings.models import Booking, CallType
from portal.accounts.models import User
from portal.common import times

COUNTED_BACK = timedelta(days=30)


def hold_with_any(call_types: Sequence[CallType], start: datetime, *, visitor: str, client: str) -> Booking:
    """Hold a start with the coach whose turn it is; with the next in turn when that one was just taken.

    Locks one host at a time. Raises SlotTakenError when nobody is free, TooManyHoldsError, BusyError.
    """
    if len(call_types) == 1:
        return hold_slot(call_types[0], start, visitor=visitor, client=client)
    missed: SlotTakenError | BusyError = SlotTakenError()
    for call_type in _free_in_turn(call_types, start, visitor):
        try:
            return hold_slot(call_type, start, visitor=visitor, client=client)
        except SlotTakenError:
            continue
        except BusyError as busy:  # somebody works in that calendar; another may be at rest
            missed = busy
    raise missed


def confirm_with_any(
    wish: Wish,
    start: datetime,
    *,
    visitor: str,
    details: Details,
    user: User | None,
    key: str,
    came_from: Mapping[str, str] | None = None,
) -> Booking:
    """Confirm with the coach of the wish; when the time is gone there, with another of the same choice.

    Raises what `confirm` raises, SlotTakenError only when nobody is free.
    """
    for call_type in _to_try(wish, start, visitor):
        try:
            return confirm(
                call_type, start, visitor=visitor, details=details, user=user, key=key, came_from=came_from
            )
        except SlotTakenError:
            continue
        except PhoneMissingError:  # only the form of the call that was asked for can ask for a number
            if call_type.pk == wish.call_type.pk:
                raise
    raise SlotTakenError


def _to_try(wish: Wish, start: datetime, visitor: str) -> Iterator[CallType]:
    is_settled = wish.is_named or not wish.choice.others
    if is_settled:
        yield wish.call_type
    if wish.choice.others:
        others = [one for one in wish.choice.call_types if not is_settled or one != wish.call_type]
        yield from _free_in_turn(others, start, visitor)


def _free_in_turn(call_types: Sequence[CallType], start: datetime, visitor: str) -> list[CallType]:
    free = {call_type.host_id: call_type for call_type in who_is_free(call_types, start, visitor=visitor)}
    return [free[host] for host in in_turn(_loads(list(free.values()), visitor))]


def _loads(call_types: Sequence[CallType], visitor: str) -> list[Load]:
    """Calls of the last thirty days and ahead, by coach; without what this visitor holds, which is about to
    move."""
    now = times.now()
    counted = Booking.objects.occupying(now).exclude(status=Booking.Status.NO_SHOW)
    if visitor:
        counted = counted.exclude(status=Booking.Status.HELD, visitor=visitor)
    rows = (
        counted.filter(call_type__in=call_types, period__startswith__gte=now - COUNTED_BACK)
        .order_by()
        .values_list("host_id")
        .annotate(calls=Count("pk"), last=Max("created_at"))
    )
    found = {host: (calls, last) for host, calls, last in rows}
    hosts = [call_type.host_id for call_type in call_types]
    return [Load(host, *found.get(host, (0, None))) for host in hosts]
