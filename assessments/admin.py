"""Versions of the questionnaire. Scans are not here on purpose: nobody reads another's answers."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from assessments.models import SELF_SCAN, Instrument
from portal.common.read_only import ReadOnlyAdmin


@admin.register(Instrument)
class InstrumentAdmin(ReadOnlyAdmin):
    list_display = ["name", "status", "published_at"]
    list_filter = ["status"]
    fields = ["version", "status", "published_at"]

    @admin.display(description=_("name"), ordering="version")
    def name(self, instrument: Instrument) -> str:
        return self.called(instrument)

    def called(self, row: Instrument) -> str:
        name = _("Trust self-scan") if row.slug == SELF_SCAN else row.slug
        return f"{name} {row.version}"
