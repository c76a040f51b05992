"""How long a round is kept. The answers of a team go at its closing, and need no rule."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.mirror.models import Round
from portal.common.retention import Rule

RULES = (
    Rule(
        name="team_rounds",
        models=("mirror.Round", "mirror.Invitation"),
        old=lambda before: Round.objects.closed().filter(closed_at__lt=before),
        words=_(
            "What a team mirror showed, after it closed; the answers of the team go at the closing itself"
        ),
    ),
)
