"""How long, in the unit a person uses: ‘2 days’ for the 2880 minutes that are kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

MINUTE, HOUR, DAY, WEEK = 1, 60, 24 * 60, 7 * 24 * 60
NAMES = {MINUTE: _("minutes"), HOUR: pgettext_lazy("how long", "hours"), DAY: _("days"), WEEK: _("weeks")}
WRITTEN = {  # with the number, in both languages
    MINUTE: {"m", "min", "minuut", "minuten", "minute", "minutes"},
    HOUR: {"u", "uur", "uren", "h", "hour", "hours"},
    DAY: {"d", "dag", "dagen", "day", "days"},
    WEEK: {"w", "week", "weken", "weeks"},
}
TYPED = re.compile(r"([0-9]{1,7}(?:[.,][0-9]{1,3})?)\s*([a-z]*)\.?")


def in_unit(minutes: int, units: tuple[int, ...]) -> tuple[int, int]:
    """The amount and the largest unit that says it without a fraction."""
    unit = max((one for one in units if minutes and minutes % one == 0), default=min(units))
    return minutes // unit, unit


def said(minutes: int, units: tuple[int, ...] = (MINUTE, HOUR, DAY)) -> str:
    """'2 days', '90 minutes'."""
    amount, unit = in_unit(minutes, units)
    words = {
        MINUTE: ngettext("%(count)d minute", "%(count)d minutes", amount),
        HOUR: ngettext("%(count)d hour", "%(count)d hours", amount),
        DAY: ngettext("%(count)d day", "%(count)d days", amount),
        WEEK: ngettext("%(count)d week", "%(count)d weeks", amount),
    }
    return words[unit] % {"count": amount}


class DurationWidget(forms.MultiWidget):
    """An amount and its unit; the label is that of the amount."""

    use_fieldset = False
    template_name = "admin/bookings/duration.html"

    def __init__(self, units: tuple[int, ...], kept: int) -> None:
        self.units, self.kept = units, kept
        amount = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        choices = [(unit, NAMES[unit]) for unit in units]
        super().__init__({"": amount, "unit": forms.Select(attrs={"aria-label": _("Unit")}, choices=choices)})

    def decompress(self, value: Any) -> list[Any]:
        return ["", self.units[0]] if value is None else [*in_unit(int(value) * self.kept, self.units)]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class DurationField(forms.Field):
    """Whole minutes, or whole days for what is kept in days (`kept`). An amount without a unit is in what is kept."""

    widget: Any
    default_error_messages = {
        "required": _("Fill in how long."),
        "invalid": _(
            "That is not a length of time. Write a number, like 30 or 1,5, and choose what it counts."
        ),
        "part": _("That does not come out at whole minutes. Choose a smaller unit."),
    }

    def __init__(
        self,
        *,
        least: int = 0,
        most: int,
        units: tuple[int, ...] = (MINUTE, HOUR, DAY),
        kept: int = MINUTE,
        **kwargs: Any,
    ) -> None:
        self.units, self.kept, self.least, self.most = units, kept, least * kept, most * kept
        super().__init__(widget=DurationWidget(units, kept), **kwargs)

    def to_python(self, value: Any) -> int | None:
        amount, unit = value if isinstance(value, list) else (value, None)
        text = str("" if amount is None else amount).strip().lower()
        if not text:
            return None
        found = TYPED.fullmatch(text)
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        minutes = Decimal(found[1].replace(",", ".")) * self._unit(found[2], unit)
        if minutes % self.kept:
            raise ValidationError(self.error_messages["part"], code="part")
        return self._bounded(int(minutes)) // self.kept

    def _unit(self, word: str, chosen: Any) -> int:
        """What is written with the number counts before what is chosen beside it."""
        if word:
            for unit in self.units:
                if word in WRITTEN[unit]:
                    return unit
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if chosen in (None, ""):
            return self.kept
        if chosen not in {str(unit) for unit in self.units}:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(chosen)

    def _bounded(self, minutes: int) -> int:
        if minutes > self.most:
            words = __("That is too long: at most %(most)s.") % {"most": said(self.most, self.units)}
            raise ValidationError(words, code="most")
        if minutes < self.least:
            words = __("That is too short: at least %(least)s.") % {"least": said(self.least, self.units)}
            raise ValidationError(words, code="least")
        return minutes

    def clean(self, value: Any) -> int | None:
        found = self.to_python(value)
        if found is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True
