"""A call the coach books on somebody's behalf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.admin.forms.calls import MoveForm
from bookings.calls.lifecycle import Details
from bookings.domain.phones import likely_regions
from bookings.fields import MAX_REMARK, PhoneField
from bookings.models import CallType
from bookings.words import starts
from portal.accounts.forms import EmailField
from portal.common import times
from portal.common.ids import new_public_id
from portal.common.names import clean_name, clean_text
from portal.common.selects import LongSelect


class NewCallForm(MoveForm):
    """When, as in a move, and who. `topics` are (slug, name) pairs; a result cannot be shared from here."""

    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Fill in the name of the visitor.")}
    )
    email = EmailField(help_text=_("We send the invitation and the reminders here."))
    phone = PhoneField(label=_("Phone number"), help_text=_("You call the visitor on this number."))
    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone of the visitor"), choices=starts.zone_groups, widget=LongSelect
    )
    topics = forms.MultipleChoiceField(
        label=_("Keys to talk about"), required=False, widget=forms.CheckboxSelectMultiple
    )
    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=MAX_REMARK,
        help_text=_("What the visitor told you about it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("That is a little long. Use at most 1000 characters.")},
    )
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        call_type: CallType,
        topics: list[tuple[str, str]],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, zone=call_type.host.time_zone)
        usual = {
            "language": settings.LANGUAGE_CODE,
            "time_zone": call_type.host.time_zone,
            "key": new_public_id(),
        }
        self.initial = usual | dict(initial or {})
        self.fields["topics"].choices = topics  # type: ignore[attr-defined]  # it is a choice field
        if not topics:
            del self.fields["topics"]
        zones = (self.initial["time_zone"], call_type.host.time_zone)
        self.fields["phone"].regions = likely_regions(self.initial["language"], *zones)  # type: ignore[attr-defined]
        if not call_type.asks_phone:
            del self.fields["phone"]

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_remark(self) -> str:
        return clean_text(self.cleaned_data["remark"])

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if not times.is_zone(zone):
            raise ValidationError(__("We do not know that time zone. Choose one from the list."))
        return zone

    def clean_key(self) -> str:
        """A key that was lost on the way is made anew: the form is then simply another one."""
        key = str(self.cleaned_data["key"])
        return key if len(key) >= 16 else new_public_id()

    @property
    def details(self) -> Details:
        chosen = ("name", "email", "language", "time_zone", "remark")
        facts = {name: self.cleaned_data[name] for name in chosen}
        facts["phone"] = self.cleaned_data.get("phone", "")
        return Details(**facts, topics=tuple(self.cleaned_data.get("topics", ())))
