"""When a call is and what it is about, in words."""

from __future__ import annotations

from django.conf import settings

from assessments import summary as scans
from bookings.models import Booking, Host
from portal.common import times


def host_language(host: Host) -> str:
    return host.user.language if host.user else settings.LANGUAGE_CODE


def moments(booking: Booking, first_zone: str, second_zone: str) -> list[dict[str, str]]:
    """When, in words and with the zone named; twice when the two clocks differ at that moment."""
    zones = [first_zone]
    if (
        times.local(booking.start_at, second_zone).utcoffset()
        != times.local(booking.start_at, first_zone).utcoffset()
    ):
        zones.append(second_zone)
    return [
        {
            "span": times.long_span(booking.start_at, booking.end_at, zone),
            "zone": times.zone_label(booking.start_at, zone),
        }
        for zone in zones
    ]


def topic_names(booking: Booking, language: str) -> list[str]:
    names = scans.key_names(language) if booking.topics else {}
    return [name for slug, name in names.items() if slug in booking.topics]
