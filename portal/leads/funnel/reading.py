"""The counts as lines: of a month, and of a part of it. A constant number of queries, whatever was counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from portal.common import times
from portal.leads.funnel.figures import OTHER
from portal.leads.funnel.models import Source, Tally
from portal.leads.funnel.steps import steps

OPEN = timedelta(days=1)  # who began yesterday or today may still go on
Tallies = QuerySet[Tally]  # that whoever reads may see
Key = tuple[date, str]  # the first day of a month, and a value


def today() -> date:
    return times.local(times.now(), times.HOST_ZONE).date()


def is_open(month: date) -> bool:
    """Whether some who began in this month may still go on: its lines then begin with all who began."""
    return month.replace(day=1) >= (today() - OPEN).replace(day=1)


def months(tallies: Tallies) -> list[date]:
    """From the first in which anybody began up to this one, the newest first."""
    # everybody is counted there, and by its index the ends are found at once among the days of years
    found = tallies.filter(by=Tally.By.NOTHING).aggregate(first=Min("on"), last=Max("on"))
    this = today()
    first, last = min(found["first"] or this, this), max(found["last"] or this, this)
    numbers = range(12 * last.year + last.month - 1, 12 * first.year + first.month - 2, -1)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def lines(tallies: Tallies, first: date, until: date, by: str = "") -> dict[Key, list[int]]:
    """Of those who began from `first` up to (not with) `until`, by month and value: how many came to each step.
    Of an open month all who began come first, and the steps are of those who had their time."""
    rows = tallies.filter(by=by, on__gte=first, on__lt=until).order_by()
    young = Q(on__gte=today() - OPEN)
    counted = rows.annotate(month=TruncMonth("on")).values_list("month", "value", "step")
    began = defaultdict[Key, int](int)
    settled = defaultdict[Key, dict[int, int]](dict)
    for month, value, step, all_of_them, late in counted.annotate(
        n=Sum("count"), y=Sum("count", filter=young)
    ):
        if step == steps()[0].number:
            began[month, value] = all_of_them
        settled[month, value][step] = all_of_them - (late or 0)
    return {
        key: [*([began[key]] if is_open(key[0]) else []), *(at.get(step.number, 0) for step in steps())]
        for key, at in settled.items()
    }


def names(by: str, month: date, values: Iterable[str]) -> dict[str, str]:
    """What each part is called. A source without a name yet has none, as it is shown with the others."""
    known = {"": _("not known"), OTHER: _("other")}
    if by == Tally.By.LANGUAGE:
        return known | {code: str(words) for code, words in settings.LANGUAGES}
    return known | dict(Source.objects.filter(month=month).exclude(name="").values_list("digest", "name"))
