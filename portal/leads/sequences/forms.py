"""Forms of a sequence and of a step. A text with a variable that cannot be filled in is refused here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from portal.common.ids import new_public_id
from portal.common.names import clean_line, clean_text
from portal.leads.sequences import registry, texts
from portal.leads.sequences.models import MAX_DAYS, OwnParagraph, Sequence, Step

VERSION = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class SequenceForm(forms.ModelForm):
    version = VERSION
    starts_on = forms.ChoiceField(label=_("Begins when"))
    stops_on = forms.MultipleChoiceField(
        label=_("Pauses when"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Sequence
        fields = ["name", "starts_on", "stops_on", "is_on"]
        labels = {"name": _("Name"), "is_on": _("This sequence is on")}
        help_texts = {"name": _("Only you see it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = registry.events()
        self.fields["starts_on"].choices = [(one.kind, one.words) for one in events if one.starts]  # type: ignore[attr-defined]
        self.fields["stops_on"].choices = [(one.kind, one.words) for one in events if one.stops]  # type: ignore[attr-defined]
        self.fields["version"].initial = self.instance.version

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        if not name:
            raise ValidationError(__("Give it a name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("starts_on") in cleaned.get("stops_on", []):
            self.add_error("stops_on", __("What begins it cannot pause it as well."))
        if cleaned.get("is_on") and not (self.instance.pk and self.instance.steps.exists()):
            self.add_error("is_on", __("There is no mail in it yet. Add one, then switch it on."))
        return cleaned


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class StepForm(forms.ModelForm):
    version = VERSION
    key = forms.CharField(widget=forms.HiddenInput, max_length=24, required=False)
    at = forms.TimeField(
        label=_("At"),
        widget=TimeInput,
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        error_messages={
            "invalid": _("That is not a time. Write it like 09:30."),
            "required": _("Fill in a time."),
        },
    )
    contact = forms.CharField(
        label=_("For whom"),
        required=False,
        max_length=254,
        help_text=_("The address of a contact, or nothing for an example."),
    )

    class Meta:
        model = Step
        fields = [
            "delay_days",
            "at",
            "weekdays_only",
            "goes_on",
            "is_on",
            "subject_nl",
            "body_nl",
            "subject_en",
            "body_en",
        ]
        labels = {
            "delay_days": _("Days after it begins"),
            "weekdays_only": _("Only on weekdays; at the weekend it waits for Monday"),
            "goes_on": _("Also leaves when the sequence is paused by what somebody did"),
            "is_on": _("This mail is on"),
            "subject_nl": _("Subject in Dutch"),
            "body_nl": _("Text in Dutch"),
            "subject_en": _("Subject in English"),
            "body_en": _("Text in English"),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 12, "cols": 60, "lang": name[-2:]})
            for name in ("body_nl", "body_en")
        } | {
            name: forms.TextInput(attrs={"class": "wide", "lang": name[-2:]})
            for name in ("subject_nl", "subject_en")
        }
        error_messages = {
            "delay_days": {
                "max_value": _("At most %(limit_value)s days."),
                "min_value": _("At least %(limit_value)s days."),
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delay_days"].widget.attrs |= {"min": 0, "max": MAX_DAYS}
        self.fields["key"].initial = new_public_id()

    def clean_subject_nl(self) -> str:
        return self._checked("subject_nl", clean_line)

    def clean_subject_en(self) -> str:
        return self._checked("subject_en", clean_line)

    def clean_body_nl(self) -> str:
        return self._checked("body_nl", clean_text)

    def clean_body_en(self) -> str:
        return self._checked("body_en", clean_text)

    def _checked(self, name: str, clean: Any) -> str:
        text: str = clean(self.cleaned_data[name])
        if not text:
            raise ValidationError(self.fields[name].error_messages["required"], code="required")
        found = texts.problems(text, registry.keys_by_name())
        if found:
            raise ValidationError([said(one, name[-2:]) for one in found])
        return text

    @property
    def typed_step(self) -> Step:
        """The step as it is in the form, good or not, for the preview."""
        step = Step()
        for name in ("subject_nl", "body_nl", "subject_en", "body_en"):
            setattr(step, name, self[name].value() or "")
        return step


class ParagraphForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    class Meta:
        model = OwnParagraph
        fields = ["text_nl", "text_en"]
        labels = {"text_nl": _("In Dutch"), "text_en": _("In English")}
        widgets = {
            name: forms.Textarea(attrs={"rows": 5, "cols": 60, "lang": name[-2:], "class": "short"})
            for name in ("text_nl", "text_en")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def clean_text_nl(self) -> str:
        return clean_text(self.cleaned_data["text_nl"])

    def clean_text_en(self) -> str:
        return clean_text(self.cleaned_data["text_en"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        typed = {name: bool(cleaned[name]) for name in self.Meta.fields if name in cleaned}
        if len(typed) == 2 and len(set(typed.values())) == 2:
            self.add_error(
                next(name for name, is_there in typed.items() if not is_there),
                __("Write it in both languages, or leave both empty."),
            )
        return cleaned


def said(problem: texts.Problem, language: str) -> str:
    facts = {"found": problem.found, "example": "{" + registry.OWN[0].name[language] + "}"}
    if problem.is_unknown:
        return __("‘%(found)s’ is not a variable we know. Take one from the list.") % facts
    return (
        __(
            "Something is not right at ‘%(found)s’: a variable is one name between braces, such as %(example)s."
        )
        % facts
    )
