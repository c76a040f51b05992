"""Two coaches in one practice, each with one of everything, and a colleague who runs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Instrument
from bookings.models import BlockedTime, Booking, DateOverride, Guest, Host, OverrideWindow, RemoteCalendar
from portal.accounts import staff
from portal.accounts.models import User
from portal.leads import services as leads
from portal.leads.funnel.models import Tally
from portal.leads.models import ConsentEvent, Lead, LeadEvent, Note
from portal.leads.sequences import runs
from portal.mail import refused
from portal.mail.models import OutboundEmail, RefusedAddress
from tests.bookings.admin.conftest import at, browser_of
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory
from tests.factories.bookings import (
    BlockSeriesFactory,
    BookingFactory,
    CalDavSourceFactory,
    CalendarCopyFactory,
    CallTypeFactory,
    HostFactory,
    OfferFactory,
    WaitlistEntryFactory,
)
from tests.factories.funnel import count
from tests.factories.mail import OutboundEmailFactory
from tests.factories.numbers import FiguresFactory
from tests.factories.practice import PracticeFactory
from tests.factories.sequences import StepFactory
from tests.factories.webhook import OutboundEventFactory, switched_on

Args = dict[str, list[Any]]


@dataclass
class Desk:
    """A coach, and one of everything that is this coach's. `words` are those no colleague may read."""

    user: User
    host: Host
    booking: Booking
    past: Booking
    lead: Lead
    note: Note
    mail: OutboundEmail
    rows: dict[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    @property
    def browser(self) -> Client:
        return browser_of(self.user)


def desk(who: str, person: str) -> Desk:
    """Of coach `who`, whose visitor is `person`."""
    name, email = f"{person} Vermeer", f"{person.lower()}@voorbeeld.nl"
    user = User.objects.create_user(f"{who.lower()}@praktijk.nl", name=f"Coach {who}", is_staff=True)
    user.groups.add(staff.ensure_coach_group())
    host = HostFactory(user=user, slug=who.lower(), name=f"Coach {who}", email=user.email)
    call_type = CallTypeFactory(host=host, slug="impact-call", minimum_notice_minutes=0)
    visitor = User.objects.create_user(email, name=name)
    scan = CompletedScanFactory(user=visitor)
    person_of = {"user": visitor, "name": name, "email": email, "call_type": call_type}
    past = BookingFactory(start=at(-7, 10), status="completed", **person_of, agreed=f"Afspraak van {person}")
    booking = BookingFactory(
        start=at(2, 10), **person_of, shared_scan=scan.public_id, remark=f"Opmerking van {person}"
    )
    Guest.objects.create(booking=booking, email=f"gast-{email}", seat=1, by="invitee")
    lead = leads.contact(email, name=name, user_id=visitor.pk)
    Lead.objects.filter(pk=lead.pk).update(source=f"bron-{person.lower()}", next_step=f"Bel {person}",
                                           next_step_on=at(0, 10).date())  # fmt: skip
    leads.record(lead, "call.booked", booking=booking.public_id, start_at=booking.start_at.isoformat())
    leads.give_consent(lead, purpose="sharing", language="nl", method="booking form", about=booking.about)
    note = Note.objects.create(lead=lead, text=f"Notitie over {person}", author=user)
    mail = OutboundEmailFactory(
        about=booking.about, to_email=email, to_name=name, subject=f"Mail aan {person}", status="failed"
    )
    override = DateOverride.objects.create(host=host, on=at(9, 10).date())
    OverrideWindow.objects.create(override=override, start_time="10:00", end_time="12:00")
    block = BlockedTime.objects.create(host=host, period=(at(3, 9), at(3, 12)), reason=f"Dicht voor {person}")
    series = BlockSeriesFactory(host=host)
    lunch = BlockedTime.objects.create(host=host, period=(at(4, 12), at(4, 13)), series=series)
    source = CalDavSourceFactory(host=host, name=f"Agenda {who}", writes=True)
    source.set_remote_calendars([RemoteCalendar("https://agenda.example.org/jet/werk/", "Werk")])
    source.save()
    copy = CalendarCopyFactory(source=source, booking=booking, status="differs", there="gone")
    waits = User.objects.create_user(f"wacht-{email}", name=f"{person} Wacht")
    entry = WaitlistEntryFactory(user=waits, host=host, status="offered")
    offer = OfferFactory(call_type=call_type, entry=entry, starts=[at(8, 10)])
    return Desk(
        user, host, booking, past, lead, note, mail,
        rows={
            "bookings_booking": booking, "bookings_host": host, "bookings_calltype": call_type,
            "bookings_dateoverride": override, "bookings_blockedtime": block, "bookings_calendarsource": source,
            "bookings_calendarcopy": copy, "bookings_waitlistentry": entry, "bookings_offer": offer,
            "leads_lead": lead, "leads_leadevent": LeadEvent.objects.filter(lead=lead, kind="call.booked").get(),
            "leads_consentevent": ConsentEvent.objects.get(lead=lead), "mail_outboundemail": mail,
            "accounts_user": visitor, "series": series, "lunch": lunch,
        },
        words=(person, email, f"Coach {who}", f"Agenda {who}", user.email, host.public_id, booking.public_id),
    )  # fmt: skip


@pytest.fixture
def anna(monday: Any, db: None) -> Desk:
    InstrumentFactory()
    return desk("Anna", "Sanne")


@pytest.fixture
def bram(anna: Desk) -> Desk:
    return desk("Bram", "Noor")


@pytest.fixture
def practice(db: None) -> User:
    user = User.objects.create_user("praktijk@praktijk.nl", name="De Praktijk", is_staff=True)
    user.groups.add(staff.ensure_practice_group())
    return user


@pytest.fixture
def of_practice(anna: Desk) -> dict[str, Any]:
    """Rows that are nobody's in particular."""
    count(at(-1, 10), {1: 1})
    step = StepFactory()
    reader = leads.contact("los@voorbeeld.nl")
    leads.give_consent(reader, purpose="tips", language="nl", method="code")
    runs.begin(step.sequence, reader, {})
    refused.refuse("weg@voorbeeld.nl", refused.Why.HAND, reason="Gevraagd", by="Jet")
    return {
        "assessments_instrument": Instrument.objects.get(),
        "funnel_tally": Tally.objects.first(),
        "mail_refusedaddress": RefusedAddress.objects.get(),
        "webhook_webhook": switched_on(),
        "sequences_sequence": step.sequence,
        "step": step,
        "run": step.sequence.runs.get(),
        "event": OutboundEventFactory(),
        "practice_practice": PracticeFactory(),
        "numbers_figures": FiguresFactory(),
    }


def address(name: str, desk: Desk, of_practice: dict[str, Any]) -> str:
    """Of this page, about what is on that desk."""
    rows = desk.rows | of_practice
    special: Args = {
        "app_list": ["bookings"],
        "bookings_booking_guest_out": [desk.booking.pk, desk.booking.guests.get().public_id],
        "bookings_dateoverride_series": [rows["series"].pk],
        "bookings_dateoverride_series_end": [rows["series"].pk],
        "bookings_dateoverride_take_out": [rows["series"].pk, rows["lunch"].pk],
        "practice_practice_text": ["coach"],
        "practice_practice_original": ["coach"],
        "leads_lead_note": [desk.lead.pk, desk.note.public_id],
        "accounts_user_copy_of_contact": [desk.lead.pk],
        "accounts_user_erase_contact": [desk.lead.pk],
        "sequences_sequence_step": [rows["sequences_sequence"].pk, rows["step"].pk],
        "sequences_sequence_step_out": [rows["sequences_sequence"].pk, rows["step"].pk],
        "sequences_sequence_paragraph": ["no-show"],
        "sequences_sequence_run": [rows["run"].pk],
        "webhook_webhook_again": [rows["event"].public_id],
        **{
            f"numbers_figures_{name}": [rows["numbers_figures"].instrument.version]
            for name in ("answers", "covariances", "codebook")
        },
        "assessments_instrument_section": [rows["assessments_instrument"].pk, "general"],
        "assessments_instrument_show": [rows["assessments_instrument"].pk, "general"],
    }
    without = {
        "changelist", "add", "week", "outside", "empty", "new", "export", "secret", "test", "again_all", "holidays",
        "close", "closed", "weekly", "hours", "portrait", "first_steps", "work_out", "upload",
    }  # fmt: skip
    if name in special:
        return reverse(f"admin:{name}", args=special[name])
    model, _, page = next(
        ((model, "_", name.removeprefix(f"{model}_")) for model in sorted(rows, key=len, reverse=True)
         if name.startswith(f"{model}_")), ("", "", name)
    )  # fmt: skip
    has_row = model and (page not in without or name == "bookings_booking_close")
    return reverse(f"admin:{name}", args=[rows[model].pk] if has_row else [])
