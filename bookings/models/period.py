"""What takes a stretch of time."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _


class HasPeriod(models.Model):
    """Start and end of `period`, which is half-open and bounded: each table states that as a constraint."""

    period = DateTimeRangeField(_("period"))

    class Meta:
        abstract = True

    @property
    def start_at(self) -> datetime:
        lower: datetime = self.period.lower
        return lower

    @property
    def end_at(self) -> datetime:
        upper: datetime = self.period.upper
        return upper
