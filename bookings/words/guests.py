"""Why somebody cannot be invited, and how many guests a call has, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.errors import CannotInviteError
from bookings.models import Booking, invited_to

Why = CannotInviteError.Why


def why_not(why: CannotInviteError.Why, *, is_coach: bool = False) -> str:
    """For who booked, or for the coach."""
    match why:
        case Why.VISITOR:
            return (
                _("They booked this call, so they are there already.")
                if is_coach
                else _("That is your own address: you are there already.")
            )
        case Why.COACH:
            return (
                _("That is your own address: you are there already.")
                if is_coach
                else _("That is the coach, who is there already.")
            )
        case Why.INVITED:
            return _("This address is invited already.")
        case Why.LEFT:
            return _(
                "They let us know that they do not join. With the link in their mail they can still come back."
            )
        case Why.FULL:
            return _("Three guests are invited already. Take one out first.")
        case Why.OFTEN:
            return _(
                "So many people were invited and taken out here that we send no more invitations for now. "
                "Pass the facts of the call on yourself."
            )


def counted(booking: Booking) -> str:
    """'2 guests', or nothing."""
    number = len(invited_to(booking))
    return ngettext("%(count)d guest", "%(count)d guests", number) % {"count": number} if number else ""


def with_guests(summary: str, booking: Booking) -> str:
    """What a call is called in a calendar of the coach: how many join, and not who, for calendars are shared."""
    guests = counted(booking)
    return _("%(summary)s, and %(guests)s") % {"summary": summary, "guests": guests} if guests else summary
