"""What the coach does with one call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.admin.forms.word import WordForm
from bookings.fields import DateField, StartField, TimeField, instant


class OptionalStartField(StartField):
    def clean(self, value: Any) -> datetime | None:  # type: ignore[override]  # may be left empty
        return super().clean(value) if value else None


class MoveForm(WordForm):
    start = OptionalStartField(required=False)
    # A moment of the coach's own that the page named, with what stands in its way: the list plays no part.
    asked = OptionalStartField(required=False, widget=forms.HiddenInput)
    own_on = DateField(label=_("Date"), required=False)
    own_time = TimeField(label=_("Time"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: str) -> None:
        super().__init__(data)
        self.zone = zone

    @property
    def is_own(self) -> bool:
        return self.cleaned_data.get("own_on") is not None

    @property
    def is_outside_hours(self) -> bool:
        return self.is_own or self.cleaned_data.get("asked") == self.cleaned_data["start"]

    @property
    def field_of_choice(self) -> str:
        return "own_on" if self.is_own else "start"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"start", "own_on", "own_time"} & self.errors.keys():
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
