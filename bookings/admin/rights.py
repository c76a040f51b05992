"""What may be done with the models of this app, in the order in which the menu names them."""

from __future__ import annotations

ALL = ("view", "add", "change", "delete")
OF_PRACTICE = {
    "booking": ("view", "change"),
    "waitlistentry": ("view",),
    "offer": ("view",),
    "guest": ("view",),
    "host": ("view", "add", "change"),
    "dateoverride": ALL,
    "blockedtime": ALL,
    "calendarsource": ALL,
    "calltype": ALL,
    "availabilityrule": ALL,
    "overridewindow": ALL,
}
# of their own; which kinds of call there are is the practice's
OF_COACH = OF_PRACTICE | {"host": ("view", "change"), "calltype": ("view", "change")}
