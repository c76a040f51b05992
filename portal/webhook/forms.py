"""Where events go, which of them, and whether."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from portal.common.reaching import ReachError, target_of
from portal.webhook import registry
from portal.webhook.models import Webhook
from portal.webhook.recipients import host_of


class WebhookForm(forms.Form):
    address = forms.CharField(
        label=_("Address of the receiver"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "vTextField",
                "inputmode": "url",
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "none",
            }
        ),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it of"), required=False, widget=forms.CheckboxSelectMultiple, choices=[]
    )
    is_on = forms.BooleanField(label=_("On: tell it from now on"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, hook: Webhook) -> None:
        known = registry.events()
        chosen = hook.events if hook.sealed_address else [event.type for event in known]
        super().__init__(data, initial={"events": chosen, "is_on": hook.is_on}, auto_id="id_%s")
        self.hook = hook
        events = self.fields["events"]
        assert isinstance(events, forms.MultipleChoiceField)
        events.choices = [(event.type, event.words) for event in known]
        self.fields["address"].help_text = (
            __("Now: https://%(host)s/… – leave empty to keep it.") % {"host": host_of(hook) or "…"}
            if hook.sealed_address
            else __(
                "The https address that Zapier, Make or n8n gives you for a webhook. It is kept encrypted."
            )
        )

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        address = "".join(sign for sign in typed if sign.isprintable() and not sign.isspace()).strip("<>")
        if address:
            try:
                target_of(address)
            except ReachError as error:
                words = __(
                    "Only an address that begins with https:// works, without a name, password or port in it."
                )
                raise ValidationError(words) from error
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("is_on") and "address" not in self.errors:
            if not data.get("address") and not self.hook.sealed_address:
                self.add_error("address", __("Fill in where it goes, before you switch it on."))
            if "events" not in self.errors and not data.get("events"):
                self.add_error("events", __("Choose at least one event, or switch the webhook off."))
        return data
