from __future__ import annotations

from typing import Any

import factory

from portal.common import times
from portal.webhook import registry, switching
from portal.webhook.announcing import body_of
from portal.webhook.models import OutboundEvent, Webhook
from tests.bookings.world import NAME

ADDRESS = f"https://{NAME}/hooks/sleutel"


def switched_on(**changed: Any) -> Webhook:
    """The webhook, on, with every event there is."""
    events = [event.type for event in registry.events()]
    switching.set_up(**{"address": ADDRESS, "events": events, "is_on": True} | changed)
    return Webhook.objects.get()


class OutboundEventFactory(factory.django.DjangoModelFactory[OutboundEvent]):
    """An event that is due now, about somebody."""

    class Meta:
        model = OutboundEvent

    key = factory.Sequence(lambda n: f"test:{n}")
    type = "call.booked"
    email = "sanne@example.org"
    occurred_at = factory.LazyFunction(times.now)
    due_at = factory.SelfAttribute("occurred_at")
    send_after = factory.SelfAttribute("occurred_at")
    body = factory.LazyAttribute(
        lambda event: body_of(
            event.type,
            event.occurred_at,
            {"call": {"id": event.key}, "contact": {"name": "Sanne Vermeer", "email": event.email}},
        )
    )
