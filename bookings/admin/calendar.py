from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.admin import feed_page
from bookings.admin_fields import DateField, TimeField, midnight
from bookings.admin_forms import (
    BlockedTimeForm,
    CallTypeForm,
    DateFormSet,
    HostForm,
    OverrideForm,
    RuleForm,
    WeekFormSet,
    WindowForm,
)
from bookings.models import (
    AvailabilityRule,
    BlockedTime,
    Booking,
    CallType,
    DateOverride,
    Host,
    OverrideWindow,
)
from portal.common import times

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)
LISTED = 20
HOURS_TEMPLATE = "admin/bookings/hours_inline.html"
PICTURE_WIDTH = 600  # of the drawing of the buffers, in its own units


class CalendarAdmin(admin.ModelAdmin):
    """Of one coach: the coach is filled in already, and the plus and pencil beside the field stay away."""

    actions = None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"host": Host.objects.order_by("pk").first()} | super().get_changeform_initial_data(request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.is_relation:
            for link in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
                setattr(field.widget, link, False)
        return field

    def warn_of_calls(self, request: HttpRequest, host: Host, period: DateTimeTZRange) -> None:
        """Closing time never removes a call: say which ones are still there."""
        calls = Booking.objects.open(times.now()).filter(host=host, period__overlap=period).order_by("period")
        if lines := [str(call) for call in calls.select_related("host")[:LISTED]]:
            words = ngettext(
                "%(count)d call is planned in this time and stays: %(calls)s. Move or cancel if you must.",
                "%(count)d calls are planned in this time and stay: %(calls)s. Move or cancel if you must.",
                len(lines),
            )
            facts = {"count": len(lines), "calls": "; ".join(lines)}
            self.message_user(request, words % facts, messages.WARNING)


class KeptWhileUsedAdmin(CalendarAdmin):
    """Whatever calls hang on is not deleted: the page lists them and says what to do instead."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_delete_permission(request, obj) or not obj.bookings.exists():
            return super().delete_view(request, object_id, extra_context)
        calls = obj.bookings.select_related("host")
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(name)s stays") % {"name": obj},
            "object": obj,
            "opts": self.opts,
            "ahead": calls.open(times.now()).order_by("period")[:LISTED],
            "past_count": calls.filter(period__endswith__lte=times.now()).count(),
        }
        return render(request, "admin/bookings/kept.html", context, status=409)


class RuleInline(admin.TabularInline):
    model = AvailabilityRule
    form = RuleForm
    template = HOURS_TEMPLATE
    formset = WeekFormSet
    extra = 1
    verbose_name = _("working time")
    verbose_name_plural = _("Hours of every week")


@admin.register(Host)
class HostAdmin(KeptWhileUsedAdmin):
    form = HostForm
    change_form_template = "admin/bookings/host_form.html"
    inlines = [RuleInline]
    list_display = ["name", "email", "time_zone", "is_active"]
    fieldsets = [
        (None, {"fields": ["name", "email", "time_zone", "is_active"]}),
        (_("Your calls in your own calendar"), {"fields": ["feed_shows_names"]}),
        (_("For the computer"), {"fields": ["user", "slug"], "classes": ["collapse"]}),
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/feed/", self.admin_site.admin_view(feed_page.feed), name="bookings_host_feed")
        return [own, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Host, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "time_zone" in form.changed_data:
            calls = (
                Booking.objects.open(times.now()).filter(host=obj).select_related("host").order_by("period")
            )
            if lines := [str(call) for call in calls[:LISTED]]:
                words = _("The zone changed; planned calls keep their moment, now shown as: %(calls)s.")
                self.message_user(request, words % {"calls": "; ".join(lines)}, messages.WARNING)


@admin.register(CallType)
class CallTypeAdmin(KeptWhileUsedAdmin):
    form = CallTypeForm
    change_form_template = "admin/bookings/calltype_form.html"
    list_display = ["__str__", "host", "duration_minutes", "is_active"]
    list_select_related = ["host"]
    fieldsets = [
        (None, {"fields": ["name_nl", "name_en", "is_active"]}),
        (_("Length and rhythm"), {"fields": ["duration_minutes", "slot_interval_minutes"]}),
        (_("Buffers"), {"fields": ["buffer_before_minutes", "buffer_after_minutes"]}),
        (_("How many"), {"fields": ["max_per_day", "max_per_week"]}),
        (_("When"), {"fields": ["minimum_notice_minutes", "horizon_days", "cancel_notice_minutes"]}),
        (_("Where"), {"fields": ["location_nl", "location_en"]}),
        (_("Other"), {"fields": ["needs_code", "host", "slug"]}),
    ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["buffers"] = buffer_picture(kwargs.get("obj") or CallType())
        return super().render_change_form(request, context, *args, **kwargs)


def buffer_picture(call_type: CallType) -> dict[str, Any]:
    """Two calls as close together as they can be, to scale: each part's left edge and width."""
    parts = [
        ("buffer", call_type.buffer_before_minutes),
        ("call", call_type.duration_minutes),
        ("buffer", call_type.buffer_after_minutes),
    ] * 2
    total = sum(minutes for _kind, minutes in parts) or 1
    drawn, left = [], 0
    for kind, minutes in parts:
        width = round(minutes * PICTURE_WIDTH / total)
        drawn.append(
            {"kind": kind, "minutes": minutes, "x": left, "width": width, "middle": left + width // 2}
        )
        left += width
    return {
        "parts": [part for part in drawn if part["width"]],
        "before": call_type.buffer_before_minutes,
        "after": call_type.buffer_after_minutes,
        "between": call_type.buffer_before_minutes + call_type.buffer_after_minutes,
    }


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
class BlockedTimeAdmin(CalendarAdmin):
    form = BlockedTimeForm
    list_display = ["span", "zone", "reason", "host"]
    list_select_related = ["host"]
    list_filter = [WhenBlocked, "host"]
    search_fields = ["reason"]
    ordering = ["-period"]
    fieldsets = [
        (None, {"fields": ["host", "all_day", ("start_on", "start_time"), ("end_on", "end_time"), "reason"]})
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From the week: `?on=` and `?from=` fill in an hour of that day, or the whole day."""
        initial = super().get_changeform_initial_data(request)
        on = typed(DateField(), request.GET.get("on"))
        start = typed(TimeField(), request.GET.get("from"))
        if on is None:
            return initial
        if start is None:
            return initial | {"start_on": on, "all_day": True}
        end = (datetime.combine(on, start) + ONE_HOUR).time()
        ends_on = on if end > start or end == time() else on + ONE_DAY
        return initial | {"start_on": on, "start_time": start, "end_on": ends_on, "end_time": end}

    def response_post_save_add(self, request: HttpRequest, obj: BlockedTime) -> HttpResponseRedirect:
        if "on" in request.GET:
            return week_of(obj)
        return super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: BlockedTime) -> HttpResponseRedirect:
        if "week" in request.GET:
            return week_of(obj)
        return super().response_post_save_change(request, obj)

    @admin.display(description=_("blocked"), ordering="period")
    def span(self, blocked: BlockedTime) -> str:
        start, end = blocked.start_at, blocked.end_at
        zone = blocked.host.time_zone
        return f"{times.short_moment(start, zone)} – {times.short_moment(end, zone)}"

    @admin.display(description=_("time zone"))
    def zone(self, blocked: BlockedTime) -> str:
        return times.zone_label(blocked.start_at, blocked.host.time_zone)

    def save_model(self, request: HttpRequest, obj: BlockedTime, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.warn_of_calls(request, obj.host, obj.period)


def typed(field: DateField | TimeField, value: str | None) -> Any:
    """What a link fills in; nonsense fills in nothing."""
    try:
        return field.clean(value)
    except ValidationError:
        return None


def week_of(blocked: BlockedTime) -> HttpResponseRedirect:
    """Back to the week of the coach with this blocked time in it."""
    on = times.local(blocked.start_at, blocked.host.time_zone).date()
    return redirect(f"{reverse('admin:bookings_booking_week')}?day={on}&host={blocked.host.slug}")
