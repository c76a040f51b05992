"""Somebody who joins as a coach."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.admin.forms.hours import zone_field
from bookings.availability.kinds import Kind
from portal.accounts.forms import EmailField
from portal.common import times
from portal.common.names import clean_name


class NewCoachForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As visitors see it."),
        error_messages={"required": _("Fill in the name of the coach.")},
    )
    email = EmailField(
        help_text=_("Here go the invitation, the codes for signing in, and the mails about bookings.")
    )
    time_zone = forms.ChoiceField()
    kinds = forms.MultipleChoiceField(
        label=_("Which calls"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "With the lengths and buffers they have now, by phone. The coach can change that for own calls."
        ),
        error_messages={"required": _("Choose at least one kind of call.")},
    )

    def __init__(self, *args: Any, kinds: list[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field(times.HOST_ZONE)
        self.fields["time_zone"].help_text = _("By this clock the coach fills in hours.")
        self.fields["kinds"].choices = [(kind.slug, kind.name) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["kinds"].initial = [kind.slug for kind in kinds]
        if not kinds:
            del self.fields["kinds"]

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])
