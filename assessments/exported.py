"""What a copy of everything holds of scans: for the person only, the coach gets nothing of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.models import Scan
from portal.common.export import Section

SECTIONS = (
    Section(
        name="scans",
        words=_("scans"),
        rows=lambda email: Scan.objects.filter(user__email=email),
        left_out={"public_id": "random"},
    ),
)
