"""What the webhook is told of a scan: that it was finished. No answers, no scores."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.models import Scan
from portal.leads import told as contacts
from portal.leads.models import Lead
from portal.webhook.announcing import announce, moment
from portal.webhook.registry import Event

COMPLETED = "scan.completed"
SAMPLE = {
    "scan": {
        "id": "hT5wKz8QnYb3LcRm7XvJ2dPs",
        "language": "nl",
        "completed_at": "2026-11-23T12:00:00Z",
    },
    "contact": None,
}
EVENTS = (Event(COMPLETED, _("a finished scan"), 10, SAMPLE),)


def completed(scan: Scan, lead: Lead | None) -> None:
    """In the transaction of the row that won. Whoever it was is told only when the mailbox was proven."""
    key = f"scan:{scan.public_id}:completed"
    announce(COMPLETED, key=key, tell=lambda: contacts.about(lead, scan=about(scan)))


def about(scan: Scan) -> dict[str, Any]:
    assert scan.completed_at is not None
    return {"id": scan.public_id, "language": scan.language, "completed_at": moment(scan.completed_at)}
