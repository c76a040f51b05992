"""The mails about a call and its calendar file; what page, mail and calendar share is said here once."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, Literal

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from assessments import summary as scans
from bookings.domain import ics
from bookings.models import Booking, Host
from portal.common import times, tokens
from portal.common.http import absolute_reverse, absolute_url
from portal.mail import outbox

MANAGE = "bookings.manage"
LINK_LIFE = timedelta(days=7)  # a manage link works until so long after the call
LAST_HOUR = timedelta(hours=1)
SERVICE = outbox.OutboundEmail.Kind.SERVICE


# ---- what page, mail and calendar have in common ----------------------------------------------------
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
    """The chosen keys in words, in the order of the instrument."""
    names = scans.key_names(language)
    return [name for slug, name in names.items() if slug in booking.topics]


def facts(booking: Booking, language: str) -> list[dict[str, str]]:
    """The facts of a call for the invitee, date first; with the language of the page or mail active."""
    first, *others = moments(booking, booking.time_zone, booking.host.time_zone)
    zones = " · ".join([first["zone"], *(f"{other['span']}, {other['zone']}" for other in others)])
    found = [
        {"term": _("When"), "words": first["span"], "small": zones},
        {"term": _("Where"), "words": booking.place(language)},
    ]
    if topics := ", ".join(topic_names(booking, language)):
        found.append({"term": _("About"), "words": topics})
    shared = _("Yes, your ten scores, and the difference with an earlier scan if there is one")
    found.append({"term": _("Result shared"), "words": shared if booking.shared_scan else _("No")})
    found.append({"term": _("For you"), "words": f"{booking.name}, {booking.email}"})
    return found


def agenda(booking: Booking, language: str) -> list[tuple[int, str]]:
    """Minutes and words: a sixth for the picture, half for the key, a third for a first try-out."""
    topics = ", ".join(topic_names(booking, language)) or _("what you want to talk about")
    total = booking.call_type.duration_minutes
    picture, topic = total // 6, total // 2
    return [(picture, _("the picture")), (topic, topics), (total - picture - topic, _("your first try"))]


def invitation(booking: Booking) -> bytes:
    """The calendar file of the booking as it is now; the same bytes for the mail and for the download."""
    organizer_name, organizer_email = parseaddr(settings.DEFAULT_FROM_EMAIL)
    with translation.override(booking.language):
        lines = [f"{minutes} min: {words}" for minutes, words in agenda(booking, booking.language)]
        url = absolute_reverse("bookings:manage", booking.public_id)
        return ics.build(
            ics.Invitation(
                uid=booking.ics_uid,
                sequence=booking.sequence,
                method=calendar_method(booking),
                stamp_at=booking.changed_at,
                created_at=booking.created_at,
                modified_at=booking.changed_at,
                start_at=booking.start_at,
                end_at=booking.end_at,
                summary=_("Impact call with %(name)s") % {"name": booking.host.name},
                description="\n".join(
                    [*lines, "", _("Move or cancel (asks you to sign in): %(url)s") % {"url": url}]
                ),
                location=booking.location,
                url=url,
                organizer_name=organizer_name or settings.PRACTICE["name"],
                organizer_email=organizer_email,
                attendee_name=booking.name,
                attendee_email=booking.email,
            )
        )


def calendar_method(booking: Booking) -> Literal["REQUEST", "CANCEL"]:
    return "CANCEL" if booking.status == Booking.Status.CANCELLED else "REQUEST"


# ---- what a message is filled with ------------------------------------------------------------------
def invitee_context(booking: Booking) -> dict[str, Any]:
    """Call it with the invitee's language active."""
    token = tokens.placeholder(MANAGE, booking.public_id, booking.manage_generation)
    return {
        "booking": booking,
        "host": booking.host,
        "facts": facts(booking, booking.language),
        "moment": times.short_moment(booking.start_at, booking.time_zone),
        "is_ahead": booking.is_ahead(times.now()),
        "can_change": booking.can_change(times.now()),
        "change_until": times.short_moment(booking.change_until, booking.time_zone),
        "manage_url": absolute_url(reverse("bookings:manage_link", args=[booking.public_id, token])),
        "book_url": absolute_reverse("bookings:slots"),
    }


def coach_context(booking: Booking) -> dict[str, Any]:
    """Call it with the coach's language active. The profile is there only when it was shared."""
    language = host_language(booking.host)
    return {
        "booking": booking,
        "host": booking.host,
        "first_name": booking.name.split(" ")[0],
        "moments": moments(booking, booking.host.time_zone, booking.time_zone),
        "moment": times.short_moment(booking.start_at, booking.host.time_zone),
        "topics": topic_names(booking, language),
        "place": booking.place(language),
        "admin_url": absolute_reverse("admin:bookings_booking_change", booking.pk),
        **shared_context(booking, language),
    }


