"""What a coach may do with the models of this app, in the order in which the menu names them."""

from __future__ import annotations

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
