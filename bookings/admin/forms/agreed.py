"""What was agreed in a call."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from portal.common.names import LINK, clean_text

MAX_AGREED, MAX_LINES = 1000, 15  # it stands on one sheet with the rest of a brief


class AgreedForm(forms.Form):
    """Plain words: they are mailed as a summary, in which nothing is a link or an offer."""

    text = forms.CharField(
        label=_("What was agreed"),
        required=False,
        max_length=MAX_AGREED,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"max_length": _("That is a little long. Use at most 1000 characters.")},
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text = clean_text(self.cleaned_data["text"])
        if LINK.search(text):
            raise ValidationError(
                __("Leave links out: this becomes a summary. Send a link in a mail of your own.")
            )
        if len(text.split("\n")) > MAX_LINES:
            raise ValidationError(__("Use at most %(count)d lines.") % {"count": MAX_LINES})
        return text
