"""A coach, the hours of every week, and those of one date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time
from itertools import pairwise
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings.fields import DateField, TimeField
from bookings.models import DAY_MINUTES, WEEKDAYS, AvailabilityRule, DateOverride, Host, OverrideWindow
from bookings.words import starts
from portal.accounts.forms import EmailField
from portal.common import times
from portal.common.names import clean_name
from portal.common.selects import LongSelect

DAY_SECONDS = DAY_MINUTES * 60
WEEK_SECONDS = 7 * DAY_SECONDS
Hours = tuple[int, time, time]  # ISO weekday, from, until


# ---- weekly hours ------------------------------------------------------------------------------------
class HostForm(forms.ModelForm):
    class Meta:
        model = Host
        fields = ["name", "email", "time_zone", "user", "slug", "is_active", "feed_shows_names"]
        field_classes = {
            "email": EmailField
        }  # a field of its own would be asked for on the page of the hours too
        help_texts = {
            "name": _("As visitors see it."),
            "email": _("Mails about bookings go here, and visitors’ replies too."),
            "user": _("The account with which this coach signs in."),
            "slug": _("A name without spaces, for the computer."),
            "is_active": _("Switch off and nothing can be booked; what is planned stays."),
            "feed_shows_names": _(
                "Calendars are often shared. Off: the feed shows the kind of call, not with whom or where."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            self.fields["time_zone"] = zone_field(self.instance.time_zone)
        if "user" in self.fields:  # not everybody who ever left an address
            account: Any = self.fields["user"]
            account.queryset = account.queryset.filter(Q(is_staff=True) | Q(pk=self.instance.user_id))

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


def zone_field(now: str) -> forms.ChoiceField:
    """Every zone there is. One that is gone is no choice: it has to be replaced before anything is saved."""
    unknown = [] if times.is_zone(now) else [("", __("Choose a time zone"))]
    return forms.ChoiceField(
        label=_("Time zone"),
        choices=[*unknown, *starts.zone_groups()],
        widget=LongSelect,
        initial=times.HOST_ZONE,
        help_text=_(
            "The hours below are this zone’s clock. Planned calls keep their moment when it changes."
        ),
    )


class HoursForm(forms.ModelForm):
    """Two times of day, in a row of a table: each control says itself what it is.

    What overlaps is not asked here, because a row knows nothing of the others in the form: the set asks."""

    start_time = TimeField(label=_("From"))
    end_time = TimeField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def validate_constraints(self) -> None:
        """All but the overlaps, which name their owner."""
        try:
            self.instance.validate_constraints(exclude={"host", "override", *self.errors})
        except ValidationError as refused:
            self.add_error(None, refused)


class RuleForm(HoursForm):
    class Meta:
        model = AvailabilityRule
        fields = ["weekday", "start_time", "end_time"]


class WeekFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        rows = [data for data in filled_in(self) if data.get("weekday")]
        typed = [(data["weekday"], data["start_time"], data["end_time"]) for data in rows]
        hours = with_copies(typed, *self.copying)
        if clash := first_overlap(hours):
            words = __("%(one)s and %(other)s overlap. Make them one, or leave time between them.")
            raise ValidationError(words % {"one": in_words(clash[0]), "other": in_words(clash[1])})
        unseen = [(rule.weekday, rule.start_time, rule.end_time) for rule in not_in_form(self)]
        if clash := first_overlap([*hours, *unseen]):
            raise ValidationError(added_elsewhere(in_words(clash[0]), in_words(clash[1])))

    @property
    def copying(self) -> tuple[int, set[int]]:
        """Which day is copied to which others: none, unless that was pressed."""
        if "_copy" not in self.data:
            return 0, set()
        typed = cast("QueryDict", self.data)
        days = {str(day): day for day, _name in WEEKDAYS}
        source = days.get(typed.get("copy_from", ""), 0)
        return source, {days[one] for one in typed.getlist("copy_to") if one in days} - {source}

    def save_copies(self) -> None:
        """After the rows: those days get the hours of the copied one, and no other that stood in this form."""
        source, targets = self.copying
        if not source or not targets:
            return
        shown = [form.instance.pk for form in self.forms if form.instance.pk]
        rules = self.model._default_manager.filter(host=self.instance)
        rules.filter(pk__in=shown, weekday__in=targets).delete()
        copied = list(rules.filter(pk__in=shown, weekday=source))
        self.model._default_manager.bulk_create(
            AvailabilityRule(
                host=self.instance, weekday=day, start_time=rule.start_time, end_time=rule.end_time
            )
            for day in sorted(targets)
            for rule in copied
        )


def with_copies(hours: list[Hours], source: int, targets: set[int]) -> list[Hours]:
    kept = [one for one in hours if one[0] not in targets]
    return kept + [(day, start, end) for on, start, end in hours if on == source for day in sorted(targets)]


def not_in_form(formset: forms.BaseInlineFormSet) -> list[Any]:
    """The rows that another window saved since this form was opened. Raises ValidationError when another
    window took away one of those that are in it."""
    if any("id" in errors for errors in formset.errors):
        raise ValidationError(__("These hours were changed in another window. Open this page again."))
    shown = [form.instance.pk for form in formset.initial_forms]
    saved = formset.model._default_manager.filter(**{formset.fk.name: formset.instance.pk})
    return list(saved.exclude(pk__in=shown)) if formset.instance.pk else []


def added_elsewhere(one: str, other: str) -> str:
    words = __(
        "%(one)s and %(other)s overlap; one of them was added in another window. Open this page again."
    )
    return words % {"one": one, "other": other}


def filled_in(formset: forms.BaseFormSet) -> list[Mapping[str, Any]]:
    rows = (form.cleaned_data for form in formset.forms if hasattr(form, "cleaned_data"))
    return [row for row in rows if row.get("start_time") and row.get("end_time") and not row.get("DELETE")]


def first_overlap(hours: Iterable[Hours]) -> tuple[Hours, Hours] | None:
    laid = sorted((*_seconds(one), one) for one in hours)
    for (_start, end, one), (next_start, _end, other) in pairwise(laid):
        if next_start < end:
            return one, other
    if len(laid) > 1 and laid[-1][1] - WEEK_SECONDS > laid[0][0]:
        return laid[-1][2], laid[0][2]
    return None


def _seconds(hours: Hours) -> tuple[int, int]:
    weekday, *clocks = hours
    midnight = (weekday - 1) * DAY_SECONDS
    start, end = ((at.hour * 60 + at.minute) * 60 + at.second for at in clocks)
    return midnight + start, midnight + (end if end > start else end + DAY_SECONDS)


def in_words(hours: Hours) -> str:
    weekday, start_time, end_time = hours
    return f"{dict(WEEKDAYS)[weekday]} {start_time:%H:%M}–{end_time:%H:%M}"


# ---- one date --------------------------------------------------------------------------------------------
class OverrideForm(forms.ModelForm):
    on = DateField(label=_("Date"), help_text=_("On this date your weekly hours do not count."))
    is_closed = forms.BooleanField(
        label=_("Closed all day"),
        required=False,
        help_text=_("Leave unticked and fill in other hours below."),
    )

    class Meta:
        model = DateOverride
        fields = ["host", "on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "is_closed" in self.fields:
            self.fields["is_closed"].initial = not self.instance.windows.exists()

    def clean(self) -> dict[str, Any]:
        """A date that is over can be looked at and deleted; new hours for it would change nothing."""
        data = super().clean() or self.cleaned_data
        on, host = data.get("on"), data.get("host")
        if on and host and {"on", "host"} & set(self.changed_data):
            today = times.local(times.now(), host.time_zone).date()
            if on < today:
                words = __("%(date)s is over, so other hours change nothing. Choose today or a later day.")
                self.add_error("on", words % {"date": formats.date_format(on, "j F Y")})
        return data


class WindowForm(HoursForm):
    class Meta:
        model = OverrideWindow
        fields = ["start_time", "end_time"]


class DateFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        hours = [(1, row["start_time"], row["end_time"]) for row in filled_in(self)]
        if bool(self.data.get("is_closed")) and hours:
            raise ValidationError(__("Closed all day, or other hours: choose one of the two."))
        if not self.data.get("is_closed") and not hours and not any(self.errors):
            raise ValidationError(__("Fill in the hours of this date, or tick ‘closed all day’."))
        if clash := first_overlap(hours):
            spans = [f"{start:%H:%M}–{end:%H:%M}" for _day, start, end in clash]
            words = __("%(one)s and %(other)s overlap. Make them one, or leave time between them.")
            raise ValidationError(words % {"one": spans[0], "other": spans[1]})
        unseen = [(1, window.start_time, window.end_time) for window in not_in_form(self)]
        if unseen and self.data.get("is_closed"):
            raise ValidationError(__("These hours were changed in another window. Open this page again."))
        if clash := first_overlap([*hours, *unseen]):
            raise ValidationError(
                added_elsewhere(*(f"{start:%H:%M}–{end:%H:%M}" for _day, start, end in clash))
            )
