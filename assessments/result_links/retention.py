"""How long a link is kept that shows nothing any more; with the account it goes at once."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.result_links.models import ResultLink
from portal.common.retention import Rule

RULES = (
    Rule(
        name="ended_result_links",
        models=("result_links.ResultLink",),
        old=lambda before: ResultLink.objects.ended(before),
        words=_("A link that showed your result, after it ended or you withdrew it"),
    ),
)
