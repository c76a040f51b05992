from __future__ import annotations

from bookings.management.demo import around, rows, stories
from bookings.models import Booking, Host, Offer, WaitlistEntry
from bookings.words.contacts import PLANNED, SHARING, SPOKEN
from portal.accounts.models import User
from portal.common import times
from portal.common.demo import AT, DemoCommand, dice
from portal.leads.funnel import following
from portal.leads.models import ConsentEvent, Lead, LeadEvent
from portal.leads.services import proof_of
from portal.mail.models import OutboundEmail
from portal.mail.played import DEMO_MAIL

ENDS = {"completed": "call.completed", "no_show": "call.no_show", "cancelled": "call.cancelled"}


class Command(DemoCommand):
    help = (
        "Calls of demo people with every coach, with their mails, and what lies around them in the calendar."
    )

    def fill(self, scale: int) -> str:
        people = list(User.objects.filter(email__endswith=AT, is_active=True, bookings=None).order_by("pk"))
        if not User.objects.filter(email__endswith=AT).exists():
            return "Calls: there are no demo people yet."
        hosts = list(
            Host.objects.filter(is_active=True, call_types__is_active=True).distinct().order_by("pk")
        )
        said = []
        for place, host in enumerate(hosts):
            own = [one for one in people if dice("host", one.email).randrange(len(hosts)) == place]
            said.append(_fill_host(host, own, scale))
        return "\n".join(said) or "Calls: nobody can be booked yet."

    def remove(self) -> str:
        OutboundEmail.objects.filter(DEMO_MAIL).delete()
        Booking.objects.filter(offer__email__endswith=AT).delete()  # held, so of nobody yet
        Offer.objects.filter(email__endswith=AT).delete()
        WaitlistEntry.objects.filter(email__endswith=AT).delete()
        calls = Booking.objects.filter(email__endswith=AT)
        number = calls.count()
        calls.delete()
        around.remove()
        return f"Calls: {number} removed."


def _fill_host(host: Host, people: list[User], scale: int) -> str:
    call_type = host.call_types.filter(is_active=True).order_by("pk")[0]
    call_type.host = host
    busy = around.fill(host, scale)
    there = Booking.objects.filter(host=host, email__endswith=AT).count()
    now = times.now()
    calls = rows.of_host(call_type, people)
    for call in calls:
        if call.created_at < now - rows.PLAYED:
            for name, value in rows.old_end(call).items():
                setattr(call, name, value)
    Booking.objects.bulk_create(calls, batch_size=1000)
    _tell(calls)
    lately = sorted(
        (call for call in calls if call.created_at >= now - rows.PLAYED), key=lambda call: call.start_at
    )
    for call in lately:
        stories.happened(call, now)
    if not there:
        stories.ahead(call_type, lately, now)
        stories.by_hand(lately, now)
    following.settle(Lead.objects.filter(email__in=[call.email for call in calls]))
    return f"{host.name}: {len(calls)} calls made, {there} were there; {busy} busy times made."


def _tell(calls: list[Booking]) -> None:
    """That they were booked; and of what is older than what is lived through, how it ended."""
    leads = {lead.email: lead for lead in Lead.objects.filter(email__in=[call.email for call in calls])}
    ConsentEvent.objects.bulk_create(_yes(call, leads[call.email]) for call in calls if call.shared_scan)
    events = []
    for call in calls:
        data = {"booking": call.public_id, "start_at": call.start_at.isoformat()}
        events.append(
            LeadEvent(lead=leads[call.email], kind="call.booked", data=data, created_at=call.created_at)
        )
        if kind := ENDS.get(call.status):
            at = call.cancelled_at or rows.closed_at(call)
            by = {"by": call.cancelled_by} if call.cancelled_by else {}
            events.append(LeadEvent(lead=leads[call.email], kind=kind, data=data | by, created_at=at))
    LeadEvent.objects.bulk_create(events, batch_size=2000)
    for stage, status in ((SPOKEN, Booking.Status.COMPLETED), (PLANNED, Booking.Status.CONFIRMED)):
        emails = [call.email for call in calls if call.status == status]
        Lead.objects.filter(email__in=emails).update(stage=stage)


def _yes(call: Booking, lead: Lead) -> ConsentEvent:
    proof = proof_of(lead, purpose=SHARING, language=call.language, method="booking form", about=call.about)
    proof.created_at = call.created_at
    return proof
