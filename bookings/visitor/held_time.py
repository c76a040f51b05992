"""A time that somebody is about to book, as the pages of its last steps tell it."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from bookings.availability import calendar
from bookings.calls import holds
from bookings.models import Booking, CallType
from bookings.visitor.requests import Visit
from bookings.words import starts
from bookings.words.moments import moments
from bookings.words.places import place_ahead
from portal.common import times


def held_time(visit: Visit, call_type: CallType, start: datetime) -> dict[str, Any]:
    """When and where, and how long it is still held for whoever asks."""
    own = visit.hold
    is_held = own is not None and (own.start_at, own.call_type_id) == (start, call_type.pk)
    left = own.expires_at - times.now() if own and own.expires_at and is_held else timedelta()
    zone, host_zone = visit.zone_with(call_type.host), call_type.host.time_zone
    wanted = Booking(
        call_type=call_type, host=call_type.host, **calendar.period_and_footprint(call_type, start)
    )
    return {
        "here": "book",
        "call_type": call_type,
        "place": place_ahead(call_type, visit.language),
        "moments": moments(wanted, zone, host_zone),
        "button_moment": starts.day_and_clock(start, zone),
        "held": {
            "minutes_left": math.ceil(left / timedelta(minutes=1)) if left > timedelta() else 0,
            "seconds_left": max(0, int(left.total_seconds())),
            "can_extend": own is not None and holds.may_extend(own),
        },
        "steps": visit.steps([call_type]),
    }
