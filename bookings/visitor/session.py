"""What one browser's session remembers of a booking under way, and which bookings it may manage."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from assessments import summary as scans
from bookings.availability.kinds import Wish
from bookings.calls.lifecycle import Details
from bookings.models import Booking
from portal.accounts import typed, waiting
from portal.accounts.models import User
from portal.common import came_from
from portal.common.http import client_address
from portal.common.names import is_mailbox

KEY = "booking"
RIGHTS = "bookings"
PENDING = "booking"  # a form that waits for its code
MEMBER = "is_member"
DETAILS = "booking"  # what stands in the form of the details, whether it is right or not
WEAKEST = "weakest"  # never kept: handed to a page that is made for nobody


@dataclass(frozen=True)
class Wanted:
    """Short names: of the kind of call, the coach asked for (none is any) and the one whose time is held."""

    kind: str = ""
    coach: str = ""
    host: str = ""


@dataclass(frozen=True)
class Asked:
    """What was last asked for on the page with times, whether or not a time was got there; `is_only` on the page of
    that coach. Apart from what is held: a time that was lost says nothing about the one that is still held."""

    kind: str = ""
    coach: str = ""
    is_only: bool = False


@dataclass(frozen=True)
class Waiting:
    """A form that was fine and waits until its mailbox is proven."""

    start: datetime
    details: Details
    key: str
    wanted: Wanted


def everything(request: HttpRequest) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(KEY, {})
    return kept


def chosen(request: HttpRequest) -> dict[str, Any] | None:
    """What a page with times shows of this browser; None once it held a time, which is free to it alone."""
    if recall(request, "visitor"):
        return None
    own = {"zone": request.user.time_zone, MEMBER: True} if isinstance(request.user, User) else {}
    kept = own | everything(request)
    return ({KEY: kept} if kept else {}) | {WEAKEST: scans.weakest_of_browser(request)}


def weakest(request: HttpRequest) -> str | None:
    """Slug of the key that this visitor's result says to talk about, "" when none stands out; None without a result."""
    if WEAKEST in request.session:
        slug: str | None = request.session[WEAKEST]
        return slug
    return scans.weakest_of_browser(request)


def is_of_member(request: HttpRequest) -> bool:
    """On a page with times that is written once for many, and knows nobody: whether it is for who signed in."""
    return bool(recall(request, MEMBER))


def recall(request: HttpRequest, name: str) -> Any:
    return everything(request).get(name)


def remember(request: HttpRequest, **values: Any) -> None:
    request.session[KEY] = everything(request) | values


def forget(request: HttpRequest, *names: str) -> None:
    if not names:
        forget_typed(request)
    kept = everything(request)
    gone = names or tuple(name for name in kept if name != "zone")
    if any(name in kept for name in gone):
        request.session[KEY] = {name: value for name, value in kept.items() if name not in gone}


def visitor_of(request: HttpRequest) -> str:
    """The digest under which this browser holds a time; empty while it never held one."""
    token = recall(request, "visitor")
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def new_visitor(request: HttpRequest) -> str:
    """Two presses of one button that come before there is a session are one visitor by the secret of the form."""
    if not recall(request, "visitor"):
        own = request.META.get("CSRF_COOKIE") or secrets.token_urlsafe(32)
        remember(request, visitor=salted_hmac("bookings.visitor", own, algorithm="sha256").hexdigest())
    return visitor_of(request)


def client_of(request: HttpRequest) -> str:
    """A digest of the network address, keyed so that nobody can try all addresses against it."""
    return salted_hmac("bookings.client", client_address(request), algorithm="sha256").hexdigest()


def chosen_start(request: HttpRequest) -> datetime | None:
    start = recall(request, "start")
    return datetime.fromisoformat(start) if start else None


def wanted(request: HttpRequest) -> Wanted:
    return Wanted(*(recall(request, name) or "" for name in ("kind", "coach", "host")))


def asked(request: HttpRequest) -> Asked:
    kind, coach = (recall(request, name) or "" for name in ("asked_kind", "asked_coach"))
    return Asked(kind, coach, bool(recall(request, "only")))


def remember_choice(request: HttpRequest, asked: Asked, zone: str) -> None:
    remember(request, zone=zone, asked_kind=asked.kind, asked_coach=asked.coach, only=asked.is_only)


def remember_hold(request: HttpRequest, booking: Booking, *, coach: str = "") -> None:
    """Keep what is held, whether it had to be this `coach` or could be any, and how somebody came here. What was
    typed stays too."""
    typed.touch(request)
    call_type = booking.call_type
    kept = Wanted(call_type.slug, coach, call_type.host.slug)
    came = {"came_from": request.POST[came_from.FIELD]} if came_from.sent(request) else {}
    remember(request, start=booking.start_at.isoformat(), **asdict(kept), **came)


def way_of(request: HttpRequest) -> dict[str, str]:
    """How whoever holds a time came here; nothing where nobody knows."""
    return came_from.read(recall(request, "came_from") or "")


def until_code(form: Waiting) -> dict[str, Any]:
    details = {**asdict(form.details), "topics": list(form.details.topics)}
    kept = {"start": form.start.isoformat(), "details": details, "key": form.key}
    return {PENDING: kept | {"wanted": asdict(form.wanted)}}


def pending(request: HttpRequest, email: str) -> Waiting | None:
    kept = waiting.find(request, email, PENDING)
    if not kept:
        return None
    details = Details(**{**kept["details"], "topics": tuple(kept["details"]["topics"])})
    return Waiting(datetime.fromisoformat(kept["start"]), details, kept["key"], Wanted(**kept["wanted"]))


def keep_typed(request: HttpRequest, fields: dict[str, Any]) -> None:
    typed.keep(request, **{DETAILS: fields})


def typed_before(request: HttpRequest) -> dict[str, Any]:
    """What stood in the form of the details when this browser last sent it; nothing after this sitting."""
    fields: dict[str, Any] = typed.find(request, DETAILS) or {}
    return fields


def forget_typed(request: HttpRequest) -> None:
    typed.drop(request, DETAILS)


def has_typed_for(request: HttpRequest, email: str) -> bool | None:
    """Whether what stands in the form of the details was typed for this address; None when nothing does."""
    address = typed_before(request).get("email", "")
    return is_mailbox(address, email) if address.strip() else None


def tell_of_other_coach(request: HttpRequest, booking: Booking, call: Wish) -> None:
    """The page named one coach and another takes the call: say so once, on the next page."""
    asked = call.call_type.host
    if call.is_named and booking.host_id != asked.pk:
        words = _("The time with %(name)s was just taken. %(other)s is free then and takes the call.")
        messages.info(request, words % {"name": asked.name, "other": booking.host.name})


def grant(request: HttpRequest, booking: Booking) -> None:
    """Let this browser manage the booking, as long as its links are of this generation."""
    request.session[RIGHTS] = request.session.get(RIGHTS, {}) | {booking.public_id: booking.manage_generation}


def is_granted(request: HttpRequest, booking: Booking) -> bool:
    return bool(request.session.get(RIGHTS, {}).get(booking.public_id) == booking.manage_generation)
