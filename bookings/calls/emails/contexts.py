"""What the mails about a call are filled with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from assessments import summary as scans
from bookings.models import Booking
from bookings.words.clock_notes import clock_note_of
from bookings.words.follow_up import AFTER_A_CALL
from bookings.words.invitation import coach_facts, facts
from bookings.words.moments import host_language
from bookings.words.places import misses_link, place
from portal.common import times, tokens
from portal.common.http import absolute_reverse, absolute_url
from portal.common.names import first_name, unlinked
from portal.leads.sequences.paragraphs import paragraph
from portal.mail import outbox

MANAGE = "bookings.manage"
LINK_LIFE = timedelta(days=7)  # a manage link works until so long after the call
SERVICE = outbox.OutboundEmail.Kind.SERVICE


def invitee_context(booking: Booking) -> dict[str, Any]:
    """Call it with the invitee's language active."""
    token = tokens.placeholder(MANAGE, booking.public_id, booking.manage_generation)
    return {
        "booking": booking,
        "host": booking.host,
        "facts": facts(booking, booking.language),
        "where": [place(booking, booking.language).fact],
        "join_url": place(booking, booking.language).join_url,
        "moment": times.short_moment(booking.start_at, booking.time_zone),
        "is_ahead": booking.is_ahead(times.now()),
        "can_change": booking.can_change(times.now()),
        "change_until": times.short_moment(booking.change_until, booking.time_zone),
        "clock_note": clock_note_of(booking),
        "word": unlinked(booking.word),
        "manage_url": absolute_url(reverse("bookings:manage_link", args=[booking.public_id, token])),
        "book_url": absolute_reverse("bookings:slots"),
    }


def coach_context(booking: Booking) -> dict[str, Any]:
    """Call it with the coach's language active. The profile is there only when it was shared.

    Of a call that is off only which one it was: what somebody wrote or ticked is not mailed once more.
    """
    language, is_on = host_language(booking.host), booking.status != Booking.Status.CANCELLED
    return {
        "booking": booking,
        "host": booking.host,
        "first_name": first_name(booking.name),
        "invitee_name": unlinked(booking.name),
        "facts": coach_facts(booking, language),
        "moment": times.short_moment(booking.start_at, booking.host.time_zone),
        "remark": booking.remark if is_on else "",
        "admin_url": absolute_reverse("admin:bookings_booking_change", booking.pk),
        "brief_url": absolute_reverse("admin:bookings_booking_brief", booking.pk) if is_on else "",
        "link_url": absolute_reverse("admin:bookings_booking_place", booking.pk)
        if is_on and misses_link(booking)
        else "",
        "outcome_url": absolute_reverse("admin:bookings_booking_close", booking.pk),
        **shared_context(booking, language),
    }


def agreed_context(booking: Booking) -> dict[str, Any]:
    """Call it with the invitee's language active. The words are the coach's: none of them becomes a link."""
    return {
        "agreed": unlinked(booking.agreed),
        "host_name": booking.host.name,
        "moment": times.short_moment(booking.start_at, booking.time_zone),
        "account_url": absolute_reverse("accounts:account") if booking.user_id else "",
        "own_paragraph": paragraph(AFTER_A_CALL, booking.language),
    }


def shared_context(booking: Booking, language: str) -> dict[str, Any]:
    """The result summary, when the visitor said yes to sharing it and the call is on; else nothing at all."""
    is_wanted = booking.shared_scan and booking.status != Booking.Status.CANCELLED
    summary = scans.summary(booking.shared_scan, language) if is_wanted else None
    if summary is None:
        return {"summary": None}
    overall = _("Overall %(score)s of 100 (probably between %(low)s and %(high)s).") % {
        "score": summary.overall,
        "low": summary.overall_low,
        "high": summary.overall_high,
    }
    sentences = [overall] if summary.overall is not None else []
    change_title = ""
    if summary.previous_completed_at:
        since = times.short_date(summary.previous_completed_at, booking.host.time_zone)
        change_title = _("Since %(date)s") % {"date": since}
        words = f" ({summary.overall_change_words})" if summary.overall_change_words else ""
        sentences.append(f"{change_title}: {summary.overall_change}{words}.")
        if summary.reworded:
            sentences.append(summary.reworded)
        if not any(line.is_certain for line in summary.lines):
            change_title = ""
            sentences.append(_("No key has certainly changed; the brief has all differences."))
        else:
            sentences.append(
                _("Of the keys only what certainly changed is named; the brief has all differences.")
            )
    if summary.pattern_name:
        sentences.append(_("Pattern: %(name)s.") % {"name": summary.pattern_name})
    return {
        "summary": summary,
        "overall": " ".join(sentences),
        "weakest": ", ".join(summary.weakest),
        "strongest": ", ".join(summary.strongest),
        "change_title": change_title,
        "rows": [
            {
                "key": line,
                "score": line.score,
                "shown": line.shown,
                "is_weakest": line.is_weakest,
                # a mail is read at a glance: only what is certain stands in it, the page and the brief have the rest
                "change": line.change if line.is_certain else "",
                "change_words": line.change_words if line.is_certain else "",
            }
            for line in sorted(
                summary.lines, key=lambda line: -1 if line.score is None else line.score, reverse=True
            )
        ],
    }


def row_of(booking: Booking, kind: str, audience: str) -> dict[str, Any]:
    return {
        "key": f"{booking.about}:{kind}:{booking.sequence}:{audience}",
        "kind": SERVICE,
        "about": booking.about,
        "sequence": booking.sequence,
        "names_people": False,  # beside the two it is between
    }


def booking_of(mail: outbox.OutboundEmail) -> Booking | outbox.Skip:
    """The call that a mail planned for it is about, or why it need not leave any more."""
    bookings = Booking.objects.select_related("call_type__host", "host__user")
    booking = bookings.filter(public_id=(mail.data or {}).get("booking")).first()
    if booking is None or booking.status == Booking.Status.CANCELLED or not booking.email:
        return outbox.Skip(gettext_noop("The call does not take place."))
    if booking.sequence != mail.sequence:
        return outbox.Skip(gettext_noop("The call was moved."))
    return booking
