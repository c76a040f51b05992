"""Blocked time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _

from bookings.admin.base import CalendarAdmin, SaysZoneOnce
from bookings.admin.forms.blocks import BlockedTimeForm
from bookings.admin.week import block_page
from bookings.fields import DateField, TimeField
from bookings.models import BlockedTime
from bookings.words.closed import closed_words
from portal.common import times
from portal.common.admin import SeenFilter

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)


class WhenBlocked(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ahead", _("now and later")), ("past", _("past"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BlockedTime]) -> QuerySet[BlockedTime]:
        if self.value() == "ahead":
            return queryset.filter(period__endswith__gt=times.now())
        return queryset.filter(period__endswith__lte=times.now()) if self.value() == "past" else queryset


@admin.register(BlockedTime)
class BlockedTimeAdmin(SaysZoneOnce, CalendarAdmin):
    when_empty = _(
        "Nothing is blocked. Block time when you cannot take a call for once, within your usual hours."
    )
    form = BlockedTimeForm
    list_display = ["span", "zone", "reason", "host"]
    list_select_related = ["host"]
    list_filter = [WhenBlocked, ("host", SeenFilter)]
    search_fields = ["reason"]
    ordering = ["-period"]
    fieldsets = [
        (None, {"fields": ["host", "all_day", ("start_on", "start_time"), ("end_on", "end_time"), "reason"]})
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From the week: `?on=`, `?from=`, `?until=` fill in a stretch of that day, an hour, or all of it."""
        initial = super().get_changeform_initial_data(request)
        on = typed(DateField(), request.GET.get("on"))
        start = typed(TimeField(), request.GET.get("from"))
        if on is None:
            return initial
        if start is None:
            return initial | {"start_on": on, "all_day": True}
        end = typed(TimeField(), request.GET.get("until")) or (datetime.combine(on, start) + ONE_HOUR).time()
        ends_on = on if end > start or end == time() else on + ONE_DAY
        return initial | {"start_on": on, "start_time": start, "end_on": ends_on, "end_time": end}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(block_page.move)
        return [path("<int:pk>/move/", view, name="bookings_blockedtime_move"), *super().get_urls()]

    def response_post_save_add(self, request: HttpRequest, obj: BlockedTime) -> HttpResponseRedirect:
        if "on" in request.GET:
            return redirect(block_page.week_of(obj, view=request.GET.get("view", "")))
        return super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: BlockedTime) -> HttpResponseRedirect:
        if "week" in request.GET:
            return redirect(block_page.week_of(obj))
        return super().response_post_save_change(request, obj)

    @admin.display(description=_("blocked"), ordering="period")
    def span(self, blocked: BlockedTime) -> str:
        return closed_words(blocked.start_at, blocked.end_at, blocked.host.time_zone)

    @admin.display(description=_("time zone"))
    def zone(self, blocked: BlockedTime) -> str:
        return times.zone_label(blocked.start_at, blocked.host.time_zone)


def typed(field: DateField | TimeField, value: str | None) -> Any:
    try:
        return field.clean(value)
    except ValidationError:
        return None
