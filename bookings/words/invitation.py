"""What page, mail and calendar have in common about a call, said once."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any, Literal

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from assessments import summary as scans
from bookings.domain import ics
from bookings.models import Booking, Guest
from bookings.words.moments import moments, topic_names
from bookings.words.places import place
from portal.common.http import absolute_reverse
from portal.common.names import unlinked


def facts(booking: Booking, language: str) -> list[dict[str, str]]:
    """The facts of a call for the invitee, date first; with the language of the page or mail active.

    Of a call that is off, where it would have been and what would have been shared are left out.
    """
    is_on = booking.status != Booking.Status.CANCELLED
    found = [_when(booking, booking.time_zone, booking.host.time_zone)]
    if is_on:
        found.append(place(booking, language).fact)
    if topics := ", ".join(topic_names(booking, language)):
        found.append({"term": _("About"), "words": topics})
    if is_on:
        shared = _(
            "Yes: ten scores, the overall score, and the difference with your previous scan if there is one"
        )
        found.append({"term": _("Result shared"), "words": shared if booking.shared_scan else _("No")})
    found.append({"term": _("Booked for"), "words": f"{unlinked(booking.name)}, {booking.email}"})
    return found


def coach_facts(booking: Booking, language: str) -> list[dict[str, str]]:
    """The same for the coach, with who it is and what it is about before where it is."""
    found = [_when(booking, booking.host.time_zone, booking.time_zone)]
    found.append({"term": _("Who"), "words": f"{unlinked(booking.name)}, {booking.email}"})
    if booking.status != Booking.Status.CANCELLED:
        topics = ", ".join(topic_names(booking, language)) or _("not chosen")
        found += [{"term": _("About"), "words": topics}, place(booking, language, reader="host").fact]
    return found


def guest_facts(booking: Booking, language: str) -> list[dict[str, str]]:
    """The facts of a call for a guest: when, with whom, where. Who booked is named by the address that was proven, and
    by nothing that anybody typed; what the call is about stays with who booked it."""
    found = [_when(booking, booking.time_zone, booking.host.time_zone)]
    whom = [booking.host.name, booking.proven_email] if booking.proven_email else [booking.host.name]
    found.append({"term": _("With"), "words": _(" and ").join(whom)})
    if booking.status != Booking.Status.CANCELLED:
        found.append(place(booking, language, reader="guest").fact)
    return found


def _when(booking: Booking, first_zone: str, second_zone: str) -> dict[str, str]:
    first, *others = moments(booking, first_zone, second_zone)
    zones = [first["zone"], *(f"{other['span']}, {other['zone']}" for other in others)]
    return {"term": _("When"), "words": first["span"], "small": " · ".join(zones)}


def agenda(booking: Booking, language: str) -> list[tuple[int, str]]:
    """Minutes and words: a sixth for the picture, half for the key, a third for a first try-out."""
    phrases = scans.key_phrases(language) if booking.topics else {}
    chosen = [phrase for slug, phrase in phrases.items() if slug in booking.topics]
    topics = ", ".join(chosen) or _("what you want to talk about")
    total = booking.call_type.duration_minutes
    picture, topic = total // 6, total // 2
    return [(picture, _("the picture")), (topic, topics), (total - picture - topic, _("your first step"))]


def invitation(booking: Booking) -> bytes:
    with translation.override(booking.language):
        lines = [f"{minutes} min: {words}" for minutes, words in agenda(booking, booking.language)]
        url = absolute_reverse("bookings:manage", booking.public_id)
        return ics.build(
            ics.Invitation(
                **_event(booking),
                sequence=booking.sequence,
                method=calendar_method(booking),
                description="\n".join(
                    [*lines, "", _("Move or cancel (you sign in first): %(url)s") % {"url": url}]
                ),
                location=place(booking, booking.language).calendar,
                url=url,
                attendee_name=unlinked(booking.name),
                attendee_email=booking.email,
            )
        )


def guest_invitation(guest: Guest, *, is_out: bool = False) -> bytes:
    """One file for one guest, who is its only attendee: nobody reads there who else was asked. No agenda, which names
    keys, no page of the call, and no name that somebody typed. `is_out` takes this guest out of a call that goes ahead.
    """
    booking = guest.booking
    with translation.override(booking.language):
        method = "CANCEL" if is_out else calendar_method(booking)
        return ics.build(
            ics.Invitation(
                **_event(booking),
                sequence=guest.sequence,
                method=method,
                uninvites=is_out and booking.status != Booking.Status.CANCELLED,
                description=_("You step out with the link in your mail.") if method == "REQUEST" else "",
                location=place(booking, booking.language, reader="guest").calendar,
                url="",
                attendee_name="",
                attendee_email=guest.email,
            )
        )


def _event(booking: Booking) -> dict[str, Any]:
    """What is the same in the file of everybody who is invited; with their language active."""
    organizer_name, organizer_email = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return {
        "uid": booking.ics_uid,
        "stamp_at": booking.changed_at,
        "created_at": booking.created_at,
        "modified_at": booking.changed_at,
        "start_at": booking.start_at,
        "end_at": booking.end_at,
        "summary": _("Impact call with %(name)s") % {"name": booking.host.name},
        "organizer_name": organizer_name or settings.PRACTICE["name"],
        "organizer_email": organizer_email,
    }


def calendar_method(booking: Booking) -> Literal["REQUEST", "CANCEL"]:
    return "CANCEL" if booking.status == Booking.Status.CANCELLED else "REQUEST"
