"""Fields for dates and times of the coach's own clock, and the way from there to an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from portal.common import times

FIRST_YEAR, LAST_YEAR = 2000, 2100


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class DateField(forms.DateField):
    """A date of this century."""

    widget = DateInput
    default_error_messages = {
        "required": _("Choose a date."),
        "invalid": _("That is not a date. Write it like 26-11-2026."),
        "far": _("That date lies too far away."),
    }

    def clean(self, value: Any) -> date | None:
        on: date | None = super().clean(value)
        if on is not None and not FIRST_YEAR <= on.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["far"], code="far")
        return on


class TimeField(forms.TimeField):
    """A time of day to the minute or the second: parts of seconds are nobody's hours."""

    widget = TimeInput
    input_formats = ["%H:%M", "%H.%M", "%H:%M:%S"]
    default_error_messages = {
        "required": _("Fill in a time."),
        "invalid": _("That is not a time. Write it like 09:30."),
    }


def instant(on: date, at: time, zone: str, *, fold: int = 0) -> datetime:
    """The moment at which the clock in `zone` shows this; `fold` chooses in the hour that comes twice.

    Raises ValidationError for a time the clock skips.
    """
    wall = datetime.combine(on, at)
    moment = wall.replace(tzinfo=times.zone(zone), fold=fold).astimezone(UTC)
    shown = moment.astimezone(times.zone(zone))
    if shown.replace(tzinfo=None) != wall:
        words = __(
            "On %(date)s the clock skips %(clock)s because it goes forward. Choose %(next)s or another time."
        )
        facts = {"date": formats.date_format(on, "j F Y"), "clock": f"{at:%H:%M}", "next": f"{shown:%H:%M}"}
        raise ValidationError(words % facts, code="gap")
    return moment


def midnight(on: date, zone: str) -> datetime:
    """When a local day begins, also where the clock skips midnight itself."""
    return datetime.combine(on, time(), tzinfo=times.zone(zone)).astimezone(UTC)
