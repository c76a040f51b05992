"""Work that one worker at a time has in hand: rows under a lease, in one way for all of them.

Whoever claims a row gets a token and OUTBOX_LEASE_SECONDS, by the clock of the database: the only one that
all machines share. A claim waits for nobody, and what came of the work is marked by whoever still holds the
row. A worker that was killed leaves a lease that lapses.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

Row = TypeVar("Row", bound="Leased")
NO_LEASE = {"lease_until": None, "lease_token": None}


class LeasedQuerySet(models.QuerySet[Row]):
    def free(self) -> Self:
        """With no worker, or with one whose time is over."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=Now()))

    def lapsed(self) -> Self:
        """Left behind by a worker that stopped."""
        return self.filter(lease_until__lt=Now())

    def leased_as(self, row: Row) -> Self:
        """This row, as long as the lease it was claimed with is the one it has."""
        return self.filter(pk=row.pk, lease_token=row.lease_token)

    def claim(self, **fields: Any) -> Row | None:
        """Lease the first of these rows, and set `fields` with it; None when there is none.

        No two workers get the same row. One that somebody else has locked is passed over; the lock leaves
        room for rows that point at this one.
        """
        until = Now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
        with transaction.atomic():
            row = self.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
            if row is None:
                return None
            lease = {"lease_token": uuid.uuid4(), "lease_until": until}
            type(row)._base_manager.filter(pk=row.pk).update(**lease, **fields)
            row.refresh_from_db(fields=[*lease, *fields])
        return row


class Leased(models.Model):
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
