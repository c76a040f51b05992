"""What the first page of the admin shows of contacts."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from portal.common import times
from portal.common.panels import Panel
from portal.common.sight import seen_by
from portal.leads.models import Lead

RECENT = timedelta(days=7)
STEPS_SHOWN = 10


def new_contacts(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("leads.view_lead"):
        return None
    recent = seen_by(request.user, Lead.objects.shown()).filter(created_at__gt=times.now() - RECENT)
    context = {
        "count": recent.count(),
        "leads": [
            {"lead": lead, "on": times.short_date(lead.created_at, times.HOST_ZONE)} for lead in recent[:5]
        ],
    }
    return Panel("admin/leads/_new_contacts.html", context)


def due_steps(request: HttpRequest) -> Panel | None:
    today = times.local(times.now(), times.HOST_ZONE).date()
    due = list(seen_by(request.user, Lead.objects.shown()).with_step_by(today)[: STEPS_SHOWN + 1])
    if not due:
        return None
    steps = [
        {"lead": lead, "on": times.short_date_of(on), "is_late": on < today}
        for lead in due[:STEPS_SHOWN]
        if (on := lead.next_step_on)
    ]
    return Panel("admin/leads/_due_steps.html", {"steps": steps, "are_more": len(due) > STEPS_SHOWN})