def shared_context(booking: Booking, language: str) -> dict[str, Any]:
    """The result summary, when the visitor said yes to sharing it and the call is on; else nothing at all."""
    is_wanted = booking.shared_scan and booking.status != Booking.Status.CANCELLED
    summary = scans.summary(booking.shared_scan, language) if is_wanted else None
    if summary is None:
        return {"summary": None}
    overall = _("Overall %(score)s of 100 (count on %(low)s to %(high)s).") % {
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
                "change": line.change,
            }
            for line in sorted(
                summary.lines, key=lambda line: -1 if line.score is None else line.score, reverse=True
            )
        ],
    }


# ---- the messages -----------------------------------------------------------------------------------
def send_confirmed(booking: Booking) -> None:
    _to_invitee(booking, "confirmation")
    _to_coach(booking, "coach_booked")
    plan_reminders(booking)


def send_moved(booking: Booking, by: Booking.By) -> None:
    outbox.cancel(about=booking.about, before_sequence=booking.sequence, reason=_("The call was moved."))
    _to_invitee(booking, "moved", by=by)
    _to_coach(booking, "coach_moved", by=by)
    plan_reminders(booking)


def send_cancelled(booking: Booking, by: Booking.By) -> None:
    outbox.cancel(about=booking.about, before_sequence=booking.sequence, reason=_("The call was cancelled."))
    _to_invitee(booking, "cancelled", by=by)
    _to_coach(booking, "coach_cancelled", by=by)


def plan_reminders(booking: Booking) -> None:
    """The invitee a day before at the host's same wall time, skipped when that has passed; the coach an hour
    before."""
    now = times.now()
    day_before = day_before_at(booking)
    if day_before > now:
        outbox.enqueue_later(
            **_address(booking, "reminder", "invitee"),
            message="bookings/reminder_invitee",
            to=booking.email,
            to_name=booking.name,
            language=booking.language,
            reply_to=booking.host.email,
            send_after=day_before,
            expires_at=booking.start_at - LAST_HOUR,
            data={"booking": booking.public_id},
        )
    if booking.start_at - LAST_HOUR > now:
        outbox.enqueue_later(
            **_address(booking, "reminder", "coach"),
            message="bookings/reminder_coach",
            to=booking.host.email,
            to_name=booking.host.name,
            language=host_language(booking.host),
            reply_to=booking.email,
            send_after=booking.start_at - LAST_HOUR,
            expires_at=booking.start_at,
            data={"booking": booking.public_id},
        )


def day_before_at(booking: Booking) -> datetime:
    """The host's same wall time on the day before; across a clock change that is 23 or 25 hours earlier."""
    start = times.local(booking.start_at, booking.host.time_zone)
    return (start - timedelta(days=1)).replace(fold=0)  # a zone's own datetimes subtract by the wall clock


def fill_reminder_to_invitee(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    booking = _still_true(mail)
    return booking if isinstance(booking, outbox.Skip) else invitee_context(booking)


def fill_reminder_to_coach(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    booking = _still_true(mail)
    return booking if isinstance(booking, outbox.Skip) else coach_context(booking)


def _still_true(mail: outbox.OutboundEmail) -> Booking | outbox.Skip:
    """The booking a reminder is about, re-checked at the moment it leaves."""
    bookings = Booking.objects.select_related("call_type", "host__user")
    booking = bookings.filter(public_id=(mail.data or {}).get("booking")).first()
    if booking is None or booking.status != Booking.Status.CONFIRMED:
        return outbox.Skip(_("The call does not take place."))
    if booking.sequence != mail.sequence:
        return outbox.Skip(_("The call was moved."))
    if booking.start_at <= times.now():
        return outbox.Skip(_("The call has started."))
    return booking


def _to_invitee(booking: Booking, message: str, **extra: object) -> None:
    with translation.override(booking.language):
        outbox.enqueue(
            **_address(booking, message, "invitee"),
            message=f"bookings/{message}",
            to=booking.email,
            to_name=booking.name,
            language=booking.language,
            reply_to=booking.host.email,
            calendar=invitation(booking),
            calendar_method=calendar_method(booking),
            context=invitee_context(booking) | extra,
        )


def _to_coach(booking: Booking, message: str, **extra: object) -> None:
    language = host_language(booking.host)
    with translation.override(language):
        outbox.enqueue(
            **_address(booking, message, "coach"),
            message=f"bookings/{message}",
            to=booking.host.email,
            to_name=booking.host.name,
            language=language,
            reply_to=booking.email,
            context=coach_context(booking) | extra,
        )


def _address(booking: Booking, kind: str, audience: str) -> dict[str, Any]:
    """What identifies a row: one per booking, kind, version and audience."""
    return {
        "key": f"{booking.about}:{kind}:{booking.sequence}:{audience}",
        "kind": SERVICE,
        "about": booking.about,
        "sequence": booking.sequence,
    }
