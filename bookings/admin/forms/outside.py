"""What the coach decides about a call that lies outside the hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.fields import StartField

KEEP, CANCEL = "keep", "cancel"


class DecisionField(StartField):
    default_error_messages = {
        **StartField.default_error_messages,
        "required": _("Choose what happens to this call."),
    }

    def clean(self, value: Any) -> datetime | str:  # type: ignore[override]  # two words as well as a start
        return str(value) if value in (KEEP, CANCEL) else super().clean(value)


class DecisionForm(forms.Form):
    """About one call; `seen` is its version on the page."""

    choice = DecisionField()
    seen = forms.IntegerField(min_value=0, max_value=2_000_000_000)
