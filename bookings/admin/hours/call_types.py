"""Kinds of call."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from bookings.admin.base import KeptWhileUsedAdmin
from bookings.admin.forms.call_types import CallTypeForm
from bookings.calls import reminders
from bookings.models import CallType
from portal.common.sight import sees_practice

REMINDERS = {"reminder_minutes", "coach_reminder_minutes"}
PICTURE_WIDTH = 600  # of the drawing of the buffers, in its own units


@admin.register(CallType)
class CallTypeAdmin(KeptWhileUsedAdmin):
    when_empty = _("No kind of call yet. Make one, and people can book it.")
    form = CallTypeForm
    change_form_template = "admin/bookings/calltype_form.html"
    list_display = ["__str__", "host", "duration_minutes", "is_active"]
    list_select_related = ["host"]
    fieldsets = [
        (None, {"fields": ["name_nl", "name_en", "is_active"]}),
        (_("Length and rhythm"), {"fields": ["duration_minutes", "slot_interval_minutes"]}),
        (_("Buffers"), {"fields": ["buffer_before_minutes", "buffer_after_minutes"]}),
        (_("How many"), {"fields": ["max_per_day", "max_per_week"]}),
        (
            _("When"),
            {
                "fields": [
                    "minimum_notice_minutes",
                    "ahead",
                    "horizon_days",
                    ("first_on", "last_on"),
                    "cancel_notice_minutes",
                ]
            },
        ),
        (
            _("Where"),
            {"fields": ["location_kind", "location_phone", "location_url", "location_nl", "location_en"]},
        ),
        (_("Reminders"), {"fields": ["reminder_minutes", "coach_reminder_minutes"]}),
        (_("Other"), {"fields": ["needs_code", "host", "slug"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: CallType | None = None) -> list[str]:
        """A kind by another short name is another kind, and which there are is the practice's."""
        return [] if sees_practice(request.user) else ["host", "slug"]

    def save_model(self, request: HttpRequest, obj: CallType, form: Any, change: bool) -> None:
        """Other reminders count for calls that are booked already; the form holds the host's lock."""
        super().save_model(request, obj, form, change)
        if change and REMINDERS & set(form.changed_data):
            reminders.plan_reminders(obj)

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
