"""The forms of the waitlist and of a time that is held for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.fields import PhoneField, StartField
from bookings.visitor.forms import QUICKEST, SLOWEST, new_stamp, stamp_age
from portal.accounts.forms import EmailField
from portal.common.names import clean_name

LONGEST = timedelta(days=365)


class WaitlistForm(forms.Form):
    """Until which day somebody wants to wait. Whoever is signed in keeps the proven address, and whoever
    waits already the name."""

    until_on = forms.DateField(
        label=_("Until which day would a time still help you?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("That is not a date. Write it like 2026-12-18."),
        },
    )
    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Tell us your name.")}
    )
    email = EmailField(help_text=_("When a time comes free, we mail this address."))
    kind = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
    coach = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=200)  # people do not see it
    stamp = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    is_quick = False  # as in DetailsForm

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        today: date,
        is_member: bool,
        waits: bool = False,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"stamp": new_stamp()} | dict(initial or {}))
        self.today = today
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        bounds = {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}
        self.fields["until_on"].widget.attrs.update(bounds)
        if is_member:
            del self.fields["email"]
        if waits:
            del self.fields["name"]

    def clean_until_on(self) -> date:
        until_on: date = self.cleaned_data["until_on"]
        if until_on < self.today:
            raise ValidationError(__("That day has passed. Choose today or later."))
        if until_on > self.today + LONGEST:
            raise ValidationError(__("Choose a day within a year."))
        return until_on

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """What a machine does is shown again, filled in, so that a person only has to press once more."""
        age = stamp_age(self.cleaned_data.get("stamp", ""))
        if self.data.get("website"):
            self._again(website="")
            raise ValidationError(
                __("A field nobody can see was filled in. Look it over and confirm once more.")
            )
        if age is None or age > SLOWEST:
            self._again(stamp=new_stamp())
            raise ValidationError(
                __("This page was open for a long time. Look it over and confirm once more.")
            )
        self.is_quick = age < QUICKEST
        return self.cleaned_data

    def _again(self, **changes: str) -> None:
        self.data = {**{name: self.data.get(name, "") for name in self.fields}, **changes}


class TakeForm(forms.Form):
    start = StartField(label=_("Time"))
    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Tell us your name.")}
    )

    phone = PhoneField(label=_("Phone number"))

    def __init__(
        self, *args: Any, moves: bool = False, phone_regions: tuple[str, ...] = (), **kwargs: Any
    ) -> None:
        """`moves`: a planned call moves along and keeps the name and number it has. The number is asked only
        when the coach calls; `phone_regions` are where it may be from."""
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].regions = phone_regions  # type: ignore[attr-defined]  # it is a phone field
        if moves or not phone_regions:
            del self.fields["phone"]
        if moves:
            del self.fields["name"]

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])
