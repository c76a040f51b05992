"""The kinds of call a host offers."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bookings.models.host import Host

DAY_MINUTES = 24 * 60
LONGEST_RANGE = timedelta(days=365)  # from the first to the last of the dates


def minutes_between(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class CallTypeQuerySet(models.QuerySet["CallType"]):
    def bookable(self) -> CallTypeQuerySet:
        """What visitors may book, with its host; the first is the one the pages offer."""
        return self.filter(is_active=True, host__is_active=True).select_related("host").order_by("pk")


class CallType(models.Model):
    """A kind of call and its rules. Later edits never touch existing bookings."""

    host = models.ForeignKey(Host, models.PROTECT, related_name="call_types", verbose_name=_("coach"))
    slug = models.SlugField(_("short name"), max_length=40)
    name_nl = models.CharField(_("name in Dutch"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    duration_minutes = models.PositiveSmallIntegerField(
        _("duration in minutes"), default=30, validators=minutes_between(5, 480)
    )
    slot_interval_minutes = models.PositiveSmallIntegerField(
        _("a start every so many minutes"), default=30, validators=minutes_between(5, DAY_MINUTES)
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(
        _("buffer before in minutes"), default=15, validators=minutes_between(0, 480)
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        _("buffer after in minutes"), default=15, validators=minutes_between(0, 480)
    )
    minimum_notice_minutes = models.PositiveIntegerField(
        _("notice in minutes"),
        default=DAY_MINUTES,
        validators=minutes_between(0, 90 * DAY_MINUTES),
        help_text=_("How long before the start a call can still be booked."),
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("days ahead"), null=True, blank=True, default=30, validators=minutes_between(1, 365)
    )
    # instead of days ahead: host-local dates, both inclusive
    first_on = models.DateField(_("first day"), null=True, blank=True)
    last_on = models.DateField(_("last day"), null=True, blank=True)
    max_per_day = models.PositiveSmallIntegerField(
        _("at most a day"), null=True, blank=True, default=4, validators=[MinValueValidator(1)]
    )
    max_per_week = models.PositiveSmallIntegerField(
        _("at most a week"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    cancel_notice_minutes = models.PositiveIntegerField(
        _("move or cancel until, in minutes"),
        default=240,
        validators=minutes_between(0, 30 * DAY_MINUTES),
        help_text=_("How long before the start the visitor can still move or cancel."),
    )
    location_nl = models.CharField(_("where, in Dutch"), max_length=200)
    location_en = models.CharField(_("where, in English"), max_length=200)
    needs_code = models.BooleanField(
        _("confirm with a mailed code"),
        default=True,
        help_text=_("Whoever is not signed in types a code from the mail before the booking counts."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = CallTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("call type")
        verbose_name_plural = _("call types")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["host", "slug"], name="bookings_calltype_slug_per_host"),
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(5, 480), slot_interval_minutes__range=(5, DAY_MINUTES)),
                name="bookings_calltype_lengths",
                violation_error_message=_(
                    "A call lasts 5 minutes to 8 hours, with a start at least every day."
                ),
            ),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=480, buffer_after_minutes__lte=480),
                name="bookings_calltype_buffers",
                violation_error_message=_("A buffer is at most 8 hours."),
            ),
            models.CheckConstraint(
                condition=Q(
                    horizon_days__isnull=False, horizon_days__range=(1, 365), first_on=None, last_on=None
                )
                | Q(
                    horizon_days=None,
                    first_on__isnull=False,
                    last_on__isnull=False,
                    last_on__range=(F("first_on"), F("first_on") + LONGEST_RANGE),
                ),
                name="bookings_calltype_ahead",
                violation_error_message=_(
                    "Calls can be booked 1 to 365 days ahead, or between two dates at most a year apart."
                ),
            ),
            models.CheckConstraint(
                condition=(Q(max_per_day=None) | Q(max_per_day__gte=1))
                & (Q(max_per_week=None) | Q(max_per_week__gte=1)),
                name="bookings_calltype_limits",
                violation_error_message=_(
                    "A limit is at least one call. To stop offering this call, switch it off."
                ),
            ),
            models.CheckConstraint(
                condition=Q(
                    minimum_notice_minutes__lte=90 * DAY_MINUTES, cancel_notice_minutes__lte=30 * DAY_MINUTES
                ),
                name="bookings_calltype_notice",
                violation_error_message=_(
                    "The notice is at most 90 days, and that to move or cancel at most 30 days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the language of this moment."""
        return self.name_en if get_language() == "en" else self.name_nl

    def location(self, language: str) -> str:
        return self.location_en if language == "en" else self.location_nl

    @property
    def dates(self) -> tuple[date, date] | None:
        """The first and last date that can be booked, or nothing when it is a number of days ahead."""
        return (self.first_on, self.last_on) if self.first_on and self.last_on else None

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def buffer_before(self) -> timedelta:
        return timedelta(minutes=self.buffer_before_minutes)

    @property
    def buffer_after(self) -> timedelta:
        return timedelta(minutes=self.buffer_after_minutes)

    @property
    def cancel_notice(self) -> timedelta:
        return timedelta(minutes=self.cancel_notice_minutes)
