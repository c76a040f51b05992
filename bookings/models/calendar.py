"""A host, the kinds of call, and when the calendar is open or closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.common.ids import new_public_id

if TYPE_CHECKING:
    pass

DAY_MINUTES = 24 * 60
WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
HOURS_MESSAGE = _("The end must differ from the start; 00:00 to 00:00 is the whole day.")


def check_zone(name: str) -> None:
    if not times.is_zone(name):
        raise ValidationError(_("That is not a time zone we know; choose one such as Europe/Amsterdam."))


def minutes_between(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class Host(models.Model):
    """A coach whose calendar can be booked. Rules are wall times in `time_zone` (IANA)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="hosts",
        verbose_name=_("account"),
    )
    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail address"), max_length=254)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=times.HOST_ZONE, validators=[check_zone]
    )
    is_active = models.BooleanField(_("active"), default=True)
    # the feed of this host's calls: its address is made of these two
    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    feed_generation = models.PositiveIntegerField(default=0, editable=False)
    feed_shows_names = models.BooleanField(_("show names in the calendar feed"), default=False)

    class Meta:
        verbose_name = _("coach")
        verbose_name_plural = _("coaches")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


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
        _("days ahead"), default=30, validators=minutes_between(1, 365)
    )
    max_per_day = models.PositiveSmallIntegerField(_("at most a day"), null=True, blank=True, default=4)
    max_per_week = models.PositiveSmallIntegerField(_("at most a week"), null=True, blank=True)
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
                condition=Q(horizon_days__range=(1, 365)),
                name="bookings_calltype_horizon",
                violation_error_message=_("Calls can be booked 1 to 365 days ahead."),
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


def hours_constraint(name: str) -> models.CheckConstraint:
    """A window may be overnight; one that ends where it starts is nothing, unless it is the whole day."""
    return models.CheckConstraint(
        condition=~Q(start_time=F("end_time")) | Q(start_time="00:00"),
        name=name,
        violation_error_message=HOURS_MESSAGE,
    )


class AvailabilityRule(models.Model):
    """Weekly opening hours in the host's wall time. End 00:00 is the next midnight; an end before the start
    lies on the next day."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="rules", verbose_name=_("coach"))
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ["host", "weekday", "start_time"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)),
                name="bookings_rule_weekday",
                violation_error_message=_("Choose a day of the week."),
            ),
            hours_constraint("bookings_rule_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start_time:%H:%M}–{self.end_time:%H:%M}"


class DateOverride(models.Model):
    """Other hours for one host-local date; replaces all weekly hours of that date. No windows: closed."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="overrides", verbose_name=_("coach"))
    on = models.DateField(_("date"))

    class Meta:
        verbose_name = _("other hours on a date")
        verbose_name_plural = _("other hours on a date")
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "on"],
                name="bookings_override_once_per_date",
                violation_error_message=_("This date already has its own hours."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}"


class OverrideWindow(models.Model):
    """Opening hours on the date of an override."""

    override = models.ForeignKey(DateOverride, models.CASCADE, related_name="windows", verbose_name=_("date"))
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        ordering = ["start_time"]
        constraints = [hours_constraint("bookings_overridewindow_hours")]

    def __str__(self) -> str:
        return f"{self.start_time:%H:%M}–{self.end_time:%H:%M}"


class BlockedTime(models.Model):
    """Time the host closed by hand. Bare: buffers are not added to it."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="blocked", verbose_name=_("coach"))
    period = DateTimeRangeField(_("period"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("blocked time")
        verbose_name_plural = _("blocked time")
        ordering = ["period"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="bookings_blockedtime_start_before_end",
                violation_error_message=_("The end must come after the start."),
            )
        ]
        indexes = [GistIndex(fields=["host", "period"], name="bookings_blockedtime_period")]

    def __str__(self) -> str:
        return self.reason or f"{self.start_at:%Y-%m-%d %H:%M}"

    @property
    def start_at(self) -> datetime:
        lower: datetime = self.period.lower
        return lower

    @property
    def end_at(self) -> datetime:
        upper: datetime = self.period.upper
        return upper

    @property
    def title(self) -> str:
        return self.reason or str(_("Blocked"))

    @property
    def admin_page(self) -> str:
        """Where it is changed, with the way back to the week."""
        return reverse("admin:bookings_blockedtime_change", args=[self.pk]) + "?week"
