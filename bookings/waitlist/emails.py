"""Mails about a time that is held for one person, and to whoever waits for one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from bookings.models import Booking, CallType, Offer, WaitlistEntry
from bookings.words.follow_up import NO_SHOW
from bookings.words.moments import moments
from portal.common import times, tokens
from portal.common.http import absolute_reverse, absolute_url
from portal.leads.sequences.paragraphs import paragraph
from portal.mail import outbox

OFFER = "bookings.offer"
MISSED = "missed:"


def send_freed(offer: Offer, existing: Booking | None, *, is_last: bool) -> None:
    """A time came free; `existing` is the open call that would move to it. `is_last`: without an answer the
    waiting ends."""
    with translation.override(offer.language):
        context = offer_context(offer) | {"is_last": is_last}
        if existing is not None:
            context["existing"] = times.short_moment(existing.start_at, offer.time_zone)
        _enqueue(offer, "offer_freed", context, about=offer.about, key=f"{offer.about}:freed")


def plan_missed(call: Booking, *, at: datetime, until: datetime) -> None:
    """Written, with two times held, when it leaves. Planned again after it was taken back, it is another row."""
    before = _rows_of_missed(call).count()
    outbox.enqueue(
        outbox.planned(
            key=f"{about_missed(call)}:{before + 1}" if before else about_missed(call),
            kind=outbox.OutboundEmail.Kind.SERVICE,
            about=about_missed(call),
            message="bookings/offer_no_show",
            names_people=False,
            to=call.email,
            to_name=call.name,
            language=call.language,
            reply_to=call.host.email,
            send_after=at,
            expires_at=until,
            data={"booking": call.public_id},
        )
    )


def missed_context(call: Booking, offer: Offer | None) -> dict[str, Any]:
    """Call it with this person's language active."""
    context = offer_context(offer) if offer else {"host": call.host, "times": []}
    return context | {
        "book_url": absolute_reverse("bookings:slots"),
        "own_paragraph": paragraph(NO_SHOW, call.language),
    }


def was_told_of_missed(call: Booking) -> bool:
    """What was taken back before it left told nobody anything."""
    return _rows_of_missed(call).exclude(status=outbox.OutboundEmail.Status.CANCELLED).exists()


def planned_missed(call: Booking | None = None) -> dict[str, outbox.OutboundEmail]:
    """{public id of the call: the mail} of every missed call whose mail is still to leave, or of this one."""
    about = {"about": about_missed(call)} if call else {"about__startswith": MISSED}
    mails = outbox.OutboundEmail.objects.filter(status__in=outbox.OutboundEmail.WAITING, **about)
    return {(mail.data or {}).get("booking", ""): mail for mail in mails.exclude(data=None)}


def withdraw(offer: Offer, reason: str) -> None:
    """What tells of this offer and has not left."""
    outbox.cancel(about=offer.about, reason=reason)
    if offer.missed:
        withdraw_missed(offer.missed, reason)


def withdraw_missed(call: Booking, reason: str) -> None:
    outbox.cancel(about=about_missed(call), reason=reason)


def _rows_of_missed(call: Booking) -> QuerySet[outbox.OutboundEmail]:
    return outbox.OutboundEmail.objects.filter(key__startswith=about_missed(call))


def send_joined(entry: WaitlistEntry) -> None:
    call_type = CallType.objects.bookable().filter(slug=entry.kind).first()
    with translation.override(entry.language):
        context = {
            "until": formats.date_format(entry.until_on, "l j F Y"),
            "waitlist_url": absolute_reverse("bookings:waitlist"),
        }
        host = entry.host or (call_type.host if call_type else None)
        _enqueue(entry, "waitlist_joined", context, about=entry.about, key=f"{entry.about}:joined", host=host)


def send_stopped(entry: WaitlistEntry, existing: Booking | None) -> None:
    with translation.override(entry.language):
        context = {
            "waitlist_url": f"{absolute_reverse('bookings:waitlist')}?{urlencode({'kind': entry.kind})}",
            "book_url": absolute_reverse("bookings:slots"),
            "existing": times.short_moment(existing.start_at, entry.time_zone) if existing else "",
        }
        key = f"{entry.about}:stopped"
        _enqueue(entry, "waitlist_stopped", context, about=entry.about, key=key, host=entry.host)


def offer_context(offer: Offer) -> dict[str, Any]:
    """Call it with this person's language active."""
    return {
        "host": offer.call_type.host,
        "minutes": offer.call_type.duration_minutes,
        "times": [_time(offer, start) for start in offer.starts],
        "until": times.short_moment(offer.expires_at, offer.time_zone),
        "until_zone": times.zone_label(offer.expires_at, offer.time_zone),
        "offer_url": _link(offer),
    }


def offered_moments(offer: Offer, start: datetime) -> list[dict[str, str]]:
    call = Booking(period=Range(start, start + offer.call_type.duration))
    return moments(call, offer.time_zone, offer.call_type.host.time_zone)


def _time(offer: Offer, start: datetime) -> dict[str, Any]:
    first, *others = offered_moments(offer, start)
    zones = " · ".join([first["zone"], *(f"{other['span']}, {other['zone']}" for other in others)])
    return {
        "facts": [{"term": _("When"), "words": first["span"], "small": zones}],
        "moment": times.short_moment(start, offer.time_zone),
        "url": _link(offer, start),
    }


def _link(offer: Offer, start: datetime | None = None) -> str:
    token = tokens.placeholder(OFFER, offer.public_id, offer.generation)
    path = reverse("bookings:offer_link", args=[offer.public_id, token])
    chosen = f"?{urlencode({'start': start.isoformat()})}" if start and len(offer.starts) > 1 else ""
    return absolute_url(path + chosen)


def about_missed(call: Booking) -> str:
    return f"{MISSED}{call.public_id}"


def _enqueue(
    to: Offer | Booking | WaitlistEntry,
    message: str,
    context: dict[str, Any],
    *,
    about: str,
    key: str,
    host: Any = None,
) -> None:
    host = host or context.get("host")
    outbox.enqueue(
        outbox.written(
            key=key,
            kind=outbox.OutboundEmail.Kind.SERVICE,
            about=about,
            message=f"bookings/{message}",
            names_people=False,
            to=to.email,
            to_name=to.name,
            language=to.language,
            reply_to=host.email if host else "",
            context=context,
            expires_at=to.expires_at if isinstance(to, Offer) else None,
        )
    )
