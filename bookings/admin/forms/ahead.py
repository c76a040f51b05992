"""How far ahead a kind of call can be booked: so many days, or between two dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.admin.forms.durations import DAY, WEEK, DurationField
from bookings.fields import DateField
from bookings.models import LONGEST_RANGE

DAYS, DATES = "days", "dates"
AHEAD_FIELDS = ["horizon_days", "first_on", "last_on"]


class AheadForm(forms.ModelForm):
    ahead = forms.ChoiceField(
        label=_("Can be booked"),
        choices=[(DAYS, _("A number of days ahead")), (DATES, _("Between two dates"))],
        widget=forms.RadioSelect,
        required=False,  # without the choice, what is filled in decides
    )
    horizon_days = DurationField(
        label=_("How far ahead"),
        least=1,
        most=365,
        units=(DAY, WEEK),
        kept=DAY,
        required=False,
        help_text=_("For ‘a number of days ahead’: counted from today, so that it moves along every day."),
    )
    first_on = DateField(label=_("First day"), required=False)
    last_on = DateField(
        label=_("Last day"),
        required=False,
        help_text=_("For ‘between two dates’: both days included, at most a year. Afterwards it stops."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "ahead" in self.fields:
            self.fields["ahead"].initial = DATES if self.instance.dates else DAYS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        dates_alone = data.get("horizon_days") is None and data.get("last_on") is not None
        if (data.get("ahead") or (DATES if dates_alone else DAYS)) == DATES:
            self.errors.pop("horizon_days", None)
            self._require_dates(data.get("first_on"), data.get("last_on"))
            return data | {"horizon_days": None}
        for name in ("first_on", "last_on"):
            self.errors.pop(name, None)
        if data.get("horizon_days") is None and "horizon_days" not in self.errors:
            self.add_error("horizon_days", __("Fill in how many days ahead calls can be booked."))
        return data | {"first_on": None, "last_on": None}

    def _require_dates(self, first_on: date | None, last_on: date | None) -> None:
        for name, on in (("first_on", first_on), ("last_on", last_on)):
            if on is None and name not in self.errors:
                self.add_error(name, __("Choose a date."))
        if first_on and last_on and last_on < first_on:
            self.add_error("last_on", __("The last day must not lie before the first."))
        elif first_on and last_on and last_on - first_on > LONGEST_RANGE:
            self.add_error("last_on", __("That is longer than a year. Make it shorter."))
