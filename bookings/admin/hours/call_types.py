"""Kinds of call."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import formats
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.admin.base import KeptWhileUsedAdmin
from bookings.admin.forms.call_types import CallTypeForm, before
from bookings.admin.forms.durations import DAY, WEEK, said
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

    def get_fieldsets(self, request: HttpRequest, obj: CallType | None = None) -> Any:
        """What one changes often is open; the rest is folded under what it says now. A fault unfolds its part."""
        one = obj or CallType()
        return [
            (None, {"fields": [("name_nl", "name_en"), "duration_minutes", "is_active"]}),
            (
                _("Where"),
                {"fields": ["location_kind", "location_phone", "location_url", "location_nl", "location_en"]},
            ),
            *[
                (said_now(words, now), {"fields": fields, "classes": ["collapse"]})
                for words, now, fields in self._folded(one)
            ],
        ]

    def _folded(self, one: CallType) -> list[tuple[Any, str, list[Any]]]:
        ahead = [("first_on", "last_on")]
        return [
            (
                _("When it can be booked"),
                booked_words(one),
                ["minimum_notice_minutes", "ahead", "horizon_days", *ahead, "cancel_notice_minutes"],
            ),
            (
                _("Room around it"),
                f"{said(one.buffer_before_minutes)} – {said(one.buffer_after_minutes)}",
                [("buffer_before_minutes", "buffer_after_minutes")],
            ),
            (
                _("Starts and how many"),
                __("every %(time)s") % {"time": said(one.slot_interval_minutes)},
                ["slot_interval_minutes", ("max_per_day", "max_per_week")],
            ),
            (
                _("Reminders"),
                ", ".join(before(minutes) for minutes in one.reminder_minutes) or __("none"),
                ["reminder_minutes", "coach_reminder_minutes"],
            ),
            (_("Other"), "", ["needs_code", "host", "slug"]),
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


def booked_words(one: CallType) -> str:
    notice = __("until %(time)s before") % {"time": said(one.minimum_notice_minutes)}
    if one.dates:
        first, last = (formats.date_format(on, "j F") for on in one.dates)
        return f"{notice}, {first} – {last}"
    return f"{notice}, {__('%(time)s ahead') % {'time': said((one.horizon_days or 0) * DAY, (DAY, WEEK))}}"


def said_now(words: Any, now: str) -> str:
    return f"{words}: {now}" if now else str(words)


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
