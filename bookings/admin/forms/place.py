"""Where one call is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.admin.forms.call_types import LinkField
from bookings.calls.placing import NewPlace
from bookings.domain.phones import likely_regions
from bookings.fields import PhoneField
from bookings.models import Booking, CallType
from bookings.words.places import misses_link
from portal.common.names import LINK, clean_line, first_name

Kind = CallType.Location
NEEDED = {  # the field a kind of place cannot do without
    Kind.PHONE_HOST_CALLS: "phone",
    Kind.PHONE_VISITOR_CALLS: "own_phone",
    Kind.LINK: "link",
    Kind.ADDRESS: "address",
}


class PlaceForm(forms.Form):
    """One kind of place and what belongs to it; what was typed for another kind plays no part."""

    location_kind = forms.ChoiceField(
        label=_("How you meet"),
        widget=forms.RadioSelect(attrs={"class": "radiolist"}),
        error_messages={"required": _("Choose how you meet."), "invalid_choice": _("Choose how you meet.")},
    )
    phone = PhoneField(label=_("Phone number of the visitor"), required=False)
    own_phone = PhoneField(label=_("Your phone number"), required=False)
    link = LinkField(label=_("The link"), required=False)
    address = forms.CharField(
        label=_("The address"),
        required=False,
        max_length=200,
        error_messages={"max_length": _("That is a little long. Use at most 200 characters.")},
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, booking: Booking) -> None:
        super().__init__(data, initial=initial_of(booking))
        facts = {"name": first_name(booking.name) or __("the visitor")}
        self.fields["location_kind"].choices = [  # type: ignore[attr-defined]  # it is a choice field
            (Kind.PHONE_HOST_CALLS, __("By phone: you call %(name)s") % facts),
            (Kind.PHONE_VISITOR_CALLS, __("By phone: %(name)s calls you") % facts),
            (Kind.LINK, __("Online, by a link of yours")),
            (Kind.JITSI, __("Online, in a private Jitsi room")),
            (Kind.ADDRESS, __("At an address")),
        ]
        regions = likely_regions(booking.language, booking.time_zone, booking.host.time_zone)
        for name in ("phone", "own_phone"):
            self.fields[name].regions = regions  # type: ignore[attr-defined]
        for kind, name in NEEDED.items():
            self.fields[name].widget.attrs |= {"data-for-places": kind}

    def clean_address(self) -> str:
        address = clean_line(self.cleaned_data["address"])
        if LINK.search(address):
            raise ValidationError(__("That is a link. Choose ‘Online’ above, and fill it in there."))
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        needed = NEEDED.get(Kind(data["location_kind"])) if data.get("location_kind") else None
        for name in NEEDED.values():
            if name != needed:
                self.errors.pop(name, None)
        if needed and not data.get(needed) and needed not in self.errors:
            words = {
                "phone": __("Fill in the number you call."),
                "own_phone": __("Fill in the number visitors call."),
                "link": __("Fill in the link to your online room."),
                "address": __("Fill in the address."),
            }
            self.add_error(needed, words[needed])
        return data

    @property
    def place(self) -> NewPlace:
        data = self.cleaned_data
        match kind := data["location_kind"]:
            case Kind.PHONE_HOST_CALLS:
                return NewPlace(kind=kind, phone=data["phone"])
            case Kind.PHONE_VISITOR_CALLS:
                return NewPlace(kind=kind, location=data["own_phone"])
            case Kind.LINK:
                return NewPlace(kind=kind, join_url=data["link"])
            case Kind.ADDRESS:
                return NewPlace(kind=kind, location=data["address"])
        return NewPlace(kind=kind)


def initial_of(booking: Booking) -> dict[str, Any]:
    """What stands there; for a link that is still to come, the field for it is open."""
    kind = Kind.LINK if misses_link(booking) else booking.location_kind
    call_type = booking.call_type
    return {
        "location_kind": kind if kind != Kind.TEXT else "",
        "phone": booking.phone,
        "own_phone": booking.location if kind == Kind.PHONE_VISITOR_CALLS else call_type.location_phone,
        "link": booking.join_url if kind == Kind.LINK else call_type.location_url,
        "address": booking.location if kind == Kind.ADDRESS else "",
        "version": booking.sequence,
    }
