from __future__ import annotations

from datetime import timedelta

import factory

from assessments.pulse import measure
from assessments.pulse.models import Pulse
from portal.common import times
from tests.assessments import demo
from tests.factories.assessments import InstrumentFactory, UserFactory


class PulseFactory(factory.django.DjangoModelFactory[Pulse]):
    """A completed pulse. `level`: each answer after reversal, 1 to 5; `days_ago`: its age."""

    class Meta:
        model = Pulse

    class Params:
        level = 3
        days_ago = 0

    user = factory.SubFactory(UserFactory)
    instrument = factory.SubFactory(InstrumentFactory)
    completed_at = factory.LazyAttribute(lambda pulse: times.now() - timedelta(days=pulse.days_ago))
    started_at = factory.LazyAttribute(lambda pulse: pulse.completed_at - timedelta(seconds=90))
    answers = factory.LazyAttribute(lambda pulse: at_level(pulse.level))
    score = factory.LazyAttribute(lambda pulse: measure.score(demo.instrument().pulse, pulse.answers))


def at_level(level: int | None) -> dict[str, int | None]:
    return {
        item.id: None if level is None else 6 - level if item.reverse else level
        for item in demo.instrument().pulse
    }
