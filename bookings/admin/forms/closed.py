"""Days that are closed, and hours that are closed every week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.availability import blocks
from bookings.fields import DateField, SpanField, TimeField, today_of
from bookings.models import LONGEST_BLOCK, WEEKDAYS, BlockSeries, Host
from portal.common.names import clean_line

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


class ClosedDaysForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=120, required=False, help_text=_("Only you see this. May stay empty.")
    )

    def __init__(self, *args: Any, host: Host, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host = host
        days = SpanField(
            zone=host.time_zone,
            label=_("Which days"),
            help_text=_("Like 24 Dec – 3 Jan, 3-1 or 3 January. The last day is closed too."),
        )
        self.fields = {"days": days, **self.fields}

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])

    def clean_days(self) -> tuple[date, date]:
        first, last = self.cleaned_data["days"]
        if last < today_of(self.host.time_zone):
            raise forms.ValidationError(__("Those days are over, so there is nothing left to close."))
        if last + ONE_DAY - first > LONGEST_BLOCK:
            raise forms.ValidationError(__("That is longer than a year. Make it shorter."))
        return first, last


class WeeklyBlockForm(forms.ModelForm):
    weekday = forms.TypedChoiceField(label=_("Every"), choices=WEEKDAYS, coerce=int)
    start_time = TimeField(label=_("From"))
    end_time = TimeField(label=_("Until"))
    since_on = DateField(
        label=_("From which day"),
        required=False,
        widget=forms.TextInput,
        help_text=_("Like 3 January or 3-1. Empty: from now on."),
    )
    until_on = DateField(
        label=_("Until and including"),
        widget=forms.TextInput,
        help_text=_("Like 1 July or 1-7. At most a year."),
    )

    class Meta:
        model = BlockSeries
        fields = ["start_time", "end_time", "until_on", "reason"]
        help_texts = {"reason": _("Only you see this. May stay empty.")}
        labels = {"reason": _("Why")}

    field_order = ["weekday", "start_time", "end_time", "since_on", "until_on", "reason"]

    def __init__(self, *args: Any, host: Host, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.host = host

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        """The first day is the first such weekday; nothing of it may be over already."""
        data = super().clean() or self.cleaned_data
        if {"weekday", "until_on", "start_time", "end_time"} <= data.keys() and "since_on" not in self.errors:
            today = today_of(self.instance.host.time_zone)
            since = max(data.get("since_on") or today, today)
            self.instance.first_on = since + timedelta(days=(data["weekday"] - since.isoweekday()) % 7)
            self._judge(data["until_on"])
        return data

    def _judge(self, until_on: date) -> None:
        series = self.instance
        series.until_on, series.start_time = until_on, self.cleaned_data["start_time"]
        series.end_time = self.cleaned_data["end_time"]
        if until_on < series.first_on:
            words = __("That is before the first time, %(date)s. Choose a later day.")
            self.add_error("until_on", words % {"date": formats.date_format(series.first_on, "j F Y")})
        elif until_on - series.first_on > LONGEST_BLOCK:
            self.add_error("until_on", __("That is longer than a year. Make it shorter."))
        elif not blocks.periods_of(series):
            self.add_error("until_on", __("That time is over, so there is nothing left to block."))
