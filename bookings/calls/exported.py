"""What a copy of everything holds of calls, and of waiting for one."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments import summary as scans
from bookings.models import Booking, BookingQuerySet, CallType, Guest, Offer, WaitlistEntry
from portal.common import times
from portal.common.export import Say, Section, unsaid


def calls(email: str) -> BookingQuerySet:
    """By address, also what was booked without an account, and by account."""
    return Booking.objects.filter(Q(email=email) | Q(user__email=email)).exclude(status=Booking.Status.HELD)


def _of_calls(calls: list[Booking]) -> Mapping[str, Say]:
    keys = scans.key_names(get_language() or "nl") if any(call.topics for call in calls) else {}
    shared = {call.shared_scan for call in calls if call.shared_scan}
    days = scans.days_of(shared, times.HOST_ZONE) if shared else {}
    return {
        "topics": lambda call: ", ".join(name for slug, name in keys.items() if slug in call.topics),
        "shared_scan": lambda call: days.get(call.shared_scan, ""),
        "agreed_version": unsaid,
    }


def _of_waiting(entries: list[WaitlistEntry]) -> Mapping[str, Say]:
    wanted = {entry.kind for entry in entries}
    kinds = {one.slug: one.name for one in CallType.objects.filter(slug__in=wanted)} if wanted else {}
    return {"kind": lambda entry: kinds.get(entry.kind, entry.kind)}


def guests(email: str) -> QuerySet[Guest]:
    """Who this person invited, and the calls to which this address was invited: when, and never whose."""
    return Guest.objects.filter(Q(email=email) | Q(booking__in=calls(email)))


SECTIONS = (
    Section(
        name="calls",
        words=_("calls"),
        rows=calls,
        for_coach=calls,
        left_out={
            "public_id": "random",
            "footprint": "the time with our own margins",
            "expires_at": "of held times only",
            "visitor": "a digest, of held times only",
            "client": "a digest, of held times only",
            "ics_uid": "random",
            "sequence": "a version",
            "manage_generation": "a version",
            "guest_changes": "a version",
            "kept_outside_at": "what the coach chose",
        },
        said=_of_calls,
    ),
    Section(
        name="guests",
        words=_("guests of calls"),
        rows=guests,
        for_coach=guests,
        left_out={
            "public_id": "random",
            "seat": "a number of three",
            "changes": "a version",
        },
    ),
    Section(
        name="waiting",
        words=_("waiting for a time"),
        rows=lambda email: WaitlistEntry.objects.filter(email=email),
        for_coach=lambda email: WaitlistEntry.objects.filter(email=email),
        left_out={"public_id": "random"},
        said=_of_waiting,
    ),
    Section(
        name="offers",
        words=_("times held for you"),
        rows=lambda email: Offer.objects.filter(email=email),
        for_coach=lambda email: Offer.objects.filter(email=email),
        left_out={"public_id": "random", "generation": "a version"},
    ),
)
