from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.fields import MAX_REMARK, PhoneField, StartField, ZoneField
from portal.accounts.forms import EmailField
from portal.common import times
from portal.common.ids import new_public_id
from portal.common.names import clean_name, clean_text

QUICKEST, SLOWEST = timedelta(seconds=2), timedelta(hours=2)
STAMP_SALT = "bookings.form"
Topics = list[tuple[str, str]] | Callable[[], list[tuple[str, str]]]


class ZoneForm(forms.Form):
    zone = ZoneField()


class ChoiceForm(forms.Form):
    """Which call: short names of the kind, of the coach who was asked for and of the one whose time is held.
    `only` when it is the page of one coach. Names that mean nothing are nobody's and choose nothing."""

    kind = forms.CharField(required=False, max_length=40)
    coach = forms.CharField(required=False, max_length=40)
    host = forms.CharField(required=False, max_length=40)
    only = forms.BooleanField(required=False)


class SlotForm(forms.Form):
    start = StartField(label=_("Time"))
    zone = ZoneField(widget=forms.HiddenInput)


class DetailsForm(forms.Form):
    """Who comes to the call and what about. Whoever is signed in keeps the proven address: no field for it.

    `topics` are (slug, name) pairs, or finds them when they are needed. Without a completed scan nothing can
    be shared, so that is not asked. The number is asked only when the coach calls; `phone_regions` are where
    it may be from.
    """

    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Tell us your name.")}
    )
    email = EmailField(help_text=_("We send the invitation for your calendar here."))
    phone = PhoneField(label=_("Phone number"))
    topics = forms.MultipleChoiceField(
        label=_("What would you like to talk about?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the keys in the list.")},
    )
    share = forms.ChoiceField(
        choices=[("yes", _("Yes, share my result")), ("no", _("No, I will talk about it myself"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose yes or no; both are fine."),
            "invalid_choice": _("Choose yes or no; both are fine."),
        },
    )
    remark = forms.CharField(
        label=_("Anything you want to add?"),
        required=False,
        max_length=MAX_REMARK,
        help_text=_("Write nothing about health or about other people. Better keep that for the call."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("That is a little long. Use at most 1000 characters.")},
    )
    website = forms.CharField(
        required=False, max_length=200
    )  # people do not see it; whoever fills it in is a machine
    start = StartField(widget=forms.HiddenInput)
    kind = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    coach = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    host = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    stamp = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    is_quick = False  # filled in faster than most people do; a code that follows proves more than that

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        topics: Topics,
        coach: str,
        is_member: bool,
        can_share: bool,
        phone_regions: tuple[str, ...] = (),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        fresh = {"key": new_public_id(), "stamp": new_stamp()}
        super().__init__(data, initial=fresh | dict(initial or {}))
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.list_topics(topics)
        self.fields["share"].label = __("May %(name)s read your result beforehand?") % {"name": coach}
        self.fields["topics"].help_text = (
            __("What you tick here the coach sees too, even if you do not share your result.")
            if can_share
            else __("The coach sees what you tick here.")
        )
        self.fields["phone"].help_text = __(
            "%(name)s calls you on this number. We use it for nothing else."
        ) % {"name": coach}
        self.fields["phone"].regions = phone_regions  # type: ignore[attr-defined]  # it is a phone field
        if is_member:
            del self.fields["email"]
        if not phone_regions:
            del self.fields["phone"]
        if not can_share:
            del self.fields["share"]
        if not topics:
            del self.fields["topics"]

    def list_topics(self, topics: Topics) -> None:
        if field := self.fields.get("topics"):
            field.choices = topics  # type: ignore[attr-defined]  # it is a choice field

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_remark(self) -> str:
        return clean_text(self.cleaned_data["remark"])

    def clean(self) -> dict[str, Any]:
        """What a machine does is shown again, filled in, so that a person only has to press once more."""
        if self.data.get("website"):
            self.data = {**self.data_as_lists(), "website": ""}
            raise ValidationError(
                __("A field nobody can see was filled in. Look it over and confirm once more.")
            )
        if not 16 <= len(self.cleaned_data.get("key", "")) <= 64:
            self.data = {**self.data_as_lists(), "key": new_public_id()}
            raise ValidationError(__("This form was not complete. Look it over and confirm once more."))
        age = stamp_age(self.cleaned_data.get("stamp", ""))
        if age is None or age > SLOWEST:
            self.data = {**self.data_as_lists(), "stamp": new_stamp()}
            raise ValidationError(
                __("This page was open for a long time. Look it over and confirm once more.")
            )
        self.is_quick = age < QUICKEST
        return self.cleaned_data

    def data_as_lists(self) -> dict[str, Any]:
        """What was typed, in a form the session can keep; lists only where a field has several values."""
        kept: dict[str, Any] = {}
        for name in self.fields:
            widget = self.fields[name].widget
            value = widget.value_from_datadict(self.data, self.files, name)
            kept[name] = (
                [str(one)[:100] for one in value[:20]] if isinstance(value, list) else str(value or "")[:4000]
            )
        return kept


# What people fill in, as against what stands in the form for us or for machines.
ASKED = [
    name
    for name, field in DetailsForm.base_fields.items()
    if not field.widget.is_hidden and name != "website"
]


def quick_words() -> str:
    """For a quick form on which no code follows: it is shown again, and a second press is slow enough."""
    return __("That went very fast. Look it over and confirm once more.")


def new_stamp() -> str:
    return signing.dumps(times.now().timestamp(), salt=STAMP_SALT)


def stamp_age(stamp: str) -> timedelta | None:
    try:
        made_at = float(signing.loads(stamp, salt=STAMP_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return timedelta(seconds=times.now().timestamp() - made_at)
