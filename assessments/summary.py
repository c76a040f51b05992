"""What other apps may know of a result. The only module of `assessments` that bookings import.

Answers are not in it, on purpose: nobody but the person ever sees one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import translation

from assessments import result as results
from assessments import words
from assessments.cookies import browser_scans
from assessments.models import Instrument, Scan
from assessments.result import Result, Row
from portal.common import times


@dataclass(frozen=True)
class SummaryLine:
    name: str
    short: str
    slug: str
    number: int
    score: float | None
    shown: int | None
    low: float | None
    high: float | None
    band: str  # the band's label in words, empty without a score
    is_weakest: bool
    is_strongest: bool
    change: str  # '+8', '−17', '0'; empty without an earlier score
    change_label: str  # assessments.change.Label
    change_words: str
    is_real: bool  # probably grown, or more

    @property
    def has_dropped(self) -> bool:
        return self.change_label in ("likely_down", "certain_down")

    @property
    def is_certain(self) -> bool:
        """Only this may stand in a headline or a mail."""
        return self.change_label in ("certain_up", "certain_down")

    @property
    def key(self) -> SummaryLine:
        """A line reads like a row: `row.key.name` in the beams of page and mail."""
        return self


@dataclass(frozen=True)
class ResultSummary:
    scan_public_id: str
    completed_at: datetime
    verdict: tuple[str, ...]  # about the person, not to the person
    overall_score: float | None
    overall: int | None
    overall_low: int | None
    overall_high: int | None
    overall_change: str
    overall_change_label: str
    overall_change_words: str
    previous_completed_at: datetime | None
    reworded: str  # said beside a comparison of two minor versions, else empty
    lines: tuple[SummaryLine, ...]  # in the order of the instrument
    weakest: tuple[str, ...]  # names; all that are tied
    strongest: tuple[str, ...]
    pattern_name: str
    pattern_text: str
    coach_questions: tuple[tuple[str, str], ...]  # (name of a weakest key, the question to open with)
    topics: tuple[tuple[str, str], ...]  # (slug, name) of all keys, weakest first
    weakest_slugs: tuple[str, ...]

    @property
    def is_even(self) -> bool:
        """No key stands out, so none is named as high or low; so too when there are too few scores."""
        return not any(line.is_weakest for line in self.lines)

    @property
    def lowest(self) -> tuple[SummaryLine, ...]:
        """The two keys that carry least, lowest first; ties in the order of the instrument."""
        return tuple(_by_score(self.lines)[:2])

    @property
    def highest(self) -> tuple[SummaryLine, ...]:
        """The two keys that carry most, highest first, and never one of `lowest`."""
        others = _by_score(self.lines)[2:]
        return tuple(sorted(others, key=lambda line: -(line.score or 0))[:2])

    @property
    def changed(self) -> tuple[SummaryLine, ...]:
        """The keys whose difference with the scan before is probably no chance, what has grown first."""
        real = (line for line in self.lines if line.change_label not in ("", "noise"))
        return tuple(sorted(real, key=lambda line: not line.is_real))


@dataclass(frozen=True)
class CallFacts:
    """What the pages of the scan may say about a call; `bookings` know it.

    `find_first_start` looks for the first free time only when a page wants to name it.
    """

    minutes: int
    find_first_start: Callable[[], datetime | None]


@dataclass(frozen=True)
class Agreed:
    """What somebody agreed with the coach, in a call before a scan."""

    text: str
    language: str
    day: str  # of the call, in words
    coach: str


_agreed: list[Callable[[int, datetime], Agreed | None]] = []


def register_agreed(func: Callable[[int, datetime], Agreed | None]) -> None:
    """Let the app that plans calls say what a person agreed last, before an instant."""
    _agreed[:] = [func]


def agreed_before(scan: Scan) -> Agreed | None:
    """For the page that only the person of this scan opens; a scan of nobody's has none."""
    return _agreed[0](scan.user_id, scan.done_at) if _agreed and scan.user_id else None


@dataclass(frozen=True)
class Moment:
    """Something on the time line of somebody's scans."""

    at: datetime
    kind: str  # of what: 'call' or 'promise'; its mark in the drawing
    words: str  # what happened, in the language of the page, for the person's own eyes


_moments: list[Callable[[int, datetime], list[Moment]]] = []


def register_moments(func: Callable[[int, datetime], list[Moment]]) -> None:
    """Let a room, or the app that plans calls, say what somebody did since an instant. One query at most."""
    _moments.append(func)


def moments_since(user_id: int, since_at: datetime) -> list[Moment]:
    """Oldest first. For the page of this person alone."""
    found = [moment for func in _moments for moment in func(user_id, since_at)]
    return sorted(found, key=lambda moment: moment.at)


_call_facts: list[Callable[[], CallFacts | None]] = []


def register_call_facts(func: Callable[[], CallFacts | None]) -> None:
    """Let the app that plans calls say how long one takes and when the first free time is."""
    _call_facts[:] = [func]


def call_facts() -> CallFacts | None:
    return _call_facts[0]() if _call_facts else None


def key_names(language: str) -> dict[str, str]:
    """{slug: name} of the ten keys, in their order."""
    return {key.slug: key.name for key in Instrument.objects.current().parsed(language).keys}


def key_phrases(language: str) -> dict[str, str]:
    """{slug: noun phrase} of the ten keys, for inside a sentence, in their order."""
    return {key.slug: key.phrase for key in Instrument.objects.current().parsed(language).keys}


