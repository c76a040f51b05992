"""A yes to sharing a result, and taking it back: in the admin, in what was mailed and in what would be."""

from __future__ import annotations

from django.db.models import Q

from bookings.availability.lock import every_host_locked
from bookings.calls.emails import messages
from bookings.models import Booking, BookingQuerySet
from bookings.words.contacts import SHARING
from portal.accounts.models import User
from portal.leads import services as leads
from portal.leads.models import Lead


def shared_by(*, email: str, user: User | None) -> BookingQuerySet:
    mine = Q(email=email) if user is None else Q(email=email) | Q(user=user)
    return Booking.objects.filter(mine).exclude(shared_scan="")


def withdraw_sharing(*, email: str, user: User | None, method: str) -> int:
    """Share no result any more, with no call, past or ahead; the coach is asked to erase the mails that hold
    it. Returns from how many calls it was taken; idempotent. Raises BusyError.
    """
    with every_host_locked():
        calls = list(shared_by(email=email, user=user).select_related("call_type__host", "host__user"))
        Booking.objects.filter(pk__in=[call.pk for call in calls]).update(shared_scan="")
        for call in calls:
            call.shared_scan = ""
            messages.send_unshared(call)
        if lead := Lead.objects.filter(email=email).first():
            leads.withdraw_consent(lead, purpose=SHARING, method=method)
        return len(calls)
