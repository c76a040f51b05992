"""A host's calls as a calendar to subscribe to, read-only, with only what the host chose to show."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from bookings.domain import ics
from bookings.models import Booking, Host
from bookings.words import guests, moments, places
from portal.common import tokens
from portal.common.http import absolute_reverse, absolute_url

PURPOSE = "bookings.feed"
LOOKS_BACK, LOOKS_AHEAD = timedelta(days=30), timedelta(days=365)
REFRESH = timedelta(minutes=15)


def address(host: Host) -> str:
    token = tokens.make(PURPOSE, host.public_id, host.feed_generation)
    return absolute_url(reverse("feeds:calls", args=[host.public_id, token]))


def is_address_of(host: Host, token: str) -> bool:
    return tokens.is_valid(token, PURPOSE, host.public_id, host.feed_generation)


def content(host: Host, now: datetime) -> bytes:
    """The calls from 30 days back to a year ahead; the same calls give the same bytes."""
    seen = Range(now - LOOKS_BACK, now + LOOKS_AHEAD)
    calls = (
        Booking.objects.filter(host=host, period__overlap=seen)
        .exclude(status__in=[Booking.Status.HELD, Booking.Status.CANCELLED])
        .select_related("call_type")
        .prefetch_related("guests")
        .order_by("period", "pk")
    )
    organizer_name, organizer_email = parseaddr(settings.DEFAULT_FROM_EMAIL)
    language = moments.host_language(host)
    with translation.override(language):
        return ics.build_feed(
            _("Impact calls of %(name)s") % {"name": host.name},
            [event(call, host, language) for call in calls],
            refresh=REFRESH,
            organizer_name=organizer_name or settings.PRACTICE["name"],
            organizer_email=organizer_email,
        )


def event(call: Booking, host: Host, language: str) -> ics.FeedEvent:
    """With the host's language active."""
    facts = {"type": call.call_type.name, "name": call.name}
    is_named = host.feed_shows_names and bool(call.name)  # an erased person has no name
    summary = _("%(type)s with %(name)s") % facts if is_named else call.call_type.name
    return ics.FeedEvent(
        uid=call.ics_uid,
        sequence=call.sequence,
        stamp_at=call.changed_at,
        created_at=call.created_at,
        start_at=call.start_at,
        end_at=call.end_at,
        summary=guests.with_guests(summary, call),
        location=places.place(call, language, reader="host").calendar if host.feed_shows_names else "",
    )


def copy_of(call: Booking) -> bytes:
    """The call as it stands in the host's own calendar, with what the host chose to show in the feed."""
    language = moments.host_language(call.host)
    with translation.override(language):
        page = absolute_reverse("admin:bookings_booking_change", call.pk)
        words = _("Prepare, move or cancel: %(url)s") % {"url": page}
        return ics.build_copy(event(call, call.host, language), description=words, url=page)


def renew_address(host: Host) -> None:
    host.feed_generation += 1
    host.save(update_fields=["feed_generation"])
