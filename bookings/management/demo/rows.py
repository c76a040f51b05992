"""The calls of the demo as rows: who, when, about what, and how the older ones ended."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from assessments import summary as scans
from bookings.availability import calendar
from bookings.calls.place import promise_place
from bookings.management.demo import starts
from bookings.models import Booking, CallType
from portal.accounts.models import User
from portal.common import times
from portal.common.demo import dice

BOOKS, SHARES, REMARKS = 0.72, 0.7, 0.45  # of those who did the scan, of those who book, and of these
PLAYED = timedelta(
    days=16
)  # calls of so lately are lived through, with their mails; of older ones nothing is kept
WITHIN = timedelta(days=13)  # nobody books further ahead than this
SAID = {
    "nl": (
        "We zijn sinds september met twee teams samengevoegd. Iedereen is beleefd, maar niemand zegt iets.",
        "Ik merk dat besluiten steeds bij mij terugkomen. Daar wil ik graag naar kijken.",
        "Mijn team is vorig jaar flink gegroeid. Hoe houd ik het vertrouwen vast?",
        "Er is een conflict geweest dat nooit echt is uitgesproken.",
        "Ik ben sinds drie maanden teamleider en kom uit het team zelf.",
        "Graag bellen, geen video. Ik zit die dag in de trein.",
        "De uitslag herkende ik meteen, vooral de laagste sleutel.",
    ),
    "en": (
        "We merged two teams in September. Everybody is polite, and nobody says a thing.",
        "Decisions keep landing on my desk. I would like to look at that.",
        "I have led this team for three months, after being part of it.",
    ),
}


def of_host(call_type: CallType, people: Iterable[User]) -> list[Booking]:
    """New calls, not saved. Each is with somebody who did the scan some days before and booked within a day."""
    waiting = sorted(
        ((_asked_at(one), one.email, one) for one in people if _books(one)), key=itemgetter(0, 1)
    )
    zone = times.zone(call_type.host.time_zone)
    known = Booking.objects.filter(host=call_type.host).values_list("period__startswith", flat=True)
    used = {at.astimezone(zone).date() for at in known}
    notice = timedelta(minutes=call_type.minimum_notice_minutes)
    calls = []
    for on, moments in starts.days(call_type):
        for start in moments if on not in used else ():
            place = bisect_left(waiting, start - WITHIN, key=itemgetter(0))
            if place < len(waiting) and waiting[place][0] <= min(start - notice, times.now()):
                calls.append(_call(call_type, waiting.pop(place)[2], start))
    return calls


def _books(person: User) -> bool:
    return dice("books", person.email).random() < BOOKS


def _asked_at(person: User) -> datetime:
    """Most people book when they see the result, some sleep on it. Before the first tip would leave."""
    assert person.last_login
    chance = dice("asked", person.email)
    later = timedelta(hours=11) if chance.random() < 0.3 else timedelta()
    return person.last_login + later + timedelta(minutes=chance.randint(4, 40))


def _call(call_type: CallType, person: User, start: datetime) -> Booking:
    chance, asked_at = dice("call", person.email), _asked_at(person)
    is_near = start - times.now() < timedelta(hours=24)  # looked at first, so there is something to look at
    shares = chance.random() < SHARES or is_near
    call = Booking(
        call_type=call_type,
        host=call_type.host,
        user=person,
        name=person.name,
        email=person.email,
        phone=f"+316000{chance.randint(0, 99999):05}",  # no number begins like this
        language=person.language,
        time_zone=person.time_zone,
        topics=chance.sample(list(scans.key_names("nl")), chance.choice((1, 2, 2))),
        shared_scan=(shares and scans.latest_completed_for(user_id=person.pk)) or "",
        remark=chance.choice(SAID[person.language]) if chance.random() < REMARKS or is_near else "",
        status=Booking.Status.CONFIRMED,
        created_at=asked_at,
        confirmed_at=asked_at,
        changed_at=asked_at,
        **calendar.period_and_footprint(call_type, start),
    )
    promise_place(call)
    return call


def end_of(call: Booking) -> Booking.Status:
    """How a call that is over ended. One that was booked at the last moment is not cancelled."""
    chance = dice("end", call.email).random()
    if chance < 0.1 and call.start_at - call.created_at > timedelta(hours=30):
        return Booking.Status.CANCELLED
    return Booking.Status.NO_SHOW if chance > 0.88 else Booking.Status.COMPLETED


def cancelled_at(call: Booking) -> datetime:
    """Half-way, by day: on some morning between the booking and the day before the call."""
    half = call.created_at + (call.start_at - timedelta(hours=24) - call.created_at) / 2
    morning = times.local(half, call.host.time_zone).replace(hour=10, minute=20)
    return morning if call.created_at < morning < call.start_at - timedelta(hours=5) else half


def closed_at(call: Booking) -> datetime:
    return call.end_at + timedelta(minutes=4)


def by_of(call: Booking) -> Booking.By:
    return Booking.By.HOST if dice("by", call.email).random() < 0.3 else Booking.By.INVITEE


def old_end(call: Booking) -> dict[str, Any]:
    """The fields of a call that ended longer ago than what is lived through."""
    status = end_of(call)
    if status != Booking.Status.CANCELLED:
        return {"status": status}
    at = cancelled_at(call)
    return {
        "status": status,
        "cancelled_at": at,
        "changed_at": at,
        "cancelled_by": by_of(call),
        "sequence": 1,
    }
