"""The copy of a call in the host's own calendar: what should be there, what is, and what differs."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from bookings.models.source import CalendarSource
from portal.common import times
from portal.common.leases import Leased, LeasedQuerySet


class CalendarCopyQuerySet(LeasedQuerySet["CalendarCopy"]):
    def due(self, now: datetime) -> CalendarCopyQuerySet:
        """What is to be written or taken away now, and is with no worker.

        A calendar that was switched off is left alone, except that an erased person leaves it.
        """
        counts = Q(source__is_active=True) | Q(booking__email="")
        waits = Q(status__in=[CalendarCopy.Status.WAITING, CalendarCopy.Status.FAILED])
        due = self.free().filter(waits, counts, next_try_at__lte=now)
        return due.exclude(source__sealed_collection="")

    def differing(self) -> CalendarCopyQuerySet:
        return self.filter(status=CalendarCopy.Status.DIFFERS)

    def ask_again(self, now: datetime, **fields: object) -> int:
        """Make the worker write them (anew): a new version, so that one who is at the old cannot mark it
        done."""
        return self.update(
            status=CalendarCopy.Status.WAITING,
            version=F("version") + 1,
            next_try_at=now,
            attempts=0,
            last_problem="",
            there="",
            there_start_at=None,
            there_end_at=None,
            **fields,
        )


class CalendarCopy(Leased):
    """One call in one calendar. The row is written with the call; a worker makes the calendar follow.

    `written_*` is what was last offered to the server, `there_*` what was found there instead. `version` goes
    up at each wish, so that a worker who comes back late does not mark a newer wish as fulfilled.
    """

    class Wanted(models.TextChoices):
        PRESENT = "present", _("in the calendar")
        ABSENT = "absent", _("not in the calendar")

    class Status(models.TextChoices):
        WAITING = "waiting", _("not written yet")
        WRITTEN = "written", _("in the calendar")
        REMOVED = "removed", _("taken out of the calendar")
        FAILED = "failed", _("cannot be written")
        DIFFERS = "differs", _("differs")

    class There(models.TextChoices):
        TIME = "time", _("at another time")
        GONE = "gone", _("not there any more")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="copies", verbose_name=_("booking"))
    source = models.ForeignKey(
        CalendarSource, models.CASCADE, related_name="copies", verbose_name=_("connected calendar")
    )
    wanted = models.CharField(_("wanted"), max_length=10, choices=Wanted, default=Wanted.PRESENT)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    version = models.PositiveIntegerField(default=0)
    # where it is: a name inside the collection, never an address
    file_name = models.CharField(max_length=250)
    etag = models.TextField(blank=True, default="")
    written_sequence = models.PositiveIntegerField(null=True)
    written_start_at = models.DateTimeField(null=True)
    written_end_at = models.DateTimeField(null=True)
    written_digest = models.CharField(max_length=64, blank=True, default="")
    written_at = models.DateTimeField(_("written at"), null=True)
    there = models.CharField(_("there"), max_length=10, choices=There, blank=True, default="")
    there_start_at = models.DateTimeField(null=True)
    there_end_at = models.DateTimeField(null=True)
    there_etag = models.TextField(blank=True, default="")
    # the worker
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=times.now)
    last_problem = models.CharField(
        _("problem"), max_length=20, choices=CalendarSource.Problem, blank=True, default=""
    )

    objects = CalendarCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of a call")
        verbose_name_plural = _("copies of calls")
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "source"],
                name="bookings_copy_one_per_calendar",
                violation_error_message=_("This call already has a copy in this calendar."),
            ),
            models.CheckConstraint(
                condition=Q(status="differs") & ~Q(there="") | ~Q(status="differs") & Q(there=""),
                name="bookings_copy_says_what_differs",
                violation_error_message=_("Only a copy that differs has a difference."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["source", "next_try_at"],
                condition=Q(status__in=["waiting", "failed"]),
                name="bookings_copy_due",
            ),
            models.Index(  # what a coach is shown of them: a few, among those of years
                fields=["status"],
                condition=Q(status__in=["waiting", "failed", "differs"]),
                name="bookings_copy_astray",
            ),
            models.Index(
                fields=["source", "status"],
                include=["wanted", "written_start_at"],
                name="bookings_copy_by_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_status_display()}"

    @property
    def is_wanted(self) -> bool:
        return self.wanted == self.Wanted.PRESENT
