"""How many scans came how far: each keeps how far it came and up to where that was counted (decision 0036)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from assessments.models import Scan, ScanQuerySet
from assessments.steps import KEPT
from portal.leads.funnel import counting
from portal.leads.funnel.steps import Reached

BATCH = 1000


def count_up(scans: ScanQuerySet | None = None) -> int:
    """Count what is new, of these scans or of all; exactly once, however many do it at once. How many it were."""
    done = 0
    while counted := _count_some(scans):
        done += counted
    return done


@transaction.atomic
def _count_some(scans: ScanQuerySet | None) -> int:
    new = Scan.objects.uncounted() if scans is None else scans.uncounted()
    locked = new.order_by("pk").select_for_update(of=("self",), skip_locked=scans is None)
    rows = list(locked.values_list("pk", "started_at", "language", "came_from", "counted", "reached")[:BATCH])
    counting.add(counting.Came(*facts) for _pk, *facts in rows)
    Scan.objects.filter(pk__in=[pk for pk, *_facts in rows]).update(counted=F("reached"))
    return len(rows)


def settle(reached: Mapping[int, list[Reached]]) -> None:
    """Set anew how far the finished scans of these people came. What followed counts for the last scan before it."""
    scans = Scan.objects.completed().filter(user__in=reached).order_by("user_id", "completed_at", "pk")
    rows = [*scans.only("user_id", "completed_at", "reached"), None]
    for scan, later in pairwise(rows):
        assert scan is not None
        is_last = later is None or later.user_id != scan.user_id
        until = None if later is None or is_last else later.completed_at
        own = (
            one.number
            for one in reached[scan.user_id or 0]
            if scan.done_at <= one.began_at and (until is None or one.began_at < until)
        )
        number = max([KEPT, *own])
        if number != scan.reached:
            Scan.objects.filter(pk=scan.pk).update(reached=number)


def uncount(scans: ScanQuerySet) -> None:
    """As if these had never been: for what was only shown."""
    scans.update(reached=0)
    count_up(scans)


def forget(scans: QuerySet[Any]) -> None:
    """What was counted stays; what was not yet is counted before they go."""
    count_up(Scan.objects.filter(pk__in=scans.values("pk")))
    scans.delete()
