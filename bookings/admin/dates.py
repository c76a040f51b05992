"""Dates with hours of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.admin.base import HOURS_TEMPLATE, CalendarAdmin
from bookings.admin_fields import midnight
from bookings.admin_forms.hours import DateFormSet, OverrideForm, WindowForm
from bookings.models import DateOverride, OverrideWindow
from portal.common import times

ONE_DAY = timedelta(days=1)


class WindowInline(admin.TabularInline):
    model = OverrideWindow
    form = WindowForm
    template = HOURS_TEMPLATE
    formset = DateFormSet
    extra = 2
    verbose_name = _("working time")
    verbose_name_plural = _("Hours on this date")


@admin.register(DateOverride)
class DateOverrideAdmin(CalendarAdmin):
    form = OverrideForm
    inlines = [WindowInline]
    list_display = ["date", "hours", "host"]
    list_select_related = ["host"]
    list_filter = ["host"]
    ordering = ["-on"]
    fields = ["host", "on", "is_closed"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DateOverride]:
        return super().get_queryset(request).prefetch_related("windows")

    @admin.display(description=_("date"), ordering="on")
    def date(self, override: DateOverride) -> str:
        zone = override.host.time_zone
        return times.long_date(midnight(override.on, zone), zone)

    @admin.display(description=_("hours"))
    def hours(self, override: DateOverride) -> str:
        return ", ".join(str(window) for window in override.windows.all()) or str(_("closed"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        override, zone = form.instance, form.instance.host.time_zone
        day = DateTimeTZRange(midnight(override.on, zone), midnight(override.on + ONE_DAY, zone), "[)")
        self.warn_of_calls(request, override.host, day)
