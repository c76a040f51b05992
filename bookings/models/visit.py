"""Whose turn it is to be visited: of all calendars elsewhere, one at a time."""

from __future__ import annotations

from django.db import models

from bookings.models.source import CalendarSource
from portal.common.leases import Leased, LeasedQuerySet


class CalendarVisit(Leased):
    """The one row that says which calendar a worker is at.

    What a visit does is in `bookings.connected.visiting`.
    """

    ONLY = 1

    source = models.ForeignKey(CalendarSource, models.SET_NULL, null=True, related_name="+")
    writes = models.BooleanField(default=False)  # calls are written there; else it is read

    objects = LeasedQuerySet["CalendarVisit"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="bookings_calendarvisit_only_one"),
        ]

    def __str__(self) -> str:
        return f"{self.source or '–'}"
