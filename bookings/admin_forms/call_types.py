"""A kind of call."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from bookings.admin_forms.ahead import AHEAD_FIELDS, AheadForm
from bookings.models import CallType
from portal.common.names import clean_line


class CallTypeForm(AheadForm):
    class Meta:
        model = CallType
        fields = [
            "host",
            "slug",
            "name_nl",
            "name_en",
            "is_active",
            "duration_minutes",
            "slot_interval_minutes",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "max_per_day",
            "max_per_week",
            "minimum_notice_minutes",
            *AHEAD_FIELDS,
            "cancel_notice_minutes",
            "location_nl",
            "location_en",
            "needs_code",
        ]
        help_texts = {
            "slug": _("A name without spaces, for the computer."),
            "is_active": _("Switch off to stop offering this call; what is planned stays."),
            "slot_interval_minutes": _(
                "30: starts at 9:00, 9:30, 10:00. Counted from the start of your hours."
            ),
            "buffer_before_minutes": _("To prepare. Counts as occupied."),
            "buffer_after_minutes": _("To write things down. Counts as occupied."),
            "max_per_day": _("Leave empty for no limit."),
            "max_per_week": _("Leave empty for no limit."),
            "minimum_notice_minutes": format_lazy(
                "{} {}",
                _("How long before the start a call can still be booked."),
                _("1440 minutes is a day."),
            ),
            "cancel_notice_minutes": format_lazy(
                "{} {}",
                _("How long before the start the visitor can still move or cancel."),
                _("240 minutes is four hours."),
            ),
            "location_nl": _("Shown on the page, in mails and in the calendar to those who read Dutch."),
            "location_en": _("Shown on the page, in mails and in the calendar to those who read English."),
        }

    def clean_location_nl(self) -> str:
        return clean_line(self.cleaned_data["location_nl"])

    def clean_location_en(self) -> str:
        return clean_line(self.cleaned_data["location_en"])
