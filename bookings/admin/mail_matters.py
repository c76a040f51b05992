"""What a mail about a call is about, in the list of mails."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking, Guest
from portal.common import times
from portal.common.sight import seen_by
from portal.mail.models import OutboundEmail
from portal.mail.names import Matter

ABOUT, OF_GUEST = "booking:", "guest:"


def calls_of(viewer: Any, mails: Collection[OutboundEmail]) -> dict[int, Matter]:
    wanted = {mail.pk: mail.about.removeprefix(ABOUT) for mail in mails if mail.about.startswith(ABOUT)}
    wanted |= _calls_of_guests(mails)
    calls = Booking.objects.filter(public_id__in=set(wanted.values())).select_related("host")
    found = {call.public_id: _matter(call) for call in seen_by(viewer, calls)}
    return {pk: found[public_id] for pk, public_id in wanted.items() if public_id in found}


def _calls_of_guests(mails: Collection[OutboundEmail]) -> dict[int, str]:
    of = {mail.pk: mail.about.removeprefix(OF_GUEST) for mail in mails if mail.about.startswith(OF_GUEST)}
    guests = Guest.objects.filter(public_id__in=set(of.values())) if of else Guest.objects.none()
    calls = dict(guests.values_list("public_id", "booking__public_id"))
    return {pk: calls[public_id] for pk, public_id in of.items() if public_id in calls}


def _matter(call: Booking) -> Matter:
    facts = {"name": call.who, "moment": times.short_moment(call.start_at, call.host.time_zone)}
    words = _("call with %(name)s, %(moment)s") % facts
    return Matter(words, reverse("admin:bookings_booking_change", args=[call.pk]))
