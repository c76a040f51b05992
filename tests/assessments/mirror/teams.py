"""Teams that answer, and rounds that close, for tests of pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from assessments.mirror import services
from assessments.mirror.models import Round
from portal.common import times
from tests.assessments import demo
from tests.factories.mirror import InvitationFactory


def answered(round: Round, *sums: Mapping[str, int]) -> None:
    """One member for each of these reversed sums per key (tests/assessments/demo.py)."""
    for one in sums:
        services.answer(round, demo.answers(one), invitation=InvitationFactory(round=round))


def closed(round: Round) -> Round:
    """Closed as if its time had come a minute ago; no clock is moved."""
    Round.objects.filter(pk=round.pk).update(
        opened_at=times.now() - timedelta(days=15), closes_at=times.now() - timedelta(minutes=1)
    )
    round.refresh_from_db()
    return services.close_round(round)
