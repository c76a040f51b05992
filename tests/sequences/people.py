"""What the tests of sequences share: somebody who asked for tips, and delivery at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.mail import delivery, smtp
from portal.mail.models import OutboundEmail

HERE = ZoneInfo("Europe/Amsterdam")


def wants_tips(email: str = "noor@voorbeeld.nl", **fields: Any) -> Lead:
    lead = leads.contact(email, **{"name": "Noor Aydin", **fields})
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
    return lead


def here(text: str) -> datetime:
    """A moment by the clock of Amsterdam."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


def deliver_at(clock: Any, moment: str | datetime, monkeypatch: Any) -> list[str]:
    """Let the clock stand there and the worker run, with a mail server that takes all; the subjects that left."""
    clock.move_to((here(moment) if isinstance(moment, str) else moment).timestamp())
    left: list[str] = []

    def take(from_email: str, to_email: str, content: bytes, *, seconds: float) -> smtp.Outcome:
        left.append(to_email)
        return smtp.Sent()

    monkeypatch.setattr(smtp, "send", take)
    before = set(OutboundEmail.objects.filter(status="sent").values_list("pk", flat=True))
    delivery.deliver_due()
    sent = OutboundEmail.objects.filter(status="sent").exclude(pk__in=before).order_by("sent_at", "pk")
    assert len(sent) == len(left)
    return [mail.subject for mail in sent]


def rows() -> dict[str, str]:
    """{step's number: status} of every mail of a sequence."""
    found = OutboundEmail.objects.filter(message="sequences/step").order_by("due_at", "pk")
    return {str(mail.data["step"]): mail.status for mail in found}
