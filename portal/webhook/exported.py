"""What a copy of everything holds of events: those that name a person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.common.export import Section
from portal.webhook.models import OutboundEvent, OutboundEventQuerySet


def about(email: str) -> OutboundEventQuerySet:
    return OutboundEvent.objects.filter(email__iexact=email)


SECTIONS = (
    Section(
        name="told",
        words=_("told to another program of the coach"),
        rows=about,
        for_coach=about,
        left_out={
            "public_id": "random",
            "key": "of ids",
            "due_at": "how we go about it",
            "send_after": "the same",
            "attempts": "the same",
            "tried_at": "the same",
            "status_code": "the same",
            "problem": "the same",
            "maybe_duplicate": "how we go about it",
        },
    ),
)
