"""Where a call takes place, said once for page, mail, calendar file and admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from bookings.domain.phones import show_phone
from bookings.models import Booking, CallType
from portal.common.names import first_name

Reader = Literal["invitee", "host", "guest"]
Kind = CallType.Location


@dataclass(frozen=True)
class Place:
    """`words` say it all but the link; `url` is what a press opens: https, tel or nothing.

    `calendar` is for a calendar file. Calendars are shared, so it holds neither the link, by which anybody
    could come in, nor the visitor's number.
    """

    words: str
    calendar: str
    url: str = ""

    @property
    def join_url(self) -> str:
        return self.url if self.url.startswith("https://") else ""

    @property
    def fact(self) -> dict[str, str]:
        return {"term": _("Where"), "words": capfirst(self.words), "url": self.url, "small": self.join_url}


def place(booking: Booking, language: str, *, reader: Reader = "invitee") -> Place:
    """Where the call is, as promised at booking, in the active language. A call that is off has no link."""
    kind, is_host = booking.location_kind, reader == "host"
    if reader == "guest" and kind in (Kind.PHONE_HOST_CALLS, Kind.PHONE_VISITOR_CALLS):
        words = _("By phone. Ask who invited you how you join in.")  # no number: neither is for them
        return Place(words, calendar=words)
    if kind == Kind.PHONE_HOST_CALLS:
        return _coach_calls(booking, is_host=is_host)
    if kind == Kind.PHONE_VISITOR_CALLS:
        return _visitor_calls(booking, is_host=is_host)
    if misses_link(booking):
        return _link_comes(booking, language, is_host=is_host)
    if kind in (Kind.LINK, Kind.LINK_LATER, Kind.JITSI):
        is_on = booking.status == Booking.Status.CONFIRMED
        where = _("Online; the link is in the admin") if is_host else _("Online; the link is in your mail")
        return Place(_("Online video call"), calendar=where, url=booking.join_url if is_on else "")
    return _own_words(booking, language, is_host=is_host)


def place_ahead(call_type: CallType, language: str) -> str:
    coach = first_name(call_type.host.name)
    match call_type.location_kind:
        case Kind.PHONE_HOST_CALLS:
            return _("%(coach)s calls you on the number you fill in here") % {"coach": coach}
        case Kind.PHONE_VISITOR_CALLS:
            facts = {"coach": coach, "number": show_phone(call_type.location_phone)}
            return _("You call %(coach)s on %(number)s") % facts
        case Kind.LINK_LATER:
            return link_by_hand(coach)[language]
        case Kind.LINK | Kind.JITSI:
            return _("Online video call; you get the link as soon as you confirm")
        case _:
            return call_type.location(language)


def link_by_hand(coach: str) -> dict[str, str]:
    """{language: words} of a call whose link the coach sends by hand; `coach` is a first name."""
    return {
        "nl": f"Online; je krijgt de link van {coach} vóór het gesprek",
        "en": f"Online; {coach} sends you the link before the call",
    }


def misses_link(booking: Booking) -> bool:
    """Whether a link was promised that the coach has not given yet: by its kind, or in our own words for that."""
    if booking.join_url:
        return False
    if booking.location_kind == Kind.LINK_LATER:
        return True
    said = link_by_hand(first_name(booking.host.name)).values()
    return booking.location_kind == Kind.TEXT and booking.location in said


def _link_comes(booking: Booking, language: str, *, is_host: bool) -> Place:
    words = link_by_hand(first_name(booking.host.name))[language]
    if not is_host:
        return Place(words, calendar=words)
    is_on = booking.status == Booking.Status.CONFIRMED
    facts = {"name": first_name(booking.name) or _("the visitor")}
    words = _("online. Send %(name)s the link before the call.") % facts if is_on else _("online")
    return Place(words, calendar=capfirst(words))


def _own_words(booking: Booking, language: str, *, is_host: bool) -> Place:
    """An address reads the same for both; the coach's own words address the visitor, so the coach sees them
    quoted."""
    words = booking.promised_words(language)
    if not is_host or booking.location_kind == Kind.ADDRESS:
        return Place(words, calendar=words)
    facts = {"name": first_name(booking.name) or _("the visitor"), "words": words}
    return Place(_("%(name)s reads: ‘%(words)s’") % facts, calendar=words)


def _coach_calls(booking: Booking, *, is_host: bool) -> Place:
    facts = {
        "coach": first_name(booking.host.name),
        "name": first_name(booking.name) or _("the visitor"),
        "number": show_phone(booking.phone),
    }
    is_callable = bool(booking.phone) and booking.status != Booking.Status.CANCELLED
    if is_host:
        without = _("Call %(name)s") % facts
        words = _("Call %(name)s on %(number)s") % facts if is_callable else without
        return Place(words, calendar=without, url=f"tel:{booking.phone}" if is_callable else "")
    without = _("%(coach)s calls you") % facts
    words = _("%(coach)s calls you on %(number)s") % facts if is_callable else without
    return Place(words, calendar=without)


def _visitor_calls(booking: Booking, *, is_host: bool) -> Place:
    facts = {
        "coach": first_name(booking.host.name),
        "name": first_name(booking.name) or _("the visitor"),
        "number": show_phone(booking.location),
    }
    if is_host:
        words = _("%(name)s calls you on %(number)s") % facts
        return Place(words, calendar=words)
    words = _("You call %(coach)s on %(number)s") % facts
    return Place(words, calendar=words, url=f"tel:{booking.location}")
