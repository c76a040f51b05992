"""What calls give to the sequences of mails that a coach writes: events, and the address to book at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.common.http import absolute_reverse
from portal.leads.models import Lead
from portal.leads.sequences.registry import Event, Variable

EVENTS = (
    Event(
        "call.booked",
        _("somebody books an impact call"),
        goal_words=_("Booked afterwards"),
        undone_by=("call.cancelled",),
        ended_by=("call.completed", "call.no_show"),
    ),
    Event("call.cancelled", _("a call is cancelled"), stops=False),
    Event("call.completed", _("a call went ahead")),
    Event("call.no_show", _("somebody does not show up"), stops=False),
    Event("call.waiting", _("somebody waits for a time to come free")),
)

BEFORE_A_CALL, NO_SHOW = "before-a-call", "no-show"  # service mails with a paragraph of the coach
PARAGRAPHS = {
    BEFORE_A_CALL: _("The reminder before a call"),
    NO_SHOW: _("The mail to somebody who did not show up"),
}


def booking_link(lead: Lead, context: Mapping[str, Any], language: str) -> dict[str, str]:
    return {"booking_link": sample_booking_link(language)}


def sample_booking_link(language: str) -> str:
    with translation.override(language):
        return absolute_reverse("bookings:slots")


BOOKING_LINK = Variable(
    "booking_link",
    {"nl": "boeklink", "en": "booking_link"},
    _("The address where a time for an impact call is chosen."),
    sample_booking_link,
    is_link=True,
)
