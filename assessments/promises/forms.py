from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.instrument import Key
from assessments.promises.models import LONGEST_MOMENT, LONGEST_WORDS, FridayAnswer
from portal.accounts.forms import EmailField
from portal.common.names import clean_line

ANSWERS = [
    (FridayAnswer.Answer.DONE, _("Did it")),
    (FridayAnswer.Answer.NOT, _("Not done")),
    (FridayAnswer.Answer.DIFFERENTLY, _("Differently")),
]


class LineField(forms.CharField):
    """One line in somebody's own words, without signs that nobody sees."""

    def to_python(self, value: Any) -> str:
        return clean_line(str(super().to_python(value)))


class PromiseForm(forms.Form):
    """One of the two actions of a key, and a moment. Whoever is signed in needs no address."""

    action = forms.ChoiceField(
        label=_("What will you do?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the two actions."),
            "invalid_choice": _("Choose one of the two actions."),
        },
    )
    moment = LineField(
        label=_("At which moment?"),
        help_text=_(
            "In a few words: a day, and where you are then. For example: Monday, in the team meeting."
        ),
        max_length=LONGEST_MOMENT,
        error_messages={
            "required": _("Name a moment you know will come. For example: Monday, in the team meeting."),
            "max_length": _("That is too long. Use at most %(limit_value)d characters."),
        },
    )
    by_mail = forms.BooleanField(
        label=_("Mail me on six Fridays: done, not done, or differently? One click ends it."), required=False
    )
    email = EmailField(help_text=_("We send a code here. With it your result and your promise are kept."))
    key = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
    replaces = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        key: Key,
        is_member: bool,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}) | {"key": key.slug})
        actions = [(str(number), action) for number, action in enumerate(key.actions, 1)]
        self.fields["action"].choices = actions  # type: ignore[attr-defined]  # it is a choice field
        self.fields["moment"].widget.attrs["autocomplete"] = "off"
        if is_member:
            del self.fields["email"]

    def say(self, **changes: str) -> None:
        """Let the hidden fields say something else when it is shown again."""
        self.data = {**{name: self.data.get(name, "") for name in self.fields}, **changes}


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("How did it go?"),
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the three."),
            "invalid_choice": _("Choose one of the three."),
        },
    )
    words = LineField(
        label=_("In a few words"),
        help_text=_("What went differently, or what you noticed. Only you read it."),
        required=False,
        max_length=LONGEST_WORDS,
        error_messages={"max_length": _("That is too long. Use at most %(limit_value)d characters.")},
    )
    finish = forms.BooleanField(
        label=_("I am done with this promise. Do not ask me any more."), required=False
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        can_finish: bool,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["words"].widget.attrs["autocomplete"] = "off"
        if not can_finish:
            del self.fields["finish"]
