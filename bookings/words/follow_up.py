"""What calls give to the sequences of mails that a coach writes: events, what was agreed, and where to book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Booking
from portal.common import times
from portal.common.http import absolute_reverse
from portal.common.names import unlinked
from portal.leads.models import Lead
from portal.leads.sequences.registry import Event, Variable
from portal.practice.facts import practice

SAMPLE_AGO = timedelta(days=50)  # a call in between two scans

EVENTS = (
    Event(
        "call.booked",
        gettext_lazy("somebody books an impact call"),
        goal_words=gettext_lazy("Booked afterwards"),
        undone_by=("call.cancelled",),
        ended_by=("call.completed", "call.no_show"),
    ),
    Event("call.cancelled", gettext_lazy("a call is cancelled"), stops=False),
    Event("call.completed", gettext_lazy("a call went ahead")),
    Event(
        "call.no_show",
        gettext_lazy("somebody does not show up"),
        stops=False,
        undone_by=("call.no_show_undone", "call.completed"),
    ),
    Event("call.waiting", gettext_lazy("somebody waits for a time to come free")),
)

# service mails with a paragraph of the coach
BEFORE_A_CALL, AFTER_A_CALL, NO_SHOW = "before-a-call", "after-a-call", "no-show"
PARAGRAPHS = {
    BEFORE_A_CALL: gettext_lazy("The reminder before a call"),
    AFTER_A_CALL: gettext_lazy("The mail with what you agreed in a call"),
    NO_SHOW: gettext_lazy("The mail to somebody who did not show up"),
}


def agreement(lead: Lead, context: Mapping[str, Any], language: str) -> dict[str, str]:
    """What this person agreed in the last call in which something was; empty without. None of it becomes a link."""
    mine = Q(email=lead.email) | (Q(user=lead.user_id) if lead.user_id else Q())
    call = Booking.objects.with_agreed().filter(mine).select_related("host").order_by("-period").first()
    if call is None:
        return {"agreement": ""}
    lines = (line.strip() for line in unlinked(call.agreed).splitlines())
    with translation.override(language):
        day = times.full_date(call.start_at, call.time_zone)
        return {"agreement": agreed_words(day, call.host.name, "\n".join(filter(None, lines)))}


def agreed_words(day: str, coach: str, text: str) -> str:
    return _("On %(day)s you agreed with %(coach)s: ‘%(text)s’") % {"day": day, "coach": coach, "text": text}


def sample_agreement(language: str) -> str:
    with translation.override(language):
        day = times.full_date(times.now() - SAMPLE_AGO, times.HOST_ZONE)
        text = _("In every meeting I ask one question and wait for the answer.")
        return agreed_words(day, str(practice(language)["coach_name"]), text)


def booking_link(lead: Lead, context: Mapping[str, Any], language: str) -> dict[str, str]:
    return {"booking_link": sample_booking_link(language)}


def sample_booking_link(language: str) -> str:
    with translation.override(language):
        return absolute_reverse("bookings:slots")


AGREEMENT = Variable(
    "agreement",
    {"nl": "afspraak", "en": "agreement"},
    gettext_lazy(
        "A whole sentence with what was agreed in the last call. Give it a paragraph of its own: when nothing was "
        "agreed, it is left out."
    ),
    sample_agreement,
)
BOOKING_LINK = Variable(
    "booking_link",
    {"nl": "boeklink", "en": "booking_link"},
    gettext_lazy("The address where a time for an impact call is chosen."),
    sample_booking_link,
    is_link=True,
)
