"""How long a scan is kept that nobody put in an account; the others go with the account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments import counting
from assessments.models import Scan
from portal.common.retention import Rule

RULES = (
    Rule(
        name="anonymous_scans",
        models=("assessments.Scan",),
        old=lambda before: Scan.objects.abandoned(before),
        forget=counting.forget,
        words=_("A scan without an account, after you finished it, or began it"),
    ),
)
