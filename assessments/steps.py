"""The steps of a scan, from its first page to an account; bookings add what follows."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.instrument import PAGE_COUNT
from portal.leads.funnel.steps import Step

BEGUN = 1  # and so up to PAGE_COUNT: a page is reached when all pages before it are answered
COMPLETED, KEPT = 10, 11
STEPS = (
    Step(BEGUN, _("Began: page 1"), is_main=True),
    *(Step(page, format_lazy(_("Page {page}"), page=page)) for page in range(2, PAGE_COUNT + 1)),
    Step(COMPLETED, _("Finished the scan"), is_main=True, is_finish=True),
    Step(KEPT, _("Left an address")),
)
