"""The sequences that come with the portal. An app gives them in `AppConfig.ready()`; `ensure_sequences` makes
each once, and never touches one that is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from django.db import transaction
from django.utils.functional import Promise

from portal.leads.sequences.models import MORNING, Sequence, Step


@dataclass(frozen=True, kw_only=True)
class ShippedStep:
    """Subject and body by language. A paragraph of the body may be broken into lines; it is kept as one."""

    days: int
    subject: Mapping[str, str]
    body: Mapping[str, str]
    goes_on: bool = False
    at: time = MORNING


@dataclass(frozen=True, kw_only=True)
class Shipped:
    slug: str
    name: str | Promise
    starts_on: str
    stops_on: tuple[str, ...] = ()
    steps: tuple[ShippedStep, ...] = field(default=())


_shipped: dict[str, Shipped] = {}


def register(*sequences: Shipped) -> None:
    _shipped.update({one.slug: one for one in sequences})


def shipped() -> list[Shipped]:
    return [*_shipped.values()]


@transaction.atomic
def ensure(one: Shipped) -> bool:
    """Make it, switched on; False when it is there already, edited or not."""
    sequence, made = Sequence.objects.get_or_create(
        shipped_as=one.slug,
        defaults={
            "name": str(one.name),
            "starts_on": one.starts_on,
            "stops_on": list(one.stops_on),
            "is_on": True,
        },
    )
    if made:
        Step.objects.bulk_create(
            Step(
                sequence=sequence,
                delay_days=step.days,
                at=step.at,
                goes_on=step.goes_on,
                subject_nl=step.subject["nl"],
                subject_en=step.subject["en"],
                body_nl=unbroken(step.body["nl"]),
                body_en=unbroken(step.body["en"]),
            )
            for step in one.steps
        )
    return made


def unbroken(text: str) -> str:
    return "\n\n".join(" ".join(block.split()) for block in text.strip().split("\n\n"))
