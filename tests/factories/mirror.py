from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import factory

from assessments.mirror.domain import frozen
from assessments.mirror.models import Invitation, Round, TeamAnswer
from portal.common import times
from tests.assessments.demo import NOW, answers
from tests.factories.assessments import CompletedScanFactory, UserFactory

WEEK = timedelta(days=7)


class RoundFactory(factory.django.DjangoModelFactory[Round]):
    """An open round of a leader of its own, a week long, with the link for everybody."""

    class Meta:
        model = Round

    class Params:
        is_over = factory.Trait(  # too few answered
            opened_at=factory.LazyFunction(lambda: times.now() - 2 * WEEK),
            closed_at=factory.LazyFunction(times.now),
            result=frozen.as_data(frozen.Result(is_enough=False)),
            guess={},
        )

    user = factory.SubFactory(UserFactory)
    scan = factory.SubFactory(CompletedScanFactory, user=factory.SelfAttribute("..user"))
    language = "nl"
    min_n = 5
    opened_at = factory.LazyFunction(times.now)
    closes_at = factory.LazyAttribute(lambda round_: round_.opened_at + WEEK)
    council_agreed = True
    has_link = True


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    round = factory.SubFactory(RoundFactory)


class TeamAnswerFactory(factory.django.DjangoModelFactory[TeamAnswer]):
    """What one member said of the leader: the same of every key, in units of 100/24."""

    class Meta:
        model = TeamAnswer

    class Params:
        units = 12

    scores = factory.LazyAttribute(lambda answer: dict.fromkeys(NOW, answer.units))


def said(sum_of_key: int = 9, **sums: int) -> Mapping[str, int | None]:
    """A member's thirty answers; the sum of the three of a key after reversal, 3 to 15."""
    return answers(
        dict.fromkeys(NOW, sum_of_key) | {slug.replace("_", "-"): one for slug, one in sums.items()}
    )
