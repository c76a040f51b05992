"""What of each model is a coach's own (portal/common/sight.py): the calendar, the calls in it, who booked them, and
what was written to and about these people. Nothing of a call with a colleague."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Model, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from bookings.models import (
    AvailabilityRule,
    BlockedTime,
    Booking,
    CalendarCopy,
    CalendarSource,
    CallType,
    DateOverride,
    Guest,
    Host,
    Offer,
    OverrideWindow,
    WaitlistEntry,
)
from portal.common.sight import Narrow
from portal.leads.models import ConsentEvent, Lead, LeadEvent, Note
from portal.mail.models import OutboundEmail

Rows = QuerySet[Any]
MATTERS = (
    "booking:",
    "guest:",
    "missed:",
    "waitlist:",
    "offer:",
    "calendar:",
)  # what a mail or a yes is about, before its public id


def at(path: str) -> Narrow:
    """Rows that lead to a coach along this path."""
    return lambda viewer, rows: rows.filter(**{path: viewer.pk})


def calls(viewer: Any) -> QuerySet[Booking]:
    return Booking.objects.filter(host__user=viewer.pk)


def people(viewer: Any) -> Rows:
    """Who booked a call with this coach, whatever became of it."""
    booked = calls(viewer).exclude(status=Booking.Status.HELD).exclude(email="")
    return Lead.objects.filter(email__in=booked.values("email"))


def waiting(viewer: Any, rows: Rows) -> Rows:
    """Who waits for this coach, or was offered a time of this coach's: whoever would take any coach is the practice's
    until then."""
    offered = Offer.objects.filter(call_type__host__user=viewer.pk, entry__isnull=False)
    return rows.filter(Q(host__user=viewer.pk) | Q(pk__in=offered.values("entry")))


def matters(viewer: Any) -> Q:
    """What is about a call of this coach, or a time of this coach's that somebody waits for."""
    found = {
        "booking:": calls(viewer),
        "guest:": Guest.objects.filter(booking__host__user=viewer.pk),
        "missed:": calls(viewer),
        "waitlist:": waiting(viewer, WaitlistEntry.objects.all()),
        "offer:": Offer.objects.filter(call_type__host__user=viewer.pk),
    }
    sources = CalendarSource.objects.filter(host__user=viewer.pk)
    about = Q(about__in=sources.values_list(Concat(Value("calendar:"), Cast("pk", CharField()))))
    for name, rows in found.items():
        about |= Q(about__in=rows.values_list(Concat(Value(name), "public_id")))
    return about


def is_of_a_calendar() -> Q:
    about = Q()
    for name in MATTERS:
        about |= Q(about__startswith=name)
    return about


def said(name: str) -> Cast:
    """What the data of a line says under this name; NULL when nothing. As plain text: JSON compares in its own way."""
    return Cast(KeyTextTransform(name, "data"), CharField())


def events(viewer: Any, rows: Rows) -> Rows:
    """Of own contacts, without the lines about a call with, or a wait for, somebody else."""
    lines = rows.filter(lead__in=people(viewer)).alias(call=said("booking"), entry=said("entry"))
    entries = waiting(viewer, WaitlistEntry.objects.all()).values("public_id")
    found: Rows = lines.filter(
        Q(call=None) | Q(call__in=calls(viewer).values("public_id")), Q(entry=None) | Q(entry__in=entries)
    )
    return found


def proofs(viewer: Any, rows: Rows) -> Rows:
    return rows.filter(Q(about="") | matters(viewer), lead__in=people(viewer))


def notes(viewer: Any, rows: Rows) -> Rows:
    """Those the coach wrote: a colleague's are of the colleague's calls."""
    return rows.filter(author=viewer.pk, lead__in=people(viewer))


def mails(viewer: Any, rows: Rows) -> Rows:
    """About own calls; and to own contacts, or to the account, what is about nobody's call. Not to the address that
    visitors write to: a coach types that, and it could be anybody's."""
    reached = Q(to_email__in=people(viewer).values("email")) | Q(to_email=viewer.email)
    return rows.filter(matters(viewer) | reached & ~is_of_a_calendar())


OWN: dict[type[Model], Narrow] = {
    Host: at("user"),
    Booking: at("host__user"),
    CallType: at("host__user"),
    AvailabilityRule: at("host__user"),
    DateOverride: at("host__user"),
    OverrideWindow: at("override__host__user"),
    BlockedTime: at("host__user"),
    CalendarSource: at("host__user"),
    Guest: at("booking__host__user"),
    CalendarCopy: at("source__host__user"),
    Offer: at("call_type__host__user"),
    WaitlistEntry: waiting,
    Lead: lambda viewer, rows: rows.filter(pk__in=people(viewer).values("pk")),
    LeadEvent: events,
    ConsentEvent: proofs,
    Note: notes,
    OutboundEmail: mails,
}
