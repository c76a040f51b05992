"""What a coach reads in the minute before a call. Only what the visitor shared with it, and nothing of a scan else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from assessments import summary as scans
from assessments.summary import ResultSummary
from bookings.models import Booking
from bookings.words import moments
from portal.common import times
from portal.leads import consent
from portal.leads.models import ConsentEvent, Lead

EARLIER_SHOWN = 4


@dataclass(frozen=True)
class EarlierCall:
    booking: Booking
    moment: str  # by the clock of that call's coach


@dataclass(frozen=True)
class ConsentLine:
    purpose: str | Promise
    is_given: bool
    on: str  # the date of the last word; empty when there was none
    method: str


@dataclass(frozen=True)
class Brief:
    booking: Booking
    summary: ResultSummary | None
    since: str  # the date of the scan before the shared one; empty without
    topics: list[str]
    earlier: list[EarlierCall]  # newest first
    are_more: bool
    agreed: EarlierCall | None  # the newest of these in which something was agreed
    consents: list[ConsentLine]  # empty when no contact may be shown
    lead: Lead | None


def brief_of(booking: Booking, language: str, *, among: QuerySet[Booking]) -> Brief:
    """With the earlier calls `among` what its reader may see. In a fixed number of queries. Of a call that is off no
    result, as in its mails; of an erased person nothing."""
    is_known = bool(booking.email)
    is_wanted = booking.shared_scan and booking.status != Booking.Status.CANCELLED
    summary = scans.summary(booking.shared_scan, language) if is_wanted else None
    before = summary.previous_completed_at if summary else None
    earlier = earlier_calls(booking, among) if is_known else []
    shown = [
        EarlierCall(call, times.short_moment(call.start_at, call.host.time_zone))
        for call in earlier[:EARLIER_SHOWN]
    ]
    lead = Lead.objects.shown().filter(email=booking.email).first() if is_known else None
    return Brief(
        booking=booking,
        summary=summary,
        since=times.short_date(before, booking.host.time_zone) if before else "",
        topics=moments.topic_names(booking, language),
        earlier=shown,
        are_more=len(earlier) > EARLIER_SHOWN,
        agreed=next((call for call in shown if call.booking.agreed and has_taken_place(call.booking)), None),
        consents=consents_of(lead, booking) if lead else [],
        lead=lead,
    )


def earlier_calls(booking: Booking, among: QuerySet[Booking]) -> list[Booking]:
    """This person's calls that began before this one, newest first."""
    mine = Q(email=booking.email) | (Q(user=booking.user_id) if booking.user_id else Q())
    calls = among.filter(mine, period__startswith__lt=booking.start_at).exclude(pk=booking.pk)
    calls = calls.exclude(status=Booking.Status.HELD).select_related("host", "call_type")
    return list(calls.order_by("-period")[: EARLIER_SHOWN + 1])


def has_taken_place(booking: Booking) -> bool:
    return booking.status == Booking.Status.COMPLETED


def consents_of(lead: Lead, booking: Booking) -> list[ConsentLine]:
    """The last word about each purpose that is asked for, for this call or for all; also where there was none."""
    events = ConsentEvent.objects.filter(lead=lead, about__in=["", booking.about])
    newest = events.order_by("purpose", "-created_at", "-pk").distinct("purpose")
    return list(_lines({event.purpose: event for event in newest}, booking.host.time_zone))


def _lines(last: dict[str, ConsentEvent], zone: str) -> Iterable[ConsentLine]:
    for purpose, words in consent.PURPOSES.items():
        event = last.get(purpose)
        yield ConsentLine(
            purpose=words,
            is_given=event is not None and event.action == ConsentEvent.Action.GIVEN,
            on=times.short_date(event.created_at, zone) if event else "",
            method=event.method_words if event else "",
        )
