from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import factory

from assessments import scoring
from assessments.models import Instrument, Scan
from assessments.numbers.models import Figures
from portal.common import times
from tests.assessments import demo
from tests.factories.assessments import InstrumentFactory, frozen

FEW: dict[str, Any] = {
    "completed": 3,
    "used": 3,
    "complete": 3,
    "flags": {"contradiction": 0, "straight_line": 0, "too_fast": 0},
    "minutes": None,
    "reached": {"line": [0] * 7, "open": 0},
    "rescans": {"pairs": 0, "returned": {"n": 0}, "stayed": {"n": 0}},
}


class FiguresFactory(factory.django.DjangoModelFactory[Figures]):
    """Of three scans, about which nothing may be said."""

    class Meta:
        model = Figures

    instrument = factory.SubFactory(InstrumentFactory)
    language = ""
    computed_at = factory.LazyFunction(times.now)
    used = 3
    content = factory.LazyFunction(lambda: dict(FEW))


def leaders(
    count: int, *, seed: int = 1, gaps: float = 0.0, sure: float = 1.0, instrument: Instrument | None = None
) -> list[dict[str, int | None]]:
    """Answers of so many leaders: somebody who answers high does so everywhere, and on one key more than on another.
    `sure`: how much of an answer is the person and the key; 0 is chance alone. `gaps`: how often it did not come up."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        person, sheet = dice.gauss(0, 0.6), dict[str, int | None]()
        for key in demo.instrument().keys:
            level = person + dice.gauss(0, 0.7)
            for item in key.items:
                value = min(5, max(1, round(3.2 + sure * level + dice.gauss(0, 0.8))))
                sheet[item.id] = None if dice.random() < gaps else 6 - value if item.reverse else value
        found.append(sheet)
    return found


def completed(
    sheets: list[dict[str, int | None]],
    *,
    language: Callable[[int], str] = lambda place: "nl",
    users: list[int] | None = None,
    days_ago: int = 5,
    version: str = "1.1",
    minutes: float = 7,
) -> list[Scan]:
    """Finished scans with those answers, in one statement."""
    row, done_at = InstrumentFactory(version=version), times.now() - timedelta(days=days_ago)
    scans = [
        Scan(
            instrument=row,
            language=language(place),
            user_id=users[place] if users else None,
            attached_at=done_at if users else None,
            status=Scan.Status.COMPLETED,
            answers=sheet,
            scores=frozen(sheet),
            overall=scoring.score(demo.instrument(), sheet).overall,
            started_at=done_at - timedelta(minutes=minutes, seconds=place % 60),
            completed_at=done_at,
            reached=10,
        )
        for place, sheet in enumerate(sheets)
    ]
    return Scan.objects.bulk_create(scans)
