"""How many rounds are open, for /metrics, and which pages leave no line in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from assessments.mirror.models import Round
from portal.operations.measures import Measure, one

# a small team and the moment of an answer tell who gave it
PAGES_OF_MEMBERS = (
    "assessments:team_invitation",
    "assessments:team_link",
    "assessments:team_thanks",
    "assessments:team_about",
)


def rounds(at: datetime) -> Sequence[Measure]:
    """One query."""
    found = (
        Round.objects.open()
        .order_by()
        .aggregate(open=Count("pk"), late=Count("pk", filter=Q(closes_at__lte=at)))
    )
    return [
        one("portal_team_rounds_open", "Team mirrors that are open.", found["open"]),
        one("portal_team_rounds_late", "Of those, past their last day and not closed yet.", found["late"]),
    ]
