"""Forms of the coach's calendar. What is typed is wall time in the coach's zone, and refused in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.text import format_lazy
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings import pages
from bookings.admin_fields import DateField, TimeField, instant, midnight
from bookings.forms import StartField
from bookings.models import (
    DAY_MINUTES,
    WEEKDAYS,
    AvailabilityRule,
    BlockedTime,
    CallType,
    DateOverride,
    Host,
    OverrideWindow,
)
from portal.common import times
from portal.common.names import clean_line, clean_name

WEEK_MINUTES = 7 * DAY_MINUTES
LONGEST_BLOCK = timedelta(days=366)
ONE_DAY = timedelta(days=1)
Hours = tuple[int, time, time]  # ISO weekday, from, until


# ---- weekly hours ------------------------------------------------------------------------------------
class HostForm(forms.ModelForm):
    class Meta:
        model = Host
        fields = ["name", "email", "time_zone", "user", "slug", "is_active"]
        help_texts = {
            "name": _("As visitors see it."),
            "email": _("Mails about bookings go here, and visitors' replies too."),
            "user": _("The account with which this coach signs in."),
            "slug": _("A name without spaces, for the computer."),
            "is_active": _("Switch off and nothing can be booked; what is planned stays."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            self.fields["time_zone"] = forms.ChoiceField(
                label=_("Time zone"),
                choices=pages.zone_groups(),
                initial=times.HOST_ZONE,
                help_text=_(
                    "The hours below are this zone's clock. Planned calls keep their moment when it changes."
                ),
            )

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class HoursForm(forms.ModelForm):
    """Two times of day, in a row of a table: each control says itself what it is."""

    start_time = TimeField(label=_("From"))
    end_time = TimeField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


class RuleForm(HoursForm):
    class Meta:
        model = AvailabilityRule
        fields = ["weekday", "start_time", "end_time"]


class WeekFormSet(forms.BaseInlineFormSet):
    """Weekly hours that say so when they run into each other."""

    def clean(self) -> None:
        super().clean()
        rows = [data for data in filled_in(self) if data.get("weekday")]
        hours = [(data["weekday"], data["start_time"], data["end_time"]) for data in rows]
        if clash := first_overlap(hours):
            words = __("%(one)s and %(other)s overlap. Make them one, or leave time between them.")
            raise ValidationError(words % {"one": in_words(clash[0]), "other": in_words(clash[1])})


def filled_in(formset: forms.BaseFormSet) -> list[Mapping[str, Any]]:
    """What each row holds that is complete and stays."""
    rows = (form.cleaned_data for form in formset.forms if hasattr(form, "cleaned_data"))
    return [row for row in rows if row.get("start_time") and row.get("end_time") and not row.get("DELETE")]


def first_overlap(hours: Iterable[Hours]) -> tuple[Hours, Hours] | None:
    """The first two that share a minute. Touching is no overlap, and the week is a circle."""
    laid = sorted((*_minutes(one), one) for one in hours)
    for (_start, end, one), (next_start, _end, other) in pairwise(laid):
        if next_start < end:
            return one, other
    if len(laid) > 1 and laid[-1][1] - WEEK_MINUTES > laid[0][0]:
        return laid[-1][2], laid[0][2]
    return None


def _minutes(hours: Hours) -> tuple[int, int]:
    weekday, start_time, end_time = hours
    midnight = (weekday - 1) * DAY_MINUTES
    start, end = start_time.hour * 60 + start_time.minute, end_time.hour * 60 + end_time.minute
    return midnight + start, midnight + (end if end > start else end + DAY_MINUTES)


def in_words(hours: Hours) -> str:
    weekday, start_time, end_time = hours
    return f"{dict(WEEKDAYS)[weekday]} {start_time:%H:%M}–{end_time:%H:%M}"


# ---- a kind of call ------------------------------------------------------------------------------------
class CallTypeForm(forms.ModelForm):
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
            "horizon_days",
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
            "horizon_days": _("How far ahead visitors can book."),
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


# ---- one date --------------------------------------------------------------------------------------------
class OverrideForm(forms.ModelForm):
    on = DateField(label=_("Date"), help_text=_("On this date your weekly hours do not count."))
    is_closed = forms.BooleanField(
        label=_("Closed all day"),
        required=False,
        help_text=_("Leave unticked and fill in other hours below."),
    )

    class Meta:
        model = DateOverride
        fields = ["host", "on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "is_closed" in self.fields:
            self.fields["is_closed"].initial = not self.instance.windows.exists()


class WindowForm(HoursForm):
    class Meta:
        model = OverrideWindow
        fields = ["start_time", "end_time"]


class DateFormSet(forms.BaseInlineFormSet):
    """The hours of one date: some, or explicitly none."""

    def clean(self) -> None:
        super().clean()
        hours = [(1, row["start_time"], row["end_time"]) for row in filled_in(self)]
        if bool(self.data.get("is_closed")) and hours:
            raise ValidationError(__("Closed all day, or other hours: choose one of the two."))
        if not self.data.get("is_closed") and not hours and not any(self.errors):
            raise ValidationError(__("Fill in the hours of this date, or tick “closed all day”."))
        if clash := first_overlap(hours):
            spans = [f"{start:%H:%M}–{end:%H:%M}" for _day, start, end in clash]
            words = __("%(one)s and %(other)s overlap. Make them one, or leave time between them.")
            raise ValidationError(words % {"one": spans[0], "other": spans[1]})


# ---- blocked time ------------------------------------------------------------------------------------------
class BlockedTimeForm(forms.ModelForm):
    """Two dates and two times, or whole days; kept as one period."""

    start_on = DateField(label=_("First day"))
    start_time = TimeField(label=_("From"), required=False)
    end_on = DateField(label=_("Last day"), required=False, help_text=_("Empty: the same day."))
    end_time = TimeField(label=_("Until"), required=False)
    all_day = forms.BooleanField(
        label=_("Whole days"),
        required=False,
        help_text=_("From midnight to midnight; the times do not count."),
    )

    class Meta:
        model = BlockedTime
        fields = ["host", "reason"]
        help_texts = {"reason": _("Only you see this.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial = {**typed_period(self.instance), **self.initial}

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"host", "start_on"} <= data.keys() and not self.errors:
            period = self._period(data, data["host"].time_zone)
            if period is not None:
                self.instance.period = period
        return data

    def _period(self, data: Mapping[str, Any], zone: str) -> DateTimeTZRange | None:
        first, last = data["start_on"], data.get("end_on") or data["start_on"]
        start: datetime | None
        end: datetime | None
        if data.get("all_day"):
            start, end = midnight(first, zone), midnight(last + ONE_DAY, zone)
        else:
            for name in ("start_time", "end_time"):
                if data.get(name) is None:
                    self.add_error(name, __("Fill in a time, or tick “whole days”."))
            if self.errors:
                return None
            if data["end_time"] == time() and last == first:
                last += ONE_DAY  # until 00:00 is until the next midnight, as in the weekly hours
            start = self._moment("start_time", first, data["start_time"], zone)
            end = self._moment(
                "end_time", last, data["end_time"], zone, fold=1
            )  # the whole hour that comes twice
        if start is None or end is None:
            return None
        if end <= start:
            self.add_error("end_on" if last < first else "end_time", __("The end must come after the start."))
        elif end - start > LONGEST_BLOCK:
            self.add_error("end_on", __("That is longer than a year. Make it shorter."))
        return None if self.errors else DateTimeTZRange(start, end, "[)")

    def _moment(self, field: str, on: date, at: time, zone: str, fold: int = 0) -> datetime | None:
        try:
            return instant(on, at, zone, fold=fold)
        except ValidationError as error:
            self.add_error(field, error)
            return None


def typed_period(blocked: BlockedTime) -> dict[str, Any]:
    """A period as the form asks for it; midnight to midnight is whole days."""
    zone = blocked.host.time_zone
    start, end = times.local(blocked.start_at, zone), times.local(blocked.end_at, zone)
    if start.time() == end.time() == time():
        return {"start_on": start.date(), "end_on": end.date() - ONE_DAY, "all_day": True}
    return {
        "start_on": start.date(),
        "start_time": start.time(),
        "end_on": end.date(),
        "end_time": end.time(),
    }


# ---- moving a call -----------------------------------------------------------------------------------------
class OptionalStartField(StartField):
    def clean(self, value: Any) -> datetime | None:  # type: ignore[override]  # may be left empty
        return super().clean(value) if value else None


class MoveForm(forms.Form):
    """One of the free starts, or any other moment of the coach's own."""

    start = OptionalStartField(required=False)
    own_on = DateField(label=_("Date"), required=False)
    own_time = TimeField(label=_("Time"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: str) -> None:
        super().__init__(data)
        self.zone = zone

    @property
    def is_outside_hours(self) -> bool:
        return self.cleaned_data.get("own_on") is not None

    @property
    def field_of_choice(self) -> str:
        return "own_on" if self.is_outside_hours else "start"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        on, at = data.get("own_on"), data.get("own_time")
        if data.get("start") and (on or at):
            raise ValidationError(__("A time from the list, or one of your own: choose one of the two."))
        if data.get("start"):
            return data
        if not on and not at:
            raise ValidationError(__("Choose one of the times, or fill in one of your own."))
        for name in ("own_on", "own_time"):
            if not data.get(name):
                self.add_error(name, __("Fill in both the date and the time."))
        if on and at:
            try:
                data["start"] = instant(on, at, self.zone)
            except ValidationError as error:
                self.add_error("own_time", error)
        return data
