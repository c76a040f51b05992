"""Coaches, with the hours of every week."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.admin.base import HOURS_TEMPLATE, LISTED, KeptWhileUsedAdmin, hosts_for
from bookings.admin.connected import feed_page
from bookings.admin.forms.hours import HostForm, RuleForm, WeekFormSet
from bookings.admin.hours import new_coach_page
from bookings.models import WEEKDAYS, AvailabilityRule, Booking, Host
from bookings.words import coaches
from portal.common import times
from portal.common.sight import sees_practice
from portal.practice.known import forget

HOURS = "only_the_hours"  # on a request


def hours_path(host: Host) -> str:
    return f"{reverse('admin:bookings_host_hours')}?{urlencode({'host': host.slug})}"


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
    when_empty = _("No coach yet. Add one, and there is somebody to book.")
    form = HostForm
    change_form_template = "admin/bookings/host_form.html"
    list_display = ["name", "email", "clock", "is_active", "account"]
    list_select_related = ["user"]
    readonly_fields = ["account"]
    fieldsets = [
        (None, {"fields": ["name", "email", "time_zone", "is_active"]}),
        (_("Your calls in your own calendar"), {"fields": ["feed_shows_names"]}),
        (_("Account and web address"), {"fields": ["user", "slug"], "classes": ["collapse"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Host | None = None) -> Any:
        """Whose account opens a calendar is for whoever decides about accounts; its address is the practice's."""
        if hasattr(request, HOURS):
            return []
        if not sees_practice(request.user):
            return self.fieldsets[:-1]
        computer = "user" if request.user.is_superuser else "account"
        return [
            *self.fieldsets[:-1],
            (_("Account and web address"), {"fields": [computer, "slug"], "classes": ["collapse"]}),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return new_coach_page.show(request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_inlines(self, request: HttpRequest, obj: Host | None) -> list[Any]:
        """A coach who is there already has a page for the hours, which the menu leads to."""
        return [RuleInline] if obj is None or hasattr(request, HOURS) else []

    def hours(self, request: HttpRequest) -> HttpResponse:
        """`?host=`: of which coach, by the short name; without it, of the one who is signed in."""
        host, _hosts = hosts_for(request)
        if host is None:
            return redirect("admin:bookings_host_changelist")
        setattr(request, HOURS, True)
        only_save = {
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            "show_delete": False,
        }
        return self.changeform_view(request, str(host.pk), "", only_save)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for formset in formsets:
            if isinstance(formset, WeekFormSet):
                formset.save_copies()

    def response_change(self, request: HttpRequest, obj: Host) -> HttpResponse:
        if not hasattr(request, HOURS):
            return super().response_change(request, obj)
        self.message_user(request, _("Your hours are saved."), messages.SUCCESS)
        return redirect(hours_path(obj))

    @admin.display(description=_("time zone"), ordering="time_zone")
    def clock(self, host: Host) -> str:
        return times.zone_name(host.time_zone) if times.is_zone(host.time_zone) else host.time_zone

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("hours/", wrap(self.hours), name="bookings_host_hours"),
            path("<int:pk>/feed/", wrap(feed_page.feed), name="bookings_host_feed"),
            path("<int:pk>/feed/new/", wrap(feed_page.new_address), name="bookings_host_feed_new"),
        ]
        return own + super().get_urls()

    @admin.display(description=_("account"))
    def account(self, host: Host) -> str:
        if host.user is None:
            return __("none: nobody can sign in as this coach")
        return host.user.email if host.user.last_login else __("invited, has not signed in yet")

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        host = kwargs.get("obj")
        context["gone_zone"] = host.time_zone if host and not times.is_zone(host.time_zone) else ""
        context |= self._hours_context(request, host) if hasattr(request, HOURS) else {}
        return super().render_change_form(request, context, *args, **kwargs)

    def _hours_context(self, request: HttpRequest, host: Any) -> dict[str, Any]:
        _host, hosts = hosts_for(request)
        return {
            "hours_page": True,
            "weekdays": [(day, name, str(day) in request.POST.getlist("copy_to")) for day, name in WEEKDAYS],
            "copied_day": request.POST.get("copy_from", "1"),
            "hosts": [(one, hours_path(one)) for one in hosts],
        }

    def save_model(self, request: HttpRequest, obj: Host, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            coaches.follow_name(obj, form.initial["name"])
            transaction.on_commit(forget)
        if change and "time_zone" in form.changed_data:
            calls = (
                Booking.objects.open(times.now()).filter(host=obj).select_related("host").order_by("period")
            )
            if lines := [str(call) for call in calls[:LISTED]]:
                words = _("The zone changed; planned calls keep their moment, now shown as: %(calls)s.")
                self.message_user(request, words % {"calls": "; ".join(lines)}, messages.WARNING)
