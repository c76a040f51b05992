"""What happened lately, lived through as it would have gone: each deed at its moment, by the same functions as on the
pages, so that mails, timeline and figures cannot say otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from bookings.availability.calendar import other_slots
from bookings.calls import agreeing, lifecycle
from bookings.calls.emails import messages
from bookings.management.demo import rows
from bookings.models import Booking, CallType
from bookings.waitlist import entries, instead, offers
from portal.accounts.models import User
from portal.common import times
from portal.common.demo import AT, dice
from portal.leads import notes, stages
from portal.leads.models import Lead
from portal.mail.played import let_leave

AGREED = {
    "nl": (
        "Ik leg elke maandag één besluit terug bij het team, en zeg erbij waarom.",
        "Voor vrijdag vertel ik het team wat ik zelf lastig vind aan de fusie.",
        "In het volgende overleg praat ik als laatste.",
    ),
    "en": (
        "Every Monday I give one decision back to the team, and say why.",
        "I speak last in the next meeting.",
    ),
}
NOTES = (
    "Leidt een team van elf, waarvan vier nieuw. Wil rust brengen zonder alles zelf te doen.",
    "Praat makkelijk over het team en moeilijk over zichzelf. Daar de volgende keer beginnen.",
    "Overweegt een middag met het hele team. Eerst met HR bespreken.",
    "Heeft een leidinggevende die meekijkt. Vooraf afspreken wat we delen.",
    "Kwam via een lezing. Zoekt een vast klankbord voor een half jaar.",
)
STEPS = (
    ("Voorstel voor een teammiddag sturen", 0),
    ("Bellen hoe het overleg van maandag ging", 0),
    ("Vragen of HR aansluit", 2),
    ("Terugvragen wat de afspraak opleverde", 5),
    ("Data voor een vervolggesprek mailen", 8),
)


def happened(call: Booking, now: datetime) -> None:
    """From the booking on to its end, as far as it came; the mails of before first."""
    with times.as_of(call.created_at):
        messages.send_confirmed(call)
    zone = call.host.time_zone
    if call.end_at > now or times.local(call.end_at, zone).date() == times.local(now, zone).date():
        return  # ahead, or of today: nobody said yet how it went
    if rows.end_of(call) == Booking.Status.CANCELLED:
        cancel(call, rows.by_of(call), rows.cancelled_at(call))
        return
    at = rows.closed_at(call)
    let_leave(Q(about=call.about), until=at)
    with times.as_of(at):
        lifecycle.close(call, rows.end_of(call), offer_times=True)  # to whoever did not come
    let_lapse(call, min(now, at + instead.UNDO + instead.HELD + timedelta(minutes=1)))
    if rows.end_of(call) == Booking.Status.COMPLETED and dice("agreed", call.email).random() < 0.5:
        with times.as_of(at + timedelta(minutes=15)):
            agreeing.agree(call, dice("agreed", call.email).choice(AGREED[call.language]), version=0)


def let_lapse(call: Booking, at: datetime) -> None:
    """What was held after a missed call was told by then, and is nobody's any more."""
    let_leave(Q(to_email=call.email), until=at)
    with times.as_of(at):
        offers.clear_lapsed(call.host_id, at)


def cancel(call: Booking, by: Booking.By, at: datetime) -> None:
    let_leave(Q(about=call.about), until=at)
    with times.as_of(at):
        lifecycle.cancel(call, by=by, even_late=True)


def move(call: Booking, at: datetime) -> None:
    let_leave(Q(about=call.about), until=at)
    with times.as_of(at):
        free = other_slots(call)
        if free:
            lifecycle.move(call, free[len(free) // 2].start, by=Booking.By.INVITEE)


def ahead(call_type: CallType, calls: Iterable[Booking], now: datetime) -> None:
    """One call was moved, one cancelled; its time is held for somebody who waits, and somebody else waits on."""
    moved_at, cancelled_at = now - timedelta(hours=40), now - timedelta(minutes=50)
    later = [call for call in calls if call.start_at > now + timedelta(days=3)]
    movable = [call for call in later if call.created_at < moved_at]
    for call in movable[:1]:
        move(call, moved_at)  # before anybody waits for the time it frees
    came = User.objects.filter(email__endswith=AT, bookings=None, language="nl", last_login__lt=moved_at)
    for person, hours in zip(came.order_by("-last_login")[:2], (30, 22), strict=False):
        with times.as_of(now - timedelta(hours=hours)):
            entries.join_waitlist(
                person,
                kind=call_type.slug,
                until_on=times.local(now, call_type.host.time_zone).date() + timedelta(days=21),
                name=person.name,
                language=person.language,
                time_zone=person.time_zone,
                host=call_type.host,
            )
    for call in [one for one in later if one.created_at < cancelled_at and one not in movable[:1]][:1]:
        cancel(call, Booking.By.INVITEE, cancelled_at)


def by_hand(calls: Iterable[Booking], now: datetime) -> None:
    """What the coach wrote after the last calls, and means to do next."""
    own = Booking.objects.filter(pk__in=[call.pk for call in calls], status=Booking.Status.COMPLETED)
    for number, call in enumerate(own.select_related("host__user").order_by("-period")[:8]):
        lead = Lead.objects.get(email=call.email)
        with times.as_of(min(now, rows.closed_at(call) + timedelta(minutes=20))):
            if number < len(NOTES):
                notes.write_note(lead, NOTES[number], by=call.host.user, key=f"demo{lead.public_id}"[:24])
            if number < len(STEPS):
                words, days = STEPS[number]
                on = times.local(now, call.host.time_zone).date() + timedelta(days=days)
                notes.plan_step(lead, words, on, was=notes.seen_step(lead))
            if number >= len(STEPS):
                notes.set_facts(
                    lead,
                    name=lead.name,
                    stage=stages.CLIENT,
                    reason="",
                    by=call.host.name,
                    was=notes.seen_facts(lead),
                )
