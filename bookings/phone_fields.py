"""A phone number in a form: kept as E.164, shown with spaces."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bookings.domain.phones import PhoneError, read_phone, show_phone


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
