"""The link in a tip by which its reader takes a yes back: it proves the mailbox, and opens nothing else."""

from __future__ import annotations

from django.urls import reverse

from portal.common import tokens
from portal.leads.models import Lead
from portal.mail.render import UNSUBSCRIBE


def path_of(lead: Lead, name: str = "leads:unsubscribe") -> str:
    return reverse(name, args=[lead.public_id, tokens.make(UNSUBSCRIBE, lead.public_id)])


def is_genuine(public_id: str, token: str) -> bool:
    return tokens.is_valid(token, UNSUBSCRIBE, public_id)


def lead_of(public_id: str, token: str) -> Lead | None:
    """None for a link that was altered, and for somebody who was erased since."""
    return Lead.objects.filter(public_id=public_id).first() if is_genuine(public_id, token) else None
