"""A call for somebody who is a contact already: found by name or address, and filled in."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from portal.common.ids import PublicIdConverter
from portal.common.names import clean_line
from portal.common.sight import seen_by
from portal.leads.models import Lead, LeadQuerySet

MOST = 10
LONGEST = 200


def wanted(request: HttpRequest) -> str:
    return clean_line(request.POST.get("find", ""))[:LONGEST]


def found(request: HttpRequest) -> list[Lead]:
    """Those whose name or address has every word that was typed; nobody when nothing was."""
    every = Q()
    for word in wanted(request).split():
        every &= Q(name__icontains=word) | Q(email__icontains=word)
    return list(_seen(request).filter(every)[:MOST]) if every else []


def chosen(request: HttpRequest) -> dict[str, Any]:
    """What is known of the contact that a link or a button names, for the fields of the form."""
    public_id = request.POST.get("contact") or request.GET.get("contact") or ""
    if not re.fullmatch(PublicIdConverter.regex, public_id):
        return {}
    lead = _seen(request).filter(public_id=public_id).select_related("user").first()
    if lead is None:
        return {}
    known = {"name": lead.name, "email": lead.email, "language": lead.language}
    return known | ({"time_zone": lead.user.time_zone} if lead.user else {})


def _seen(request: HttpRequest) -> LeadQuerySet:
    return seen_by(request.user, Lead.objects.shown())
