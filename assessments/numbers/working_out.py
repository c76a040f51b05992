"""The figures of every version, worked out and put away. This process reads no scan itself: it leads what PostgreSQL
copies out straight into the calculator, a process that ends (decision 0053).

Two figures that differ by one scan would give away that scan. So what is published is only replaced when nothing, or
at least LEAST scans, came or went since (`publish`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q
from psycopg import sql

from assessments.instrument import PAGE_COUNT
from assessments.key_pages import LANGUAGES
from assessments.models import SELF_SCAN, Instrument, Scan
from assessments.numbers.models import Figures
from assessments.numbers.sizes import LEAST, SHOWN
from assessments.steps import BEGUN
from portal.common import times

CALCULATOR = [sys.executable, "-m", "assessments.numbers.calculator"]
ENVIRONMENT = ("PATH", "VIRTUAL_ENV", "LANG", "TMPDIR", "SYSTEMROOT")  # and no secret of ours
SECONDS = (
    120  # that a hundred thousand scans may take on a busy machine; the other child sends the mail meanwhile
)
OPEN = timedelta(days=1)  # who began so lately may still go on
TOTAL = ""  # the language of both together
# Fixed lengths and never null, so that the calculator reads the rows as an array. One row of which the JSON is broken
# must not keep all figures from all others: a time that is none is passed over, an answer that is none is a gap.
COPY = sql.SQL("""
    COPY (
        SELECT CASE instrument_id {minors} END::int2,
            CASE language WHEN 'nl' THEN 0 ELSE 1 END::int2,
            coalesce(user_id, 0)::int8,
            extract(epoch FROM completed_at)::float8,
            extract(epoch FROM coalesce(
                (SELECT max(CASE WHEN value LIKE '____-__-__T__:__:__%' THEN value::timestamptz END) FROM
                    jsonb_each_text(CASE jsonb_typeof(page_saved_at) WHEN 'object' THEN page_saved_at END)),
                completed_at
            ) - started_at)::float8,
            {answers}
        FROM assessments_scan
        WHERE status = 'completed' AND instrument_id IN ({instruments}) AND completed_at <= {as_of}
    ) TO STDOUT (FORMAT BINARY)
""")
# strpos() is 1, 3, 5, 7 or 9 for an answer, 0 for what is no single figure of them, NULL for none
ANSWER = sql.SQL("coalesce((strpos('|1|2|3|4|5|', '|' || (answers->>{item}) || '|') + 1) / 2, 0)::int2")


class CalculatorError(Exception):
    """The calculator ended without figures; what it said is in the log of this process."""


def work_out() -> int:
    """Bring the figures of all published versions up to date. How many versions it were."""
    by_major: dict[int, list[Instrument]] = defaultdict(list)
    for row in Instrument.objects.filter(slug=SELF_SCAN, status=Instrument.Status.PUBLISHED).defer("content"):
        by_major[row.number[0]].append(row)
    for rows in by_major.values():
        work_out_major(rows)
    return sum(map(len, by_major.values()))


def work_out_major(rows: Sequence[Instrument]) -> None:
    """Of versions with the same statements, so that somebody's two scans compare across them."""
    as_of = times.now()
    published = {
        (one.instrument_id, one.language): one for one in Figures.objects.filter(instrument__in=rows)
    }
    found = calculate(rows, published, as_of)
    for row in rows:
        publish(row, published, found["versions"][str(row.number[1])], found["rescans"], as_of)


# ---- the calculator -----------------------------------------------------------------------------------
def calculate(
    rows: Sequence[Instrument], published: Mapping[tuple[int, str], Figures], as_of: datetime
) -> dict[str, Any]:
    keys = rows[-1].parsed(LANGUAGES[0]).keys
    since: dict[str, dict[str, tuple[float, int]]] = defaultdict(dict)
    for row in rows:
        for code in (TOTAL, *LANGUAGES):
            if (before := published.get((row.pk, code))) is not None:
                since[str(row.number[1])][code] = (before.computed_at.timestamp(), before.used)
    task = {
        "keys": [
            (key.slug, [item.id for item in key.items], [item.reverse for item in key.items]) for key in keys
        ],
        "versions": [row.number[1] for row in rows],
        "as_of": as_of.timestamp(),
        "since": since,
    }
    items = [item.id for key in keys for item in key.items]
    return ask_calculator(task, copied(rows, items, as_of))


