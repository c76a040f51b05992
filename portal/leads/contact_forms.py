"""The forms on the page of a contact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from portal.common.ids import PublicIdConverter, new_public_id
from portal.common.names import clean_line, clean_name, clean_text
from portal.leads import notes, stages
from portal.leads.models import Lead, Note

FIRST_YEAR, LAST_YEAR = 2000, 2100


class FactsForm(forms.Form):
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    stage = forms.ChoiceField(label=_("Stage"), choices=stages.choices)
    reason = forms.CharField(
        label=_("Why this stage"),
        required=False,
        max_length=300,
        help_text=_(
            "Needed for another stage: it stands on the timeline. The stage stays until something happens."
        ),
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, lead: Lead) -> None:
        start = {"name": lead.name, "stage": lead.stage, "was": notes.seen_facts(lead)}
        super().__init__(data, initial=start, auto_id="id_%s")
        self.lead = lead

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"]) if self.cleaned_data["name"] else ""

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("stage", self.lead.stage) != self.lead.stage and not data.get("reason"):
            self.add_error("reason", __("Say in a few words why you set another stage."))
        is_as_seen = data.get("was") == notes.seen_facts(self.lead)  # a double click finds the new stage
        if data.get("reason") and data.get("stage") == self.lead.stage and is_as_seen:
            words = __("This stage is set already. Choose another one, or keep these words as a note.")
            self.add_error("reason", words)
        return data


class StepForm(forms.Form):
    step = forms.CharField(label=_("What"), required=False, max_length=200)
    on = forms.DateField(
        label=_("When"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("That is not a date. Write it like 26-11-2026.")},
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, lead: Lead) -> None:
        start = {"step": lead.next_step, "on": lead.next_step_on, "was": notes.seen_step(lead)}
        super().__init__(data, initial=start, auto_id="id_step_%s")

    def clean_step(self) -> str:
        return clean_line(self.cleaned_data["step"])

    def clean_on(self) -> date | None:
        on: date | None = self.cleaned_data["on"]
        if on is not None and not FIRST_YEAR <= on.year <= LAST_YEAR:
            raise ValidationError(__("That date lies too far away."))
        return on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "step" in data and "on" in data:
            step, on = data["step"], data["on"]
            if step and not on:
                self.add_error("on", __("Choose a day: then it stands under Today."))
            if on and not step:
                self.add_error("step", __("Say what you will do on that day."))
        return data


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=Note.MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("This person can ask to read it: it goes along when everything is exported."),
        error_messages={
            "required": _("There is nothing in it yet."),
            "max_length": _("That is a little long. Use at most 5000 characters."),
        },
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"key": new_public_id()}, auto_id="id_note_%s")

    def clean_text(self) -> str:
        text = clean_text(self.cleaned_data["text"])
        if not text:
            raise ValidationError(__("There is nothing in it yet."))
        return text

    def clean_key(self) -> str:
        """A key that was lost on the way is made anew: the form is then simply another one."""
        key = str(self.cleaned_data["key"])
        return key if re.fullmatch(PublicIdConverter.regex, key) else new_public_id()


class NoteChangeForm(NoteForm):
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, note: Note) -> None:
        super().__init__(data)
        self.initial = {"text": note.text, "version": note.version}
