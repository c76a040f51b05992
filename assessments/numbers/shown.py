"""How the stored figures read on the page: rows with what may be said of each. No queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments import change
from assessments.instrument import Instrument, Item, Key
from assessments.numbers.sizes import LEAST, REST_LOW, SHOWN, Standing, standing
from assessments.quality import Flag
from assessments.steps import STEPS
from portal.leads.funnel import figures

Content = Mapping[str, Any]
BEAM_Y, WHISKER_Y = 7, 5  # in a drawing of 24 pixels high


@dataclass(frozen=True)
class Measured:
    """`n` scans; how far that is enough."""

    n: int

    @property
    def standing(self) -> Standing:
        return standing(self.n)

    @property
    def is_shown(self) -> bool:
        return self.standing != "not_yet"

    @property
    def is_provisional(self) -> bool:
        return self.standing == "provisional"

    @property
    def missing(self) -> int:
        """How many more before it is shown."""
        return max(0, SHOWN - self.n)


@dataclass(frozen=True)
class ItemRow(Measured):
    item: Item
    key: Key
    mean: float | None
    sd: float | None
    absent: int | None  # per cent for whom it did not come up
    rest: float | None
    advice: str


@dataclass(frozen=True)
class KeyRow(Measured):
    key: Key
    mean: float | None
    sd: float | None
    sem: float | None
    alpha: float | None
    low: float | None
    high: float | None
    omega: float | None
    why: str  # there is no alpha or omega, or what to check

    @property
    def beam(self) -> dict[str, float]:
        """In per cent of a scale from 0 to 1."""
        ends = {"width": self.alpha, "low": self.low, "high": self.high}
        return {name: round(100 * min(1.0, max(0.0, end or 0.0)), 1) for name, end in ends.items()}


@dataclass(frozen=True)
class NormRow(Measured):
    """What results are worked out with now, and what is measured: taking it over is somebody's decision."""

    words: str
    now: float
    found: float | None
    digits: int


@dataclass(frozen=True)
class Stop:
    """`count` is None where it may not be shown; `left` stopped here, or on one of the pages up to `until`."""

    words: str
    count: int | None
    left: int | None = None
    share: int | None = None
    until: str = ""


def items(instrument: Instrument, content: Content) -> list[ItemRow]:
    found = content.get("items", {})
    return [
        item_row(item, instrument.key(item.key_slug), found.get(item.id, {})) for item in instrument.items
    ]


def item_row(item: Item, key: Key, found: Content) -> ItemRow:
    n, rest, absent = found.get("n", 0), found.get("rest"), found.get("missing")
    return ItemRow(
        n=n,
        item=item,
        key=key,
        mean=found.get("mean"),
        sd=found.get("sd"),
        absent=None if absent is None else int(100 * absent + 0.5),
        rest=rest,
        advice=advice(n, rest),
    )


def advice(n: int, rest: float | None) -> str:
    """What to do about a statement; nothing for nearly all."""
    if rest is None or rest >= REST_LOW:
        return ""
    return _("replace it in the next version") if standing(n) == "firm" else _("keep an eye on it")


def keys(instrument: Instrument, content: Content) -> list[KeyRow]:
    found = content.get("keys", {})
    return [key_row(key, found.get(key.slug, {})) for key in instrument.keys]


def key_row(key: Key, found: Content) -> KeyRow:
    alpha = found.get("alpha")
    names = ("mean", "sd", "sem", "low", "high", "omega")
    return KeyRow(
        n=found.get("n", 0),
        key=key,
        alpha=alpha,
        why=why(alpha, found.get("reason", "")),
        **{name: found.get(name) for name in names},
    )


def why(alpha: float | None, reason: str) -> str:
    if alpha is not None and alpha < 0:
        return _("Negative: check whether the opposite statement is turned round.")
    return {
        "no_spread": _("Everybody answers the same, so there is nothing to hang together."),
        "negative_covariance": _("No omega: two of the statements do not go up together."),
        "heywood": _("No omega: one statement would explain more than all of itself (a Heywood case)."),
    }.get(reason, "")


def flags(content: Content) -> list[tuple[str, int | None]]:
    """Why scans are left out, and how many; None for fewer than LEAST. One scan may have two reasons."""
    words = {
        Flag.CONTRADICTION: _("contradict themselves on four keys or more"),
        Flag.STRAIGHT_LINE: _("the same answer fifteen times in a row"),
        Flag.TOO_FAST: _("done in less than 45 seconds"),
    }
    counts = content.get("flags", {})
    return [(text, at_least(counts.get(flag, 0))) for flag, text in words.items()]


def at_least(count: int) -> int | None:
    """None where it is about one to four."""
    return count if count >= LEAST or not count else None


def stops(content: Content) -> list[Stop]:
    """Who stopped on which page, of those who do not go on any more; as `figures` lets it be seen."""
    line: Sequence[int] = content.get("reached", {}).get("line", [])
    if not line:
        return []
    last = len(line) - 1
    places = figures.shown([line], [0, last, *range(1, last)])
    words = [str(step.words) for step in STEPS[: len(line)]]
    return [stop(words, line, places, place) for place in range(len(line))] if places else []


def stop(words: Sequence[str], line: Sequence[int], places: Sequence[int], place: int) -> Stop:
    if place not in places:
        return Stop(words[place], None)
    later = [other for other in places if other > place]
    if not later:
        return Stop(words[place], line[place])
    left = line[place] - line[later[0]]
    until = words[later[0] - 1] if later[0] > place + 1 else ""
    return Stop(words[place], line[place], left, (200 * left + line[place]) // (2 * line[place]), until)


def sum_of(stops: Sequence[Stop]) -> dict[str, int] | None:
    """Who began are who stopped and who finished; None where one of them is not shown."""
    if not stops or stops[-1].count is None or stops[0].count is None:
        return None
    began, completed = stops[0].count, stops[-1].count
    return {"began": began, "completed": completed, "stopped": began - completed}


def norms(keys: Sequence[KeyRow], content: Content) -> list[NormRow]:
    """Beside the proposals of `assessments/change.py`."""
    rows = [row for row in keys if row.is_shown and row.sd is not None and row.alpha is not None]
    fewest = min((row.n for row in rows), default=0)
    overall, rescans = content.get("overall", {}), content.get("rescans", {})
    key, whole = change.KEY, change.OVERALL
    return [
        NormRow(fewest, _("Spread of a key (SD, mean of the keys)"), key.sd, mean_of([row.sd for row in rows]), 1),
        NormRow(fewest, _("Reliability of a key (alpha, mean of the keys)"), key.r,
                mean_of([row.alpha for row in rows]), 2),
        NormRow(overall.get("n", 0), _("Spread of the overall score (SD)"), whole.sd, overall.get("sd"), 1),
        NormRow(overall.get("n", 0), _("Reliability of the overall score (stratified alpha)"), whole.r,
                overall.get("alpha"), 2),
        NormRow(rescans.get("pairs", 0), _("What of a key’s distance to the mean comes back (r_w)"),
                change.R_WITHIN, rescans.get("within"), 2),
    ]  # fmt: skip


def mean_of(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
