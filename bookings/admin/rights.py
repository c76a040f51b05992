"""What a coach may do with the models of this app, in the order in which the menu names them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ALL = ("view", "add", "change", "delete")
RIGHTS = {
    "booking": ("view", "change"),
    "waitlistentry": ("view",),
    "offer": ("view",),
    "host": ("view", "change"),
    "dateoverride": ALL,
    "blockedtime": ALL,
    "calendarsource": ALL,
    "calltype": ALL,
    "availabilityrule": ALL,
    "overridewindow": ALL,
}
# words, address, permission, the model above which it stands, and those whose lists it leads to
PAGES = [
    (_("Weekly hours"), "admin:bookings_host_hours", "bookings.change_host", "calendarsource", ()),
    (
        _("Closed and other hours"),
        "admin:bookings_dateoverride_closed",
        "bookings.view_blockedtime",
        "calendarsource",
        ("dateoverride", "blockedtime"),
    ),
]
