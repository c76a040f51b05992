"""How long what is about a person is kept: one rule each, carried out from here and said on the privacy page.

An app registers its rules in `AppConfig.ready()`; the periods stand in settings.RETENTION.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import ngettext

BATCH = 500  # rows in one transaction
MOST_BATCHES = 20  # in one run; the next run goes on where this one stopped
MOST_SECONDS = 10  # of a rule in one run, of the thirty that a task has
YEAR = 365

logger = logging.getLogger(__name__)


def delete(rows: QuerySet[Any]) -> None:
    rows.delete()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Keep `models` for settings.RETENTION[name], and no longer.

    `old` finds the rows from before an instant; `forget` erases up to BATCH of them (deletes, unless part of
    a row is kept). `words` is the line on the privacy page; empty for what needs none. `oldest_by` is the column of
    an index that finds them among the rows of years. `one_by_one`: each is a transaction of its own, as an erasure is,
    which takes a second where many people were: hundreds in one would never come to an end within a task's time.
    """

    name: str
    models: tuple[str, ...]  # "app.Model"
    old: Callable[[datetime], QuerySet[Any]]
    forget: Callable[[QuerySet[Any]], object] = delete
    words: str | Promise = ""
    oldest_by: str = ""
    one_by_one: bool = False

    @property
    def period(self) -> timedelta:
        period: timedelta = settings.RETENTION[self.name]
        return period


_rules: list[Rule] = []


def register(*rules: Rule) -> None:
    _rules.extend(rules)


def rules() -> list[Rule]:
    order = list(settings.RETENTION)
    return sorted(_rules, key=lambda rule: order.index(rule.name))


def counted(at: datetime) -> Iterator[tuple[Rule, int]]:
    """How much each rule would forget at the instant `at`. Nothing is changed."""
    for rule in rules():
        yield rule, rule.old(at - rule.period).count()


def carry_out(at: datetime) -> Iterator[tuple[Rule, int]]:
    """Forget what is too old at the instant `at`, rule by rule; a rule that fails does not stop the others."""
    for rule in rules():
        try:
            yield rule, _forget(rule, at - rule.period)
        except Exception:
            logger.exception("What %s says could not be forgotten", rule.name)


def _forget(rule: Rule, before: datetime) -> int:
    done, last, end = 0, None, monotonic() + MOST_SECONDS
    for _batch in range(MOST_BATCHES):
        found = next_batch(rule, before)
        if not found or found == last:  # what cannot go now stays for the next run
            break
        for rows in [[one] for one in found] if rule.one_by_one else [found]:
            if monotonic() > end:
                return done
            with transaction.atomic():
                rule.forget(rule.old(before).model._base_manager.filter(pk__in=rows))
            done += len(rows)
        last = found
    return done


def next_batch(rule: Rule, before: datetime) -> list[Any]:
    """Not by primary key: PostgreSQL would walk along it through all that stays."""
    rows = rule.old(before).order_by(*filter(None, [rule.oldest_by]))
    return sorted(rows.values_list("pk", flat=True)[:BATCH])


def span(period: timedelta) -> str:
    """'10 minutes', '24 hours', '30 days', '24 months', '5 years'."""
    seconds, days = int(period.total_seconds()), period.days
    for unit, size in ((_years, 3 * YEAR), (_months, YEAR), (_days, 2)):
        if days >= size and (unit is _days or days % YEAR == 0):
            return unit(days)
    if seconds % 3600 == 0 and seconds:
        hours = seconds // 3600
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    minutes = max(1, seconds // 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _years(days: int) -> str:
    count = days // YEAR
    return ngettext("%(count)d year", "%(count)d years", count) % {"count": count}


def _months(days: int) -> str:
    count = days // YEAR * 12
    return ngettext("%(count)d month", "%(count)d months", count) % {"count": count}


def _days(days: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
