"""How long it is kept who was in which sequence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.common.retention import Rule
from portal.leads.sequences.models import Run

RULES = (
    Rule(
        name="sequence_runs",
        models=("sequences.Run",),
        old=lambda before: Run.objects.ended_before(before),
        words=_("Which mails with tips you were to get, after the last of them"),
    ),
)
