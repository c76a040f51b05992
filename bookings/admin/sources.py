"""Calendars that a coach connected: whether they can be read, how old that is, and what it means."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.admin.base import CalendarAdmin
from bookings.fetch import FetchError, target_of
from bookings.models import CalendarSource
from portal.common import times
from portal.common.sealing import SealBrokenError

WEBCAL = "webcal://"  # how calendar programs write an https address to subscribe to


class CalendarSourceForm(forms.ModelForm):
    address = forms.CharField(
        label=_("Address of the calendar (ICS)"),
        max_length=2000,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Fill in the address of the calendar.")},
    )

    class Meta:
        model = CalendarSource
        fields = ["host", "name", "is_active", "on_stale"]
        help_texts = {
            "name": _("For yourself; visitors never see it."),
            "is_active": _("Switch off and this calendar no longer counts."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "address" not in self.fields:
            return
        field = self.fields["address"]
        field.help_text = _("The secret https address your calendar program gives. It is kept encrypted.")
        if self.instance.pk:
            field.required = False
            field.help_text = _("Now: %(address)s – leave empty to keep it.") % {
                "address": masked(self.instance)
            }

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        if address.lower().startswith(WEBCAL):
            address = "https://" + address[len(WEBCAL) :]
        if address:
            try:
                target_of(address)
            except FetchError as error:
                words = __(
                    "Only an address that begins with https:// works, without a name and password in it."
                )
                raise ValidationError(words) from error
        return address

    def save(self, commit: bool = True) -> CalendarSource:
        if address := self.cleaned_data["address"]:
            self.instance.set_address(address)
        saved: CalendarSource = super().save(commit)
        return saved


def masked(source: CalendarSource) -> str:
    """Enough to recognise, too little to read the calendar with."""
    try:
        return f"https://{urlsplit(source.address).hostname}/…"
    except SealBrokenError:
        return "…"


def age(at: datetime, now: datetime) -> str:
    """'5 minutes old', in the largest unit that fits."""
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)d minute old", "%(count)d minutes old", minutes) % {"count": minutes}
    if (hours := minutes // 60) < 48:
        return ngettext("%(count)d hour old", "%(count)d hours old", hours) % {"count": hours}
    return ngettext("%(count)d day old", "%(count)d days old", hours // 24) % {"count": hours // 24}


def state(source: CalendarSource, now: datetime) -> str:
    """How old the last good read is, what is wrong, and what follows from that, in sentences."""
    if not source.is_active:
        return __("switched off")
    words = [age(source.last_good_at, now) if source.last_good_at else __("not read yet")]
    if source.is_stale(now):
        words[0] = __("Warning: %(age)s") % {"age": words[0]}
    if source.last_problem:
        words.append(source.get_last_problem_display())
    if source.is_closing(now):
        words.append(__("No times are offered until it can be read."))
    return words[0] + "".join(f". {one.rstrip('.')}" for one in words[1:]) + "." * (len(words) > 1)


@admin.register(CalendarSource)
class CalendarSourceAdmin(CalendarAdmin):
    form = CalendarSourceForm
    list_display = ["name", "read", "found", "where", "host"]
    list_select_related = ["host"]
    readonly_fields = ["read"]

    def get_fields(self, request: HttpRequest, obj: CalendarSource | None = None) -> list[Any]:
        return [*(["read"] if obj else []), "host", "name", "address", "on_stale", "is_active"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarSource]:
        found: QuerySet[CalendarSource] = super().get_queryset(request).annotate(times_found=Count("busy"))
        return found

    @admin.display(description=_("last read"), ordering="last_good_at")
    def read(self, source: CalendarSource) -> str:
        return state(source, times.now())

    @admin.display(description=_("found"))
    def found(self, source: Any) -> str:
        count: int = source.times_found  # annotated above
        return ngettext("%(count)d busy time", "%(count)d busy times", count) % {"count": count}

    @admin.display(description=_("address"))
    def where(self, source: CalendarSource) -> str:
        return masked(source)
