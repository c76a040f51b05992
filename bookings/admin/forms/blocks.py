"""Blocked time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.fields import FIRST_YEAR, LAST_YEAR, DateField, TimeField, instant, midnight
from bookings.models import LONGEST_BLOCK, BlockedTime
from portal.common import times
from portal.common.names import clean_line

ONE_DAY = timedelta(days=1)


class BlockedTimeForm(forms.ModelForm):
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
                    self.add_error(name, __("Fill in a time, or tick ‘whole days’."))
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
        elif end <= times.now() and (self.instance.pk is None or self.instance.end_at != end):
            self.add_error("end_on", __("That time is over, so there is nothing left to block."))
        return None if self.errors else DateTimeTZRange(start, end, "[)")

    def _moment(self, field: str, on: date, at: time, zone: str, fold: int = 0) -> datetime | None:
        try:
            return instant(on, at, zone, fold=fold)
        except ValidationError as error:
            self.add_error(field, error)
            return None


class MomentField(forms.CharField):
    """What the coach's clock shows, such as 2026-11-26T09:45, or an instant with its offset.

    `fold` chooses in the hour that comes twice.
    """

    default_error_messages = {"invalid": _("That is not a moment of this week. Try once more.")}

    def __init__(self, *, zone: str, fold: int = 0) -> None:
        super().__init__(max_length=40)
        self.zone, self.fold = zone, fold

    def clean(self, value: Any) -> datetime:
        text = super().clean(value)
        try:
            moment = datetime.fromisoformat(text)
            if not FIRST_YEAR <= moment.year <= LAST_YEAR:
                raise ValueError(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if moment.utcoffset() is not None:
            return moment.astimezone(UTC)
        return instant(moment.date(), moment.time(), self.zone, fold=self.fold)


class MoveBlockForm(forms.Form):
    def __init__(self, data: Mapping[str, Any], *, zone: str) -> None:
        super().__init__(data)
        for name, fold in (("start", 0), ("end", 1), ("seen_start", 0), ("seen_end", 1)):
            self.fields[name] = MomentField(zone=zone, fold=fold)
        self.fields["sure"] = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for start, end, kept in (("start", "end", "period"), ("seen_start", "seen_end", "seen")):
            if not {start, end} <= data.keys():
                continue
            if not timedelta(0) < data[end] - data[start] <= LONGEST_BLOCK:
                raise ValidationError(__("The end must come after the start, within a year."))
            data[kept] = DateTimeTZRange(data[start], data[end], "[)")
        return data

    @property
    def trouble(self) -> str:
        return next(str(words) for errors in self.errors.values() for words in errors)


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
