"""What the first page of the admin shows of contacts."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from portal.common import times
from portal.common.panels import Panel
from portal.leads.models import Lead

RECENT = timedelta(days=7)


def new_contacts(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("leads.view_lead"):
        return None
    recent = Lead.objects.shown().filter(created_at__gt=times.now() - RECENT)
    context = {
        "count": recent.count(),
        "leads": [
            {"lead": lead, "on": times.short_date(lead.created_at, times.HOST_ZONE)} for lead in recent[:5]
        ],
    }
    return Panel("admin/leads/_new_contacts.html", context)