def copied(rows: Sequence[Instrument], items: Sequence[str], as_of: datetime) -> sql.Composed:
    minors = [sql.SQL("WHEN {} THEN {}").format(row.pk, row.number[1]) for row in rows]
    return COPY.format(
        minors=sql.SQL(" ").join(minors),
        answers=sql.SQL(", ").join(ANSWER.format(item=item) for item in items),
        instruments=sql.SQL(", ").join(sql.Literal(row.pk) for row in rows),
        as_of=as_of,
    )


def ask_calculator(task: Mapping[str, Any], statement: sql.Composed) -> dict[str, Any]:
    """What it works out of the rows of that COPY. It is ended whatever happens here, at a time limit too."""
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    process = subprocess.Popen(
        CALCULATOR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        env=environment | {"OPENBLAS_NUM_THREADS": "1"},  # sums over thirty columns want no threads
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(task).encode() + b"\n")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
            with cursor.copy(statement) as rows:
                for chunk in rows:
                    process.stdin.write(chunk)
        process.stdin.close()
        answer = process.stdout.read()
        if process.wait():
            raise CalculatorError(f"The calculator ended with {process.returncode}.")
    except BrokenPipeError as error:
        raise CalculatorError("The calculator ended before it had read all scans.") from error
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    return json.loads(answer)  # type: ignore[no-any-return]


# ---- what may be shown --------------------------------------------------------------------------------
@transaction.atomic
def publish(
    row: Instrument,
    published: Mapping[tuple[int, str], Figures],
    found: Mapping[str, dict[str, Any]],
    rescans: dict[str, Any],
    as_of: datetime,
) -> None:
    """Put away what may be seen beside what was seen before. The languages apart only when each has enough, or none:
    otherwise the whole minus one of them would be about the few of the other."""
    before = published.get((row.pk, TOTAL))
    if is_too_near(before, found[TOTAL]):
        return
    content = {**found[TOTAL], "rescans": settled(before, rescans), "reached": reached(row, as_of)}
    put_away(row, TOTAL, content, as_of)
    sizes = [found[code]["used"] for code in LANGUAGES]
    if min(sizes) < SHOWN:
        Figures.objects.filter(instrument=row, language__in=LANGUAGES).delete()
    elif not any(is_too_near(published.get((row.pk, code)), found[code]) for code in LANGUAGES):
        for code in LANGUAGES:
            put_away(row, code, found[code], as_of)


def is_too_near(before: Figures | None, found: Mapping[str, Any]) -> bool:
    """Whether both would be about the same scans but one to four. Below SHOWN nothing was said about answers."""
    return before is not None and before.used >= SHOWN and 0 < found["changed"] < LEAST


def settled(before: Figures | None, rescans: dict[str, Any]) -> dict[str, Any]:
    """Who came back are few: what is said of them waits for enough new ones by itself."""
    kept = before.content.get("rescans") if before else None
    if not kept:
        return rescans
    moved = [abs(size - was) for size, was in zip(sizes_of(rescans), sizes_of(kept), strict=True)]
    return kept if any(0 < by < LEAST for by in moved) else rescans


def sizes_of(rescans: Mapping[str, Any]) -> tuple[int, int, int]:
    return rescans["pairs"], rescans["returned"]["n"], rescans["stayed"]["n"]


def put_away(row: Instrument, language: str, found: Mapping[str, Any], as_of: datetime) -> None:
    content = {name: part for name, part in found.items() if name not in ("changed", "norm")}
    Figures.objects.update_or_create(
        instrument=row,
        language=language,
        defaults={
            "computed_at": as_of,
            "used": found["used"],
            "content": content,
            "norm": None if language else found["norm"],
        },
    )


def reached(row: Instrument, as_of: datetime) -> dict[str, Any]:
    """How many of those who began lately came to each page, and finished; apart from them the `open` ones, who may
    still go on. Lately: for so long scans of nobody's are kept; of those before only accounts are left, who finished.
    """
    period = settings.RETENTION["anonymous_scans"]
    scans = Scan.objects.filter(instrument=row, started_at__gt=as_of - period, started_at__lte=as_of)
    may_go_on = Q(status=Scan.Status.IN_PROGRESS, started_at__gt=as_of - OPEN)
    counted = (
        scans.order_by()
        .values_list("reached", "status")
        .annotate(n=Count("pk", filter=~may_go_on), still=Count("pk", filter=may_go_on))
    )
    stopped = [0] * PAGE_COUNT
    completed = still_open = 0
    for far, status, count, still in counted:
        still_open += still
        if status == Scan.Status.COMPLETED:
            completed += count
        else:
            stopped[min(max(far, BEGUN), PAGE_COUNT) - BEGUN] += count
    return {"line": list(accumulate([completed, *reversed(stopped)]))[::-1], "open": still_open}
