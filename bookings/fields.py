"""Fields for dates and times of the coach's own clock, and the way from there to an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.domain.phones import PhoneError, read_phone, show_phone
from portal.accounts.forms import EmailField
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


class PhoneField(forms.CharField):
    """A number as people write it. `regions` are where one without a country code may be from."""

    default_error_messages = {
        "required": _("Fill in a phone number."),
        "unknown": _(
            "We do not recognise this number. Write it with its area code, or with + and the country code."
        ),
        "extension": _("Fill in a number without an extension."),
        "costly": _("Calling this number costs extra. Fill in an ordinary number."),
    }

    def __init__(self, *, regions: tuple[str, ...] = ("NL",), **kwargs: Any) -> None:
        too_long = {"max_length": self.default_error_messages["unknown"]}
        super().__init__(max_length=40, error_messages=too_long, **kwargs)
        self.regions = regions
        self.widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}
        self.widget.input_type = "tel"

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not text:
            return ""
        try:
            return read_phone(text, self.regions)
        except PhoneError as error:
            raise ValidationError(self.error_messages[error.code], code=error.code) from error

    def prepare_value(self, value: Any) -> Any:
        """What was typed stays as it was typed; a kept number gets its spaces."""
        return show_phone(value) if isinstance(value, str) and value.startswith("+") else value


class GuestForm(forms.Form):
    """The address of one guest: a browser offers nobody's own."""

    email = EmailField(
        label=_("E-mail address of your guest"),
        error_messages={
            "required": _("Fill in the address of your guest."),
            "invalid": _("That does not look like one e-mail address. It looks like name@example.org."),
            "max_length": _("That e-mail address is too long."),
        },
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="guest_%s")
        self.fields["email"].widget.attrs["autocomplete"] = "off"


MAX_REMARK = 1000


class StartField(forms.CharField):
    """A start as the page offered it: an instant with its offset, such as 2026-11-26T08:45:00+00:00."""

    default_error_messages = {
        "required": _("Choose one of the times."),
        "invalid": _("That is not a time from this page. Choose one of the times."),
    }

    def __init__(self, **kwargs: Any) -> None:
        too_long = {"max_length": self.default_error_messages["invalid"]}
        super().__init__(max_length=40, error_messages=too_long, **kwargs)

    def clean(self, value: Any) -> datetime:
        text = super().clean(value)
        try:
            start = datetime.fromisoformat(text)
            if start.utcoffset() is None or not 2000 <= start.year <= 9000:
                raise ValueError(text)
            return start.astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class ZoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Time zone"), required=False, **kwargs)

    def clean(self, value: Any) -> str:
        name = str(super().clean(value))
        if name and not times.is_zone(name):
            raise ValidationError(
                __("We do not know that time zone. Choose one from the list."), code="invalid"
            )
        return name
