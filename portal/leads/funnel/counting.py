"""Adding up who came how far. Whoever keeps that of somebody says what is new, once, and may say it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.crypto import salted_hmac

from portal.common import came_from, times
from portal.leads.funnel.figures import LEAST, OTHER
from portal.leads.funnel.models import Source, Tally
from portal.leads.funnel.steps import steps

MOST_SOURCES = 20  # of a month; whoever comes by one more is among the others
# One statement that adds to all of them, always in the same order, so that two never wait for each other.
ADD = """
    INSERT INTO funnel_tally (by, "on", value, step, count)
    SELECT * FROM unnest(%s::varchar[], %s::date[], %s::varchar[], %s::smallint[], %s::integer[])
    ON CONFLICT (by, "on", value, step) DO UPDATE SET count = funnel_tally.count + EXCLUDED.count
"""
TAKE = """
    UPDATE funnel_tally AS kept SET count = GREATEST(0, kept.count + new.count)
    FROM unnest(%s::varchar[], %s::date[], %s::varchar[], %s::smallint[], %s::integer[])
        AS new (by, "on", value, step, count)
    WHERE (kept.by, kept."on", kept.value, kept.step) = (new.by, new."on", new.value, new.step)
"""
Cell = tuple[str, date, str, int]  # by, on, value, step


@dataclass(frozen=True)
class Came:
    """Somebody who began at that moment came from step `was` (0 for not counted yet) to step `now`."""

    began_at: datetime
    language: str
    came_from: Mapping[str, str]
    was: int
    now: int

    @property
    def on(self) -> date:
        return times.local(self.began_at, times.HOST_ZONE).date()

    @property
    def month(self) -> date:
        return self.on.replace(day=1)

    @property
    def source(self) -> str:
        return came_from.source(self.came_from)


@transaction.atomic
def add(came: Iterable[Came]) -> None:
    """All of it or nothing, in the transaction in which the caller notes that it is counted."""
    came = list(came)
    sources = known_sources(came)
    counts = Counter[Cell]()
    for one in came:
        low, high = sorted((one.was, one.now))
        passed = [step.number for step in steps() if low < step.number <= high]
        source = sources.get((one.month, one.source), OTHER) if one.source else ""
        for by, value in (("", ""), (Tally.By.LANGUAGE, one.language), (Tally.By.SOURCE, source)):
            for number in passed:
                counts[str(by), one.on, value, number] += 1 if one.now > one.was else -1
    write(ADD, {cell: count for cell, count in counts.items() if count > 0})
    write(TAKE, {cell: count for cell, count in counts.items() if count < 0})
    name_sources(came, sources)


def write(statement: str, counts: Mapping[Cell, int]) -> None:
    if counts:
        rows = [(*cell, counts[cell]) for cell in sorted(counts)]
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


# ---- sources -----------------------------------------------------------------------------------------------
def digest_of(source: str) -> str:
    return salted_hmac("portal.leads.funnel.source", source, algorithm="sha256").hexdigest()


def known_sources(came: Iterable[Came]) -> dict[tuple[date, str], str]:
    """The digest of each that has a place of its own in its month, made for it while there is one left. Who was
    counted among the others stays there: a month that is full never gets room again."""
    wanted = {(one.month, one.source): digest_of(one.source) for one in came if one.source}
    kept = set(
        Source.objects.filter(month__in={month for month, _source in wanted}).values_list("month", "digest")
    )
    taken = Counter(month for month, _digest in kept)
    new = list[Source]()
    for (month, _source), digest in sorted(wanted.items()):
        if (month, digest) not in kept and taken[month] < MOST_SOURCES:
            taken[month] += 1
            kept.add((month, digest))
            new.append(Source(month=month, digest=digest))
    Source.objects.bulk_create(new, ignore_conflicts=True)
    return {key: digest for key, digest in wanted.items() if (key[0], digest) in kept}


def name_sources(came: Iterable[Came], sources: Mapping[tuple[date, str], str]) -> None:
    unnamed = Source.objects.filter(name="", digest__in=set(sources.values()))
    words = {(one.month, sources[one.month, one.source]): one.source for one in came
             if (one.month, one.source) in sources}  # fmt: skip
    for row in unnamed:
        if (row.month, row.digest) in words and began_by(row) >= LEAST:
            Source.objects.filter(pk=row.pk).update(name=words[row.month, row.digest])


def began_by(source: Source) -> int:
    first = steps()[0].number
    rows = Tally.objects.filter(by=Tally.By.SOURCE, value=source.digest, step=first)
    in_month = rows.filter(on__year=source.month.year, on__month=source.month.month)
    return in_month.aggregate(n=Sum("count"))["n"] or 0
