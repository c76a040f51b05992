"""What the webhook is told of a contact: the one place, for whoever is to see less of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from portal.leads.models import Lead
from portal.webhook import announcing
from portal.webhook.announcing import Told
from portal.webhook.registry import Event

CREATED, REMOVED = "contact.created", "contact.removed"
SAMPLE = {
    "id": "7fRk2mWq9ZtXb4HcVnLp3sDy",
    "name": "Femke Voorbeeld",
    "email": "femke@example.org",
    "language": "nl",
}
EVENTS = (
    Event(CREATED, _("a new contact"), 20, {"contact": SAMPLE}),
    Event(
        REMOVED,
        _("a contact to take out there too"),
        90,
        {"contact": {"id": SAMPLE["id"]}},
    ),
)


def contact(lead: Lead | None) -> dict[str, Any] | None:
    """Nothing of who is unknown, or objects to being followed."""
    if lead is None or lead.objected_at is not None:
        return None
    return {"id": lead.public_id, "name": lead.name, "email": lead.email, "language": lead.language}


def about(lead: Lead | None, **data: Any) -> Told:
    """An event with the contact whom it is about."""
    said = contact(lead)
    return Told({**data, "contact": said}, said["email"] if said else "")


def created(lead: Lead, *, at: datetime) -> None:
    key = f"contact:{lead.public_id}:created:{at:%Y%m%dT%H%M%S%f}"
    announcing.announce(CREATED, key=key, tell=partial(_created, lead))


def removed(leads: Iterable[Lead], *, at: datetime) -> None:
    """With nothing but the id they were told under: whoever gets it can take the contact out."""
    tells: dict[str, announcing.Tell] = {
        f"contact:{lead.public_id}:removed:{at:%Y%m%dT%H%M%S%f}": partial(_removed, lead.public_id)
        for lead in leads
    }
    announcing.announce_all(REMOVED, tells)


def _removed(public_id: str) -> Told:
    return Told({"contact": {"id": public_id}})


def _created(lead: Lead) -> Told | None:
    is_staff = get_user_model().objects.filter(email=lead.email, is_staff=True).exists()
    return None if is_staff or contact(lead) is None else about(lead)
