"""When a host's calendar is open or closed."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from bookings.models.host import Host
from bookings.models.period import HasPeriod
from portal.common import times

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
APART_MESSAGE = _("These hours overlap others. Make them one, or leave time between them.")
LONGEST_BLOCK = timedelta(days=366)


def hours_constraint(name: str) -> models.CheckConstraint:
    """A window may be overnight; one that ends where it starts is nothing, unless it is the whole day."""
    return models.CheckConstraint(
        condition=~Q(start_time=F("end_time")) | Q(start_time="00:00"),
        name=name,
        violation_error_message=HOURS_MESSAGE,
    )


def apart_constraint(name: str, *, of: str, weekday: str | Value) -> ExclusionConstraint:
    """Hours of one host, or of one date, never share a minute; a night counts on into the next day, and
    Sunday's into Monday. Touching is fine. Checked at the end of the transaction, so that one form may move
    two windows at once."""
    seconds = Func(
        weekday,
        "start_time",
        "end_time",
        function="bookings_seconds_of_week",  # a multirange, made by a migration
        output_field=IntegerRangeField(),
    )
    return ExclusionConstraint(
        name=name,
        expressions=[(of, RangeOperators.EQUAL), (seconds, RangeOperators.OVERLAPS)],
        deferrable=Deferrable.DEFERRED,
        violation_error_message=APART_MESSAGE,
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
            apart_constraint("bookings_rule_no_overlap", of="host", weekday="weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start_time:%H:%M}–{self.end_time:%H:%M}"


class DateOverride(models.Model):
    """Other hours for one host-local date; replaces all weekly hours of that date. No windows: closed."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="overrides", verbose_name=_("coach"))
    on = models.DateField(_("date"))

    class Meta:
        verbose_name = _("day with other hours")
        verbose_name_plural = _("days with other hours")
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "on"],
                name="bookings_override_once_per_date",
                violation_error_message=_("This date already has its own hours."),
            )
        ]

    def __str__(self) -> str:
        return formats.date_format(self.on, "l j F Y")


class OverrideWindow(models.Model):
    override = models.ForeignKey(DateOverride, models.CASCADE, related_name="windows", verbose_name=_("date"))
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        ordering = ["start_time"]
        constraints = [
            hours_constraint("bookings_overridewindow_hours"),
            apart_constraint("bookings_overridewindow_no_overlap", of="override", weekday=Value(1)),
        ]

    def __str__(self) -> str:
        return f"{self.start_time:%H:%M}–{self.end_time:%H:%M}"


class BlockSeries(models.Model):
    """The same hours closed every week, by the coach's clock. Each week is a BlockedTime of its own, which may be moved
    or taken out; what is free asks nothing of the series."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="block_series", verbose_name=_("coach"))
    reason = models.CharField(_("reason"), max_length=120, blank=True, db_default="")
    first_on = models.DateField(_("first day"))
    until_on = models.DateField(_("until and including"))
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("weekly block")
        verbose_name_plural = _("weekly blocks")
        ordering = ["first_on", "start_time"]
        constraints = [
            hours_constraint("bookings_blockseries_hours"),
            models.CheckConstraint(
                condition=Q(until_on__range=(F("first_on"), F("first_on") + LONGEST_BLOCK)),
                name="bookings_blockseries_at_most_a_year",
                violation_error_message=_("That is longer than a year. Make it shorter."),
            ),
            models.UniqueConstraint(
                fields=["host", "first_on", "until_on", "start_time", "end_time"],
                name="bookings_blockseries_once",
                violation_error_message=_("This weekly block is there already."),
            ),
        ]

    def __str__(self) -> str:
        facts = {
            "day": formats.date_format(self.first_on, "l"),
            "hours": f"{self.start_time:%H:%M}–{self.end_time:%H:%M}",
        }
        return _("every %(day)s, %(hours)s") % facts


class BlockedTime(HasPeriod):
    """Time the host closed by hand. Bare: buffers are not added to it."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="blocked", verbose_name=_("coach"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    series = models.ForeignKey(
        BlockSeries, models.CASCADE, null=True, blank=True, related_name="blocks", editable=False
    )

    class Meta:
        verbose_name = _("blocked time")
        verbose_name_plural = _("blocked times")
        ordering = ["period"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="bookings_blockedtime_start_before_end",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(F("period__endswith") - F("period__startswith"), LONGEST_BLOCK),
                name="bookings_blockedtime_at_most_a_year",
                violation_error_message=_("That is longer than a year. Make it shorter."),
            ),
        ]
        indexes = [GistIndex(fields=["host", "period"], name="bookings_blockedtime_period")]

    def __str__(self) -> str:
        return self.reason or times.short_moment(self.start_at, self.host.time_zone)

    @property
    def title(self) -> str:
        return self.reason or str(_("Blocked"))

    @property
    def admin_page(self) -> str:
        return reverse("admin:bookings_blockedtime_change", args=[self.pk]) + "?week"
