"""The kinds of call a host offers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import BooleanField, F, Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bookings.models.host import Host

HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
REMINDERS_AT_MOST = 5
REMINDER_LEAST, REMINDER_MOST = 15, 14 * DAY_MINUTES
LONGEST_RANGE = timedelta(days=365)  # from the first to the last of the dates
LONGEST_CALL_MINUTES = 480
E164 = r"^\+[1-9][0-9]{6,14}$"


def minutes_between(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


def day_before() -> list[int]:
    return [DAY_MINUTES]


def hour_before() -> list[int]:
    return [HOUR_MINUTES]


class AreReminders(Func):
    """Whether an array holds at most five numbers of minutes, each from a quarter of an hour to two weeks."""

    parts = [
        f"cardinality(%(expressions)s) <= {REMINDERS_AT_MOST}",
        f"{REMINDER_LEAST} <= ALL(%(expressions)s)",
        f"{REMINDER_MOST} >= ALL(%(expressions)s)",
        "array_position(%(expressions)s, NULL) IS NULL",
    ]
    template = f"({' AND '.join(parts)})"
    output_field = BooleanField()

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, list[Any]]:
        """The array stands in every part, so its parameters do too."""
        sql, params = super().as_sql(*args, **kwargs)
        return sql, [*params] * len(self.parts)


class CallTypeQuerySet(models.QuerySet["CallType"]):
    def bookable(self) -> CallTypeQuerySet:
        """What visitors may book, with its host; the first is the one the pages offer."""
        return self.filter(is_active=True, host__is_active=True).select_related("host").order_by("pk")


class CallType(models.Model):
    """A kind of call and its rules. Later edits never touch existing bookings, reminders excepted."""

    class Location(models.TextChoices):
        PHONE_HOST_CALLS = "phone_host_calls", _("By phone: you call the visitor")
        PHONE_VISITOR_CALLS = "phone_visitor_calls", _("By phone: the visitor calls you")
        ADDRESS = "address", _("At an address")
        LINK = "link", _("Online, always by the same link")
        LINK_LATER = "link_later", _("Online, by a link you give for each call")
        JITSI = "jitsi", _("Online, in a private Jitsi room for each call")
        TEXT = "text", _("In your own words")

    host = models.ForeignKey(Host, models.PROTECT, related_name="call_types", verbose_name=_("coach"))
    slug = models.SlugField(_("short name"), max_length=40)
    name_nl = models.CharField(_("name in Dutch"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    duration_minutes = models.PositiveSmallIntegerField(
        _("duration in minutes"), default=30, validators=minutes_between(5, LONGEST_CALL_MINUTES)
    )
    slot_interval_minutes = models.PositiveSmallIntegerField(
        _("minutes between starts"), default=30, validators=minutes_between(5, DAY_MINUTES)
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(
        _("buffer before in minutes"), default=15, validators=minutes_between(0, 480)
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        _("buffer after in minutes"), default=15, validators=minutes_between(0, 480)
    )
    minimum_notice_minutes = models.PositiveIntegerField(
        _("latest booking, in minutes before"),
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
        _("latest move or cancel, in minutes before"),
        default=240,
        validators=minutes_between(0, 30 * DAY_MINUTES),
        help_text=_("How long before the start the visitor can still move or cancel."),
    )
    location_kind = models.CharField(
        _("where"), max_length=20, choices=Location, default=Location.PHONE_HOST_CALLS
    )  # fields of another kind are kept, but say nothing
    location_nl = models.CharField(_("address or words, in Dutch"), max_length=200, blank=True)
    location_en = models.CharField(_("address or words, in English"), max_length=200, blank=True)
    location_phone = models.CharField(_("the coach’s number"), max_length=16, blank=True)  # E.164
    location_url = models.URLField(
        _("the link"), max_length=300, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    # Minutes before the start; whole days are days by the host's clock.
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(),
        verbose_name=_("reminders to the visitor"),
        default=day_before,
        blank=True,
    )
    coach_reminder_minutes = ArrayField(
        models.PositiveIntegerField(),
        verbose_name=_("reminders to the coach"),
        default=hour_before,
        blank=True,
    )
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
            models.CheckConstraint(
                condition=Q(location_kind__in=["phone_host_calls", "jitsi", "link_later"])
                | Q(location_kind="phone_visitor_calls", location_phone__regex=E164)
                | Q(location_kind="link", location_url__startswith="https://")
                | (Q(location_kind="address") & ~Q(location_nl="", location_en=""))
                | (Q(location_kind="text") & ~Q(location_nl="") & ~Q(location_en="")),
                name="bookings_calltype_place_is_filled_in",
                violation_error_message=_("Fill in what belongs to the place you chose."),
            ),
            models.CheckConstraint(
                condition=AreReminders(F("reminder_minutes")),
                name="bookings_calltype_reminders",
                violation_error_message=_(
                    "At most five reminders, from a quarter of an hour to two weeks before."
                ),
            ),
            models.CheckConstraint(
                condition=AreReminders(F("coach_reminder_minutes")),
                name="bookings_calltype_coach_reminders",
                violation_error_message=_(
                    "At most five reminders, from a quarter of an hour to two weeks before."
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
        """The address or words; an address may be there in one language only."""
        own, other = self.location_nl, self.location_en
        if language == "en":
            own, other = other, own
        return own or other

    @property
    def asks_phone(self) -> bool:
        return self.location_kind == CallType.Location.PHONE_HOST_CALLS

    @property
    def dates(self) -> tuple[date, date] | None:
        """The first and last date that can be booked, or nothing when it is a number of days ahead."""
        return (self.first_on, self.last_on) if self.first_on and self.last_on else None

    def last_bookable_on(self, today: date) -> date:
        """The last day on which a call can start, host-local, like `today`."""
        return self.last_on or today + timedelta(days=self.horizon_days or 0)

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
