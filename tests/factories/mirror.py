from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import factory

from assessments.mirror import services
from assessments.mirror.models import Invitation, Round
from portal.common import times
from tests.assessments import demo
from tests.factories.assessments import CompletedScanFactory, UserFactory


class RoundFactory(factory.django.DjangoModelFactory[Round]):
    """An open round of a leader, beside a scan of theirs."""

    class Meta:
        model = Round

    user = factory.SubFactory(UserFactory)
    scan = factory.LazyAttribute(lambda round: CompletedScanFactory(user=round.user))
    language = "nl"
    min_n = 5
    opened_at = factory.LazyFunction(times.now)
    closes_at = factory.LazyAttribute(lambda round: round.opened_at + timedelta(days=14))
    council_agreed = True
    guess: Any = None


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    round = factory.SubFactory(RoundFactory)


def answered(round: Round, *sums: Mapping[str, int]) -> None:
    """One member for each of these reversed sums per key (tests/assessments/demo.py)."""
    for one in sums:
        services.answer(round, demo.answers(one), invitation=InvitationFactory(round=round))


def closed(round: Round) -> Round:
    """Closed as its time has come; the caller moved no clock."""
    Round.objects.filter(pk=round.pk).update(
        opened_at=times.now() - timedelta(days=15), closes_at=times.now() - timedelta(minutes=1)
    )
    round.refresh_from_db()
    return services.close_round(round)
