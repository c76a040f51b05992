"""A kind of call."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.admin.forms.ahead import AHEAD_FIELDS, AheadForm
from bookings.admin.forms.durations import HOUR, MINUTE, DurationField
from bookings.availability.lock import host_locked
from bookings.domain.phones import likely_regions
from bookings.errors import BusyError
from bookings.fields import PhoneField
from bookings.models import (
    DAY_MINUTES,
    HOUR_MINUTES,
    REMINDER_LEAST,
    REMINDER_MOST,
    REMINDERS_AT_MOST,
    CallType,
)
from portal.common.names import clean_line
from portal.common.times import HOST_ZONE

Kind = CallType.Location
SHORT = (MINUTE, HOUR)
SENSIBLE_MINUTES = (7 * DAY_MINUTES, 2 * DAY_MINUTES, DAY_MINUTES, 4 * HOUR_MINUTES, HOUR_MINUTES, 15)
NEEDED: dict[
    str, dict[str, Any]
] = {  # the fields a kind of place cannot do without, and what is said when they are empty
    Kind.PHONE_VISITOR_CALLS: {"location_phone": _("Fill in the number visitors call.")},
    Kind.LINK: {"location_url": _("Fill in the link to your online room.")},
    Kind.TEXT: {
        "location_nl": _("Say in Dutch where the call takes place."),
        "location_en": _("Say in English where the call takes place."),
    },
}
PLACE_FIELDS = {  # which kinds of place a field belongs to; a script shows only those of the chosen one
    "location_phone": [Kind.PHONE_VISITOR_CALLS],
    "location_url": [Kind.LINK],
    "location_nl": [Kind.ADDRESS, Kind.TEXT],
    "location_en": [Kind.ADDRESS, Kind.TEXT],
}


class LinkField(forms.URLField):
    default_error_messages = {
        "invalid": _("That is not a link. Copy it whole, like https://video.voorbeeld.nl/jet."),
        "not_https": _("Only a link that begins with https:// is safe to send. Look for one that does."),
        "named": _("Leave the name or password before the @ out of the link."),
    }
    default_validators = [URLValidator(schemes=["https"], message=default_error_messages["invalid"])]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", max_length=300, **kwargs)

    def clean(self, value: Any) -> str:
        typed = str(value or "").strip()
        scheme, colon, _rest = typed.partition("://")
        if colon and scheme.lower() != "https":
            raise ValidationError(self.error_messages["not_https"], code="not_https")
        link = str(super().clean(typed))
        if "@" in urlsplit(link).netloc:
            raise ValidationError(self.error_messages["named"], code="named")
        return link


class MinutesField(forms.TypedMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple(attrs={"class": "radiolist"})
    default_error_messages = {"invalid_choice": _("Choose from the times in the list.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, required=False, **kwargs)

    def set_choices(self, chosen: list[int]) -> None:
        listed = sorted({*SENSIBLE_MINUTES, *chosen}, reverse=True)
        self.choices = [(minutes, before(minutes)) for minutes in listed]

    def clean(self, value: Any) -> list[int]:
        chosen = sorted(set(super().clean(value)), reverse=True)
        if len(chosen) > REMINDERS_AT_MOST:
            words = __("Choose at most %(count)d reminders.") % {"count": REMINDERS_AT_MOST}
            raise ValidationError(words, code="many")
        if any(not REMINDER_LEAST <= minutes <= REMINDER_MOST for minutes in chosen):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return chosen


class CallTypeForm(AheadForm):
    duration_minutes = DurationField(label=_("How long it lasts"), least=5, most=480, units=SHORT)
    slot_interval_minutes = DurationField(
        label=_("Time between two starts"),
        least=5,
        most=DAY_MINUTES,
        units=SHORT,
        help_text=_("30 minutes: starts at 9:00, 9:30, 10:00. Counted from the start of your hours."),
    )
    buffer_before_minutes = DurationField(
        label=_("Room before it"), most=480, units=SHORT, help_text=_("To prepare. Counts as occupied.")
    )
    buffer_after_minutes = DurationField(
        label=_("Room after it"),
        most=480,
        units=SHORT,
        help_text=_("To write things down. Counts as occupied."),
    )
    minimum_notice_minutes = DurationField(
        label=_("Book at the latest"),
        most=90 * DAY_MINUTES,
        help_text=_("How long before the start a call can still be booked."),
    )
    cancel_notice_minutes = DurationField(
        label=_("Move or cancel at the latest"),
        most=30 * DAY_MINUTES,
        help_text=_("How long before the start the visitor can still move or cancel."),
    )
    location_phone = PhoneField(
        label=_("Your phone number"),
        required=False,
        help_text=_("For ‘the visitor calls you’. Stands on the page, in mails and in calendars."),
    )
    location_url = LinkField(
        label=_("The link"),
        required=False,
        help_text=_(
            "For ‘always by the same link’. Stands in mails and on the page of the call, never in calendars."
        ),
    )
    reminder_minutes = MinutesField(
        label=_("To the visitor"),
        help_text=_("Whole days count by your clock: a day before a call at 10:00 is 10:00 the day before."),
    )
    coach_reminder_minutes = MinutesField(
        label=_("To the coach"),
        help_text=_(
            "With everything the visitor shares. If somebody shares the result, you also get it a day "
            "before, unless you tick nothing here."
        ),
    )

    class Meta:
        model = CallType
        fields = [
            "host",
            "slug",
            "name_nl",
            "name_en",
            "is_active",
            "duration_minutes",
            "slot_interval_minutes",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "max_per_day",
            "max_per_week",
            "minimum_notice_minutes",
            *AHEAD_FIELDS,
            "cancel_notice_minutes",
            "location_kind",
            "location_phone",
            "location_url",
            "location_nl",
            "location_en",
            "reminder_minutes",
            "coach_reminder_minutes",
            "needs_code",
        ]
        widgets = {"location_kind": forms.RadioSelect(attrs={"class": "radiolist"})}
        labels = {
            "location_kind": _("How you meet"),
            "location_nl": _("Address or words, in Dutch"),
            "location_en": _("Address or words, in English"),
        }
        help_texts = {
            "slug": _("A name without spaces, for the computer."),
            "is_active": _("Switch off to stop offering this call; what is planned stays."),
            "max_per_day": _("Leave empty for no limit."),
            "max_per_week": _("Leave empty for no limit."),
            "location_kind": _("‘You call the visitor’ asks visitors for their number."),
            "location_nl": _("For an address or your own words; for those who read Dutch."),
            "location_en": _(
                "For an address or your own words; for those who read English. "
                "An address may stand in one language only."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reminder_minutes", "coach_reminder_minutes"):
            field = self.fields[name]
            field.set_choices(getattr(self.instance, name))  # type: ignore[attr-defined]  # a MinutesField
        zone = self.instance.host.time_zone if self.instance.host_id else HOST_ZONE
        self.fields["location_phone"].regions = likely_regions("nl", zone)  # type: ignore[attr-defined]
        for name, kinds in PLACE_FIELDS.items():
            long = "" if name == "location_phone" else " long"
            attrs = {"data-for-places": " ".join(kinds), "class": f"vTextField{long}"}
            self.fields[name].widget.attrs |= attrs

    def clean_location_nl(self) -> str:
        return clean_line(self.cleaned_data["location_nl"])

    def clean_location_en(self) -> str:
        return clean_line(self.cleaned_data["location_en"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("location_kind", "")
        for name, words in NEEDED.get(kind, {}).items():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        if kind == Kind.ADDRESS and not data.get("location_nl") and not data.get("location_en"):
            self.add_error("location_nl", __("Fill in the address, in Dutch or in English."))
        self._wait_for_the_calendar()
        return data

    def _wait_for_the_calendar(self) -> None:
        """Take the host's lock here, where a wait that is too long can still be said.

        Other reminders are planned for calls that exist; the request's transaction keeps the lock until then.
        """
        if self.instance.pk and not self.errors:
            try:
                with host_locked(self.instance.host_id):
                    pass
            except BusyError:
                words = __("Somebody else is changing this calendar right now. Try again in a moment.")
                raise ValidationError(words, code="busy") from None


def before(minutes: int) -> str:
    if minutes % (7 * DAY_MINUTES) == 0:
        count = minutes // (7 * DAY_MINUTES)
        return ngettext("%(count)d week before", "%(count)d weeks before", count) % {"count": count}
    if minutes % DAY_MINUTES == 0:
        count = minutes // DAY_MINUTES
        return ngettext("%(count)d day before", "%(count)d days before", count) % {"count": count}
    if minutes % HOUR_MINUTES == 0:
        count = minutes // HOUR_MINUTES
        return ngettext("%(count)d hour before", "%(count)d hours before", count) % {"count": count}
    return ngettext("%(count)d minute before", "%(count)d minutes before", minutes) % {"count": minutes}
