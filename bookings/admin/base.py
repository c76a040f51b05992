"""What the admin pages of the calendar share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.admin_fields import DateField, TimeField, instant
from bookings.models import Booking, Host
from portal.common import times

LISTED = 20
HOURS_TEMPLATE = "admin/bookings/hours_inline.html"


def back_or(request: HttpRequest, usual: str) -> str:
    """Where somebody came from, when `?back=` says so and it lies on this site."""
    target = request.GET.get("back", "")
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours else usual


def on_and_clock(request: HttpRequest, zone: str) -> datetime | None:
    """The moment a link asks for, `?on=` and `?at=` by the clock of `zone`; nonsense is none.

    Raises ValidationError for a time the clock skips.
    """
    try:
        on, at = DateField().clean(request.GET.get("on")), TimeField().clean(request.GET.get("at"))
    except ValidationError:
        return None
    return instant(on, at, zone) if on else None


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