def browser_scan(request: HttpRequest) -> str | None:
    """Public id of the completed scan this visitor may share: the newest of the account or this browser."""
    user_id, in_browser = request.user.pk, browser_scans(request)
    if user_id is None and not in_browser:
        return None
    visible = Scan.objects.visible_to(user_id=user_id, browser_scans=in_browser)
    return visible.completed().latest_first().values_list("public_id", flat=True).first()


def weakest_of_browser(request: HttpRequest) -> str | None:
    """Slug of the key that carries least in the result this visitor may share, "" when all carry alike; None without
    a result. One query at most."""
    user_id, in_browser = request.user.pk, browser_scans(request)
    if user_id is None and not in_browser:
        return None
    visible = Scan.objects.visible_to(user_id=user_id, browser_scans=in_browser)
    newest = visible.completed().latest_first().with_instrument().first()
    if newest is None:
        return None
    return next((row.key.slug for row in result_of(newest, "nl").rows if row.is_weakest), "")


def latest_completed_for(*, user_id: int | None = None, scan_public_id: str | None = None) -> str | None:
    """Public id of an account's newest completed scan, or of that very scan when it is completed."""
    scans = Scan.objects.completed()
    scans = scans.for_user(user_id) if user_id is not None else scans.filter(public_id=scan_public_id or "")
    return scans.latest_first().values_list("public_id", flat=True).first()


def days_of(scan_public_ids: Iterable[str], zone: str) -> dict[str, str]:
    """{public id: the day on which that scan was completed}, in words. The caller checks rights."""
    scans = Scan.objects.completed().filter(public_id__in=set(scan_public_ids))
    return {
        public_id: times.full_date(at, zone)
        for public_id, at in scans.values_list("public_id", "completed_at")
        if at
    }


def summary(scan_public_id: str, language: str) -> ResultSummary | None:
    """The result of a completed scan in one language; None when it is gone. The caller checks rights."""
    scan = Scan.objects.completed().with_instrument().filter(public_id=scan_public_id).first()
    if scan is None:
        return None
    previous = previous_scan(scan)
    with translation.override(language):
        return _summary(scan, result_of(scan, language, previous), previous)


def summaries(scan_public_ids: Iterable[str], language: str) -> dict[str, ResultSummary]:
    """By public id the results of completed scans, each by itself without a comparison, in one query; what is gone
    is left out. The caller checks rights."""
    scans = Scan.objects.completed().with_instrument().filter(public_id__in=set(scan_public_ids))
    with translation.override(language):
        return {scan.public_id: _summary(scan, result_of(scan, language), None) for scan in scans}


def weakest_keys(
    scan_public_ids: Iterable[str], language: str, *, count: int = 2
) -> dict[str, tuple[str, ...]]:
    """{public id: short names of the `count` keys that carry least, lowest first}, all scans in one query.

    A scan that is gone, or that has no scores, is left out. The caller checks rights.
    """
    scans = Scan.objects.completed().with_instrument().filter(public_id__in=set(scan_public_ids))
    results_of = {scan.public_id: result_of(scan, language).weakest_first[:count] for scan in scans}
    return {public_id: tuple(row.key.short for row in rows) for public_id, rows in results_of.items() if rows}


def result_of(scan: Scan, language: str, previous: Scan | None = None) -> Result:
    instrument = scan.instrument.parsed(language)
    return results.build(instrument, scan.frozen_scores, previous.frozen_scores if previous else None)


def previous_scan(scan: Scan) -> Scan | None:
    """The same person's scan before this one, of the same major version: others are never subtracted."""
    if scan.user_id is None:
        return None
    earlier = Scan.objects.for_user(scan.user_id).completed().comparable_with(scan.instrument)
    return earlier.filter(completed_at__lt=scan.done_at).with_instrument().latest_first().first()


def _summary(scan: Scan, result: Result, previous: Scan | None) -> ResultSummary:
    return ResultSummary(
        scan_public_id=scan.public_id,
        completed_at=scan.done_at,
        verdict=tuple(words.verdict(result, to_coach=True)),
        overall_score=result.overall.score,
        overall=result.overall.shown,
        overall_low=result.overall.low_shown,
        overall_high=result.overall.high_shown,
        overall_change=words.signed(result.overall.change),
        overall_change_label=result.overall.change_label,
        overall_change_words=words.change_words(result.overall),
        previous_completed_at=previous.done_at if previous else None,
        reworded=words.reworded(scan.instrument.version, previous.instrument.version) if previous else "",
        lines=tuple(_line(row, result) for row in result.rows),
        weakest=tuple(row.key.name for row in result.weakest),
        strongest=tuple(row.key.name for row in result.strongest),
        pattern_name=result.pattern.name if result.pattern else "",
        pattern_text=result.pattern.text if result.pattern else "",
        coach_questions=tuple((row.key.name, row.key.coach_question) for row in result.weakest),
        topics=tuple((row.key.slug, row.key.name) for row in (*result.weakest_first, *result.missing)),
        weakest_slugs=tuple(row.key.slug for row in result.weakest),
    )


def _by_score(lines: Iterable[SummaryLine]) -> list[SummaryLine]:
    return sorted((line for line in lines if line.score is not None), key=lambda line: line.score or 0)


def _line(row: Row, result: Result) -> SummaryLine:
    return SummaryLine(
        name=row.key.name,
        short=row.key.short,
        slug=row.key.slug,
        number=row.key.number,
        score=row.score,
        shown=row.shown,
        low=row.low,
        high=row.high,
        band=result.instrument.band_labels.of(row.band) if row.band else "",
        is_weakest=row.is_weakest,
        is_strongest=row.is_strongest,
        change=words.signed(row.change),
        change_label=row.change_label,
        change_words=words.change_words(row),
        is_real=row.has_grown,
    )
