"""A personal word of the coach that goes with a mail about a call."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.models import MAX_WORD
from portal.common.names import LINK, clean_text

MAX_LINES = 10


class WordForm(forms.Form):
    """Plain words, quoted in the mail; in none of them is a link."""

    word = forms.CharField(
        label=_("A personal word"),
        required=False,
        max_length=MAX_WORD,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("That is a little long. Use at most 500 characters.")},
    )

    def clean_word(self) -> str:
        word = clean_text(self.cleaned_data["word"])
        if LINK.search(word):
            raise ValidationError(
                __("Leave links out: these are your words. Send a link in a mail of your own.")
            )
        if len(word.split("\n")) > MAX_LINES:
            raise ValidationError(__("Use at most %(count)d lines.") % {"count": MAX_LINES})
        return word


class CancelForm(WordForm):
    offer_times = forms.BooleanField(label=_("Offer two times to choose from"), required=False, initial=True)
