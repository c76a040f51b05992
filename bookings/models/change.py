"""That something changed on which the free times depend."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

KEPT = timedelta(minutes=10)  # by the database's clock; nothing asks for what changed longer ago


class CalendarChangeQuerySet(models.QuerySet["CalendarChange"]):
    def old(self) -> CalendarChangeQuerySet:
        return self.filter(at__lt=Now() - KEPT)


class CalendarChange(models.Model):
    """One statement that wrote to a table from which the page with free times is made.

    Triggers of those tables add it (migration 0019), so that no way of writing can forget to.
    """

    at = models.DateTimeField(db_default=Now())

    objects = CalendarChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "calendar change"
        verbose_name_plural = "calendar changes"

    def __str__(self) -> str:
        return f"{self.pk}"
