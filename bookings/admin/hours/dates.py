"""Dates with hours of their own."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from bookings.admin.base import HOURS_TEMPLATE, CalendarAdmin
from bookings.admin.forms.hours import DateFormSet, OverrideForm, WindowForm
from bookings.admin.hours import closed_page, holidays_page, series_pages
from bookings.fields import midnight
from bookings.models import DateOverride, OverrideWindow
from portal.common import times
from portal.common.admin import SeenFilter


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
    when_empty = _(
        "Every day follows your weekly hours. Add a day on which you are closed, or open at other times."
    )
    form = OverrideForm
    inlines = [WindowInline]
    list_display = ["date", "hours", "host"]
    list_select_related = ["host"]
    list_filter = [("host", SeenFilter)]
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

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("closed/", wrap(closed_page.closed), name="bookings_dateoverride_closed"),
            path("weekly/", wrap(series_pages.add), name="bookings_dateoverride_weekly"),
            path("weekly/<int:pk>/", wrap(series_pages.show), name="bookings_dateoverride_series"),
            path("weekly/<int:pk>/end/", wrap(series_pages.end), name="bookings_dateoverride_series_end"),
            path(
                "weekly/<int:pk>/take-out/<int:block>/",
                wrap(series_pages.take_out),
                name="bookings_dateoverride_take_out",
            ),
            path("holidays/", wrap(holidays_page.show), name="bookings_dateoverride_holidays"),
            path("holidays/close/", wrap(holidays_page.close), name="bookings_dateoverride_close"),
        ]
        return own + super().get_urls()
