"""What the mails about calls are called, and what it means when one is not sent."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.mail.names import Name

NOBODY_ELSE_TELLS = _(
    "The call stands, but nobody tells them: not where it is, and no invitation for their calendar."
)
OF_A_CALL = {
    "bookings/confirmation": Name(_("Confirmation"), NOBODY_ELSE_TELLS),
    "bookings/moved": Name(
        _("Moved call"),
        _("The call stays where it is now, but they still have the old time in their calendar."),
    ),
    "bookings/place_changed": Name(
        _("Another place"), _("The call stands, but they still read the old place. Tell them yourself.")
    ),
    "bookings/cancelled": Name(
        _("Cancelled call"),
        _("The call stays cancelled, but it still stands in their calendar. Tell them yourself."),
    ),
    "bookings/reminder_invitee": Name(
        _("Reminder"), _("The call stands. After a move there is a new reminder, for the new time.")
    ),
    "bookings/guest_invited": Name(
        _("Invitation of a guest"),
        _("The guest stays invited without knowing. Tell them yourself, or take them out."),
    ),
    "bookings/guest_changed": Name(
        _("Changed call, to a guest"),
        _("The call stays as it is now, but the guest still has the old time or place in the calendar."),
    ),
    "bookings/guest_off": Name(
        _("Cancelled call, to a guest"),
        _("The call stays cancelled, but it still stands in the guest’s calendar. Tell them yourself."),
    ),
    "bookings/guest_out": Name(
        _("Call out of a guest’s calendar"),
        _("The guest does not join, but the call still stands in their calendar."),
    ),
    "bookings/guest_reminder": Name(
        _("Reminder of a guest"), _("The call stands, and the guest stays invited.")
    ),
    "bookings/agreed": Name(
        _("What was agreed"), _("What you wrote stays with the call. They do not read it.")
    ),
    "bookings/coach_booked": Name(_("New call"), _("The call stands in your week all the same.")),
    "bookings/coach_moved": Name(_("Moved call"), _("The call stands in your week all the same.")),
    "bookings/coach_cancelled": Name(_("Cancelled call"), _("It is gone from your week all the same.")),
    "bookings/coach_shared": Name(_("Result shared"), _("The result stands with the call all the same.")),
    "bookings/coach_unshared": Name(
        _("Result not shared any more"), _("You are not asked to erase it elsewhere.")
    ),
    "bookings/reminder_coach": Name(
        _("Reminder"), _("The call stands. The brief is on the page of the call.")
    ),
}
OF_WAITING = {
    "bookings/waitlist_joined": Name(
        _("Place on the waitlist"), _("They stay on the list without reading so.")
    ),
    "bookings/waitlist_stopped": Name(_("End of waiting"), _("They are off the list without reading so.")),
    "bookings/offer_freed": Name(
        _("A time that came free"), _("The time stays held for them until it lapses, without their knowing.")
    ),
    "bookings/offer_no_show": Name(
        _("After a missed call"),
        _("They are not asked for a new time. What is held for them stays held until it lapses."),
    ),
}
OTHERS = {
    "bookings/coach_invited": Name(
        _("Invitation of a coach"), _("They are a coach all the same, and do not read how to sign in.")
    ),
    "bookings/coach_erased": Name(_("Request to erase")),
    "bookings/calendar_stale": Name(
        _("Calendar that cannot be read"), _("It stays on the page of that calendar, and under Today.")
    ),
}
