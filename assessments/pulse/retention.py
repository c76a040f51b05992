"""How long a pulse is kept that nobody finished: its answers are about four weeks. The others go with the account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.pulse.models import Pulse
from portal.common.retention import Rule

RULES = (
    Rule(
        name="open_pulses",
        models=("pulse.Pulse",),
        old=lambda before: Pulse.objects.under_way().filter(started_at__lt=before),
        words=_("A pulse that you did not finish, after you began it"),
    ),
)
