from __future__ import annotations

from datetime import timedelta

import factory

from portal.common import times
from portal.mail.models import OutboundEmail


class OutboundEmailFactory(factory.django.DjangoModelFactory[OutboundEmail]):
    """A frozen service mail that is due now."""

    class Meta:
        model = OutboundEmail

    key = factory.Sequence(lambda n: f"test:{n}")
    kind = OutboundEmail.Kind.SERVICE
    message = "others/message"
    to_email = factory.Sequence(lambda n: f"sanne{n}@example.org")
    to_name = "Sanne Vermeer"
    from_email = "Draagkracht <agenda@voorbeeld.nl>"
    subject = "Je impactcall is bevestigd"
    text = "Hallo Sanne,\n\nTot donderdag.\n"
    html = "<p>Hallo Sanne,</p><p>Tot donderdag.</p>"
    due_at = factory.LazyFunction(times.now)
    send_after = factory.SelfAttribute("due_at")
    rendered_at = factory.SelfAttribute("due_at")

    class Params:
        later = factory.Trait(
            subject="",
            text="",
            html="",
            rendered_at=None,
            data={"number": 1},
            message="tests/reminder",
            about="booking:abc",
        )
        tips = factory.Trait(kind=OutboundEmail.Kind.MARKETING, about="followup:2345ABCDEFGHJKLMNPQRSTUV")
        leased = factory.Trait(
            status=OutboundEmail.Status.LEASED,
            attempts=1,
            lease_token=factory.Faker("uuid4"),
            lease_until=factory.LazyFunction(lambda: times.now() + timedelta(seconds=45)),
        )
