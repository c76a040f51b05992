"""Versions of the questionnaire. Scans are not here on purpose: nobody reads another's answers."""

from __future__ import annotations

from django.contrib import admin

from assessments.models import Instrument
from portal.common.read_only import ReadOnlyAdmin


@admin.register(Instrument)
class InstrumentAdmin(ReadOnlyAdmin):
    list_display = ["slug", "version", "status", "published_at", "checksum"]
    list_filter = ["status"]
    fields = ["slug", "version", "status", "published_at", "checksum"]
