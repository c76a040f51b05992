"""Connecting a calendar: a file by its address, or a calendar on a server with a user name and password."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.models import CalendarSource, RemoteCalendar
from portal.common.reaching import ReachError, is_inside, target_of
from portal.common.sealing import SealBrokenError

HTTPS = re.compile(r"^(?:https|webcals?)://", re.IGNORECASE)  # as calendar programs write it too
FOR_SERVERS = ("user_name", "password", "collection", "writes")
TYPED = {"class": "vTextField", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class CalendarSourceForm(forms.ModelForm):
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.TextInput(attrs=TYPED),
        error_messages={"required": _("Fill in the address of the calendar.")},
    )
    user_name = forms.CharField(
        label=_("User name"), max_length=200, required=False, widget=forms.TextInput(attrs=TYPED)
    )
    password = forms.CharField(
        label=_("App password"),
        max_length=400,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs=TYPED | {"autocomplete": "new-password"}),
        help_text=_("Make one for this site with your calendar provider; it is kept encrypted."),
    )
    collection = forms.ChoiceField(
        label=_("Which calendar"), required=False, widget=forms.RadioSelect, choices=[]
    )

    class Meta:
        model = CalendarSource
        fields = ["host", "kind", "name", "is_active", "on_stale", "unanswered_blocks", "writes"]
        widgets = {"kind": forms.RadioSelect}
        help_texts = {
            "name": _("For yourself; visitors never see it."),
            "is_active": _("Switch off and this calendar no longer counts."),
            "unanswered_blocks": _("Untick this and the time can be booked until you accept."),
            "writes": _(
                "Each call is added, moved and taken out with the booking. When you untick this, the calls "
                "that are in it stay right until they are over; new ones are not added."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "address" not in self.fields:
            return
        self.fields["address"].help_text = _(
            "For a file: the secret https address your calendar program gives. For a server: its https "
            "address. It is kept encrypted."
        )
        if not self.instance.pk:
            return
        self.fields["address"].required = False
        self.fields["address"].help_text = _("Now: %(address)s – leave empty to keep it.") % {
            "address": masked(self.instance)
        }
        if self.instance.kind == CalendarSource.Kind.ICS:
            for name in FOR_SERVERS:
                self.fields.pop(name, None)
        else:
            self.fields["user_name"].help_text = self.fields["password"].help_text = _(
                "Is filled in – leave empty to keep it."
            )
            self._offer_calendars()

    def _offer_calendars(self) -> None:
        self.found = {calendar.key: calendar for calendar in remote_calendars_of(self.instance)}
        field = self.fields["collection"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, calendar.name) for key, calendar in self.found.items()]
        field.initial = next((key for key, one in self.found.items() if is_chosen(self.instance, one)), None)
        field.help_text = _("What was put in another calendar before stays there.") if field.initial else ""

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        seen = "".join(sign for sign in typed if sign.isprintable() and not sign.isspace())
        address = HTTPS.sub("https://", seen.strip("<>"), count=1)
        if address:
            try:
                host = target_of(address).host
            except ReachError as error:
                raise ValidationError(why_not(error.why, address)) from error
            if is_inside(host):
                words = __(
                    "This address lies in a network of your own, at home or at work; from here it cannot be "
                    "reached. Use the address at which your calendar is on the internet."
                )
                raise ValidationError(words)
        return address

    def clean_user_name(self) -> str:
        name: str = self.cleaned_data["user_name"].strip()
        if ":" in name:
            raise ValidationError(__("A user name with a colon in it cannot be used with a calendar server."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("kind") or self.instance.kind) != CalendarSource.Kind.CALDAV:
            return data | {"writes": False} if "writes" in self.fields else data
        if not self.instance.pk and not data.get("user_name"):
            self.add_error("user_name", __("Fill in the user name you have at the calendar server."))
        if not self.instance.pk and not data.get("password"):
            self.add_error("password", __("Fill in the app password for the calendar server."))
        if self.instance.pk and not data.get("password"):
            words = __("Fill in the password again: the one that is kept belongs to what was here before.")
            if data.get("user_name") or data.get("address"):
                self.add_error("password", words)
        return data

    def save(self, commit: bool = True) -> CalendarSource:
        source, data = self.instance, self.cleaned_data
        if address := data["address"]:
            source.set_address(address)
        if "unanswered_blocks" in self.changed_data:
            source.read_whole()
        if source.kind == CalendarSource.Kind.CALDAV:
            self._save_server(source, data)
        saved: CalendarSource = super().save(commit)
        return saved

    def _save_server(self, source: CalendarSource, data: dict[str, Any]) -> None:
        if data["password"]:
            source.set_login(data["user_name"] or known_user(source), data["password"])
        if data["address"] or data["user_name"]:
            source.forget_calendar()
            return
        chosen = getattr(self, "found", {}).get(data["collection"])
        if chosen and not is_chosen(source, chosen):
            source.choose(chosen)


def why_not(why: str, address: str) -> str:
    """What is wrong with an address that was typed, and what to do about it."""
    match why:
        case "plain":
            return __(
                "This address begins with http://, which anybody can listen in on. Try it with https://."
            )
        case "scheme":
            return __(
                "An address begins with https://. Copy it whole, like https://agenda.voorbeeld.nl/jet.ics."
            )
        case "named":
            return __(
                "Leave the name and password before the @ out of the address; they have fields of their own."
            )
        case "port":
            port = address.split("://", 1)[-1].split("/", 1)[0].rpartition(":")[2][:8]
            words = __(
                "This address asks for port %(port)s. Only port 443, that of every https site, can be reached "
                "from here. Leave ‘:%(port)s’ out, or ask your provider for an address without a number."
            )
            return words % {"port": port}
    return __("That is not an address we can read. Copy it whole, like https://agenda.voorbeeld.nl/jet.ics.")


def masked(source: CalendarSource) -> str:
    try:
        return f"https://{urlsplit(source.address).hostname}/…"
    except SealBrokenError:
        return "…"


def remote_calendars_of(source: CalendarSource) -> list[RemoteCalendar]:
    try:
        return source.remote_calendars
    except SealBrokenError:
        return []


def is_chosen(source: CalendarSource, calendar: RemoteCalendar) -> bool:
    try:
        return source.collection == calendar.url
    except SealBrokenError:
        return False


def known_user(source: CalendarSource) -> str:
    try:
        return source.login.user
    except SealBrokenError:
        return ""
