"""Beside the score on somebody's own result: where it stands among others, or why to read it with care."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from assessments import quality
from assessments.models import Scan
from assessments.numbers import ranks
from assessments.numbers.models import Figures
from assessments.quality import Flag
from assessments.result import Result
from portal.common.panels import Panel


@dataclass(frozen=True)
class Standing:
    """Percentiles of the score and of the two ends of what it may be off; `others`: how many scans it is beside."""

    rank: int
    low: int
    high: int
    others: int


def beside_the_score(request: HttpRequest, scan: Scan, result: Result) -> Panel | None:
    """One query at most."""
    if found := flags_of(scan):
        return Panel("assessments/numbers/_with_care.html", {"reasons": [reason(flag) for flag in found]})
    standing = standing_of(scan, result)
    if standing is None:
        return None
    return Panel(
        "assessments/numbers/_among_others.html", {"standing": standing, "version": scan.instrument.version}
    )


def flags_of(scan: Scan) -> tuple[Flag, ...]:
    seconds = quality.seconds_taken(scan.started_at, scan.page_saved_at, scan.done_at)
    return quality.flags(scan.instrument.parsed(scan.language), scan.answers, seconds)


def reason(flag: Flag) -> str:
    return {
        Flag.CONTRADICTION: _(
            "With four keys or more your answers say yes both to a statement and to its opposite, or no to both."
        ),
        Flag.STRAIGHT_LINE: _(
            "You chose the same answer at least fifteen times in a row, also where a statement says the opposite."
        ),
        Flag.TOO_FAST: _(
            "You were done in less than 45 seconds, and reading thirty statements takes longer."
        ),
    }[flag]


def standing_of(scan: Scan, result: Result) -> Standing | None:
    """None without an overall score, or while too few did this version."""
    measure = result.overall
    if measure.shown is None or measure.low_shown is None or measure.high_shown is None:
        return None
    norms = Figures.objects.filter(instrument=scan.instrument_id, language="").values_list("norm", flat=True)
    counts = norms.first()
    if not counts or sum(counts) < ranks.LEAST:
        return None
    rank, low, high = (
        ranks.rank(counts, shown) for shown in (measure.shown, measure.low_shown, measure.high_shown)
    )
    return Standing(rank, low, high, others=sum(counts))
