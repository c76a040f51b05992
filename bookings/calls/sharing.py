"""A yes to sharing a result with one call, and taking it back: in the admin, in mails sent and in those to come."""

from __future__ import annotations

from django.db.models import Q

from assessments import summary as scans
from bookings.availability.lock import every_host_locked, host_locked
from bookings.calls.emails import messages
from bookings.calls.emails.reminders import plan_reminders
from bookings.errors import TooLateError
from bookings.models import Booking, BookingQuerySet
from bookings.words.contacts import SHARING
from portal.accounts.models import User
from portal.common import times
from portal.leads import services as leads
from portal.leads.models import Lead


def shared_by(*, email: str, user: User | None) -> BookingQuerySet:
    mine = Q(email=email) if user is None else Q(email=email) | Q(user=user)
    return Booking.objects.filter(mine).exclude(shared_scan="")


def share(booking: Booking, *, user: User, language: str, method: str, source_path: str = "") -> bool:
    """Share this person's newest result with a call that is still ahead; the coach is mailed. False when there is
    no result, or when one is shared already. Raises TooLateError, BusyError."""
    with host_locked(booking.host_id):
        booking = Booking.objects.select_related("call_type__host", "host__user").get(pk=booking.pk)
        if not booking.is_ahead(times.now()):
            raise TooLateError
        newest = scans.latest_completed_for(user_id=user.pk)
        if booking.shared_scan or newest is None:
            return False
        booking.shared_scan = newest
        booking.save(update_fields=["shared_scan"])
        lead = leads.contact(booking.email, name=booking.name, language=booking.language, user_id=user.pk)
        proof = leads.give_consent(
            lead,
            purpose=SHARING,
            language=language,
            method=method,
            source_path=source_path,
            about=booking.about,
        )
        messages.send_shared(booking, proof.pk)
        plan_reminders(booking)  # the one a day before that brings the result
        return True


def withdraw_sharing(*, email: str, user: User | None, method: str, only: Booking | None = None) -> int:
    """Share no result any more with any call, past or ahead, or with `only` this one; the coach is asked to erase
    the mails that hold it. Returns from how many calls it was taken; idempotent. Raises BusyError.
    """
    with every_host_locked():
        shared = shared_by(email=email, user=user)
        calls = list(
            (shared.filter(pk=only.pk) if only else shared).select_related("call_type__host", "host__user")
        )
        Booking.objects.filter(pk__in=[call.pk for call in calls]).update(shared_scan="")
        lead = Lead.objects.filter(email=email).first()
        for call in calls:
            call.shared_scan = ""
            proof = lead and leads.withdraw_consent(lead, purpose=SHARING, method=method, about=call.about)
            messages.send_unshared(call, proof.pk if proof else 0)
        if lead and not shared.exists():  # a yes from before it was kept for each call
            leads.withdraw_consent(lead, purpose=SHARING, method=method)
        return len(calls)
