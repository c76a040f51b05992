"""What the page of a contact shows of sequences."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.common.panels import Panel
from portal.leads.sequences.models import Run
from portal.leads.sequences.places import places

MOST = 20


def runs_of_contact(request: HttpRequest, lead: Any) -> Panel | None:
    if not request.user.has_perm("sequences.view_sequence"):
        return None
    runs = Run.objects.filter(lead=lead).select_related("lead", "sequence")[:MOST]
    context = {"places": places(runs), "may_change": request.user.has_perm("sequences.change_sequence")}
    return Panel("admin/sequences/_runs_of_contact.html", context)
