"""What a copy of everything holds of pulses: for the person only, the coach gets nothing of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.pulse.models import Pulse
from portal.common.export import Section

SECTIONS = (
    Section(
        name="pulses",
        words=_("pulses"),
        rows=lambda email: Pulse.objects.filter(user__email=email),
        left_out={"public_id": "random"},
    ),
)
