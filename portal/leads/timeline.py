"""A contact's timeline in words."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.leads.models import Lead, LeadEvent

STAGE_CHANGED = "stage.changed"
WORDS = {
    "scan.completed": _("Finished a scan"),
    "call.booked": _("Booked an impact call for %(moment)s"),
    "call.waiting": _("Waits for a time to come free"),
    "call.moved": _("Moved the impact call to %(moment)s"),
    "call.cancelled": _("Cancelled the impact call on %(moment)s"),
    "call.held": _("The impact call on %(moment)s went ahead"),
    "call.no_show": _("Did not show up on %(moment)s"),
    STAGE_CHANGED: _("Stage set to “%(stage)s”"),
}
BY_HOST = {
    "call.booked": _("You booked an impact call for %(moment)s"),
    "call.moved": _("You moved the impact call to %(moment)s"),
    "call.cancelled": _("You cancelled the impact call on %(moment)s"),
}


def words(event: LeadEvent) -> str:
    """One line of the timeline; a kind we have no words for keeps its own name."""
    template = WORDS.get(event.kind)
    if event.data.get("by") == "host":
        template = BY_HOST.get(event.kind, template)
    if template is None:
        return event.kind
    return str(template) % {"moment": _moment(event), "stage": _stage(event)}


def _moment(event: LeadEvent) -> str:
    start_at = event.data.get("start_at")
    return times.short_moment(datetime.fromisoformat(start_at), times.HOST_ZONE) if start_at else "–"


def _stage(event: LeadEvent) -> str:
    stage = event.data.get("stage")
    return str(Lead.Stage(stage).label) if stage in Lead.Stage.values else "–"
