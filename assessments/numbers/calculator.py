"""A process of its own that reads scans from its input and writes their figures: `python -m
assessments.numbers.calculator`. Pure: no Django, no database.

It is the only place where NumPy and SciPy are loaded. It ends when it is done, so that neither a web process nor a
worker keeps their memory (decision 0053). The input is one line of JSON (`Task`) and then what PostgreSQL's
COPY … (FORMAT BINARY) gives, whose rows all have the same length here and so are an array as they come.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, TextIO

import numpy as np
from numpy.typing import NDArray

from assessments.change import Norm, sem
from assessments.instrument import ITEMS_PER_KEY
from assessments.key_pages import LANGUAGES
from assessments.numbers import formulas, screening
from assessments.numbers.ranks import LEAST as LEAST_FOR_RANKS
from assessments.numbers.sizes import LEAST, RESCAN_AFTER_DAYS, SHOWN

HEAD, DAY = 19, 86400  # bytes before the first row; seconds
FACTS: Final = (("version", "i2"), ("language", "i2"), ("person", "i8"), ("done_at", "f8"), ("seconds", "f8"))
DIGITS: Final = 4


@dataclass(frozen=True)
class Task:
    """`keys`: [slug, [item ids], [whether it is reversed]]; `versions`: minor numbers; `as_of`: seconds since 1970;
    `since`: by version and language what is published now, [seconds since 1970, scans used]."""

    keys: list[tuple[str, list[str], list[bool]]]
    versions: list[int]
    as_of: float
    since: dict[str, dict[str, tuple[float, int]]]

    @property
    def is_reversed(self) -> NDArray[np.bool_]:
        return np.array([one for _slug, _ids, turned in self.keys for one in turned])


@dataclass(frozen=True)
class Scans:
    facts: NDArray[Any]
    raw: screening.Answers
    turned: screening.Scores
    keys: screening.Scores
    overall: screening.Scores
    flags: dict[Any, screening.Marks]

    def of(self, which: screening.Marks) -> Scans:
        return Scans(
            self.facts[which],
            self.raw[which],
            self.turned[which],
            self.keys[which],
            self.overall[which],
            {flag: marks[which] for flag, marks in self.flags.items()},
        )

    def __len__(self) -> int:
        return len(self.facts)

    @property
    def is_flagged(self) -> screening.Marks:
        marks: screening.Marks = np.any(np.stack(list(self.flags.values())), axis=0)
        return marks

    @property
    def is_complete(self) -> screening.Marks:
        marks: screening.Marks = np.all(self.raw > 0, axis=1)
        return marks


# ---- reading ------------------------------------------------------------------------------------------
def row_type(items: int) -> np.dtype[Any]:
    """A row of COPY: how many fields, then each with its length before it."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in (*FACTS, *((f"item{number}", "i2") for number in range(items))):
        fields += [(f"{name} length", ">i4"), (name, f">{kind}")]
    return np.dtype(fields)


def read(data: bytes, task: Task) -> Scans:
    items = len(task.keys) * ITEMS_PER_KEY
    kind = row_type(items)
    rows = np.frombuffer(data, kind, count=(len(data) - HEAD - 2) // kind.itemsize, offset=HEAD)
    if (rows["fields"] != len(FACTS) + items).any():
        raise ValueError("The rows of COPY have another length than was asked for.")
    raw = np.stack([rows[f"item{number}"] for number in range(items)], axis=1).astype(np.int16)
    raw[(raw < 1) | (raw > 5)] = 0
    facts = np.empty(len(rows), dtype=list(FACTS))
    for name, _kind in FACTS:
        facts[name] = rows[name]
    turned = screening.reversed_answers(raw, task.is_reversed)
    keys = screening.key_scores(turned)
    flags = screening.flagged(raw, facts["seconds"])
    return Scans(facts, raw, turned, keys, screening.overall_scores(keys), flags)


# ---- working out --------------------------------------------------------------------------------------
def work_out(task: Task, scans: Scans) -> dict[str, Any]:
    versions = {}
    for minor in task.versions:
        of_version = scans.of(scans.facts["version"] == minor)
        parts = {"": of_version} | {
            code: of_version.of(of_version.facts["language"] == place) for place, code in enumerate(LANGUAGES)
        }
        since = task.since.get(str(minor), {})
        versions[str(minor)] = {
            code: {"changed": changed(part, since.get(code)), "norm": norm(part), **figures(task, part)}
            for code, part in parts.items()
        }
    return {"versions": versions, "rescans": rescans(task, scans.of(~scans.is_flagged))}


def changed(scans: Scans, since: tuple[float, int] | None) -> int:
    """How many usable scans came or went since what is published now."""
    done_at = scans.facts["done_at"][~scans.is_flagged]
    if since is None:
        return len(done_at)
    came = int((done_at > since[0]).sum())
    return came + max(0, since[1] + came - len(done_at))


def figures(task: Task, scans: Scans) -> dict[str, Any]:
    used = scans.of(~scans.is_flagged)
    found = {
        "completed": len(scans),
        "used": len(used),
        "complete": int(used.is_complete.sum()),
        "flags": {flag: int(marks.sum()) for flag, marks in scans.flags.items()},
        "minutes": minutes(scans),
    }
    if len(used) >= SHOWN:
        found["items"] = items(task, used)
        found["keys"] = {slug: key(used, place) for place, (slug, *_rest) in enumerate(task.keys)}
        found["answers"] = {slug: triples(used, place) for place, (slug, *_rest) in enumerate(task.keys)}
    complete = used.of(used.is_complete)
    if len(complete) >= SHOWN:
        found["overall"] = overall(complete)
        found["covariances"] = [
            [plain(value) for value in row] for row in formulas.covariances(complete.turned)
        ]
    return found


def minutes(scans: Scans) -> list[float | None] | None:
    """A quarter was faster than the first, half than the second, three quarters than the third."""
    if len(scans) < LEAST:
        return None
    return [plain(value / 60) for value in np.quantile(scans.facts["seconds"], (0.25, 0.5, 0.75))]


def items(task: Task, scans: Scans) -> dict[str, dict[str, Any]]:
    found = {}
    groups = screening.by_key(scans.turned)
    for place, (_slug, ids, _turned) in enumerate(task.keys):
        group = groups[:, place]
        rest = formulas.item_rest(group[~np.isnan(group).any(axis=1)])
        for column, name in enumerate(ids):
            values = group[:, column][~np.isnan(group[:, column])]
            found[name] = {
                "n": len(values),
                "missing": plain(1 - len(values) / len(scans)),
                **(spread(values) | {"rest": plain(rest[column])} if len(values) >= SHOWN else {}),
            }
    return found


def key(scans: Scans, place: int) -> dict[str, Any]:
    """Of those who answered all three statements: what was left out is never filled in."""
    group = screening.by_key(scans.turned)[:, place]
    full = ~np.isnan(group).any(axis=1)
    n = int(full.sum())
    if n < SHOWN:
        return {"n": n}
    covariance = formulas.covariances(group[full])
    found, (total, reason) = formulas.alpha(covariance), formulas.omega(covariance)
    low, high = (None, None) if found is None else formulas.feldt(found, n, ITEMS_PER_KEY)
    scores = spread(scans.keys[full, place])
    error = None if found is None else sem(Norm(float(np.std(scans.keys[full, place], ddof=1)), found))
    return {
        "n": n,
        **scores,
        "alpha": plain(found),
        "low": plain(low),
        "high": plain(high),
        "omega": plain(total),
        "reason": reason,
        "sem": plain(error),
    }


def overall(complete: Scans) -> dict[str, Any]:
    covariance = formulas.covariances(complete.turned)
    places = [slice(start, start + ITEMS_PER_KEY) for start in range(0, len(covariance), ITEMS_PER_KEY)]
    blocks = [covariance[place, place] for place in places]
    found = formulas.stratified_alpha(
        [float(block.sum()) for block in blocks], list(map(formulas.alpha, blocks)), float(covariance.sum())
    )
    error = None if found is None else sem(Norm(float(np.std(complete.overall, ddof=1)), found))
    return {
        "n": len(complete),
        **spread(complete.overall),
        "alpha": plain(found),
        "sem": plain(error),
        "sed": None if error is None else plain(math.sqrt(2) * error),
    }


def triples(scans: Scans, place: int) -> dict[str, Any]:
    """How often each three raw answers to a key were given together; those that fewer than LEAST gave are one number.
    No line of it is a person: what somebody said to the other keys is not beside it."""
    counts = Counter(map(tuple, screening.by_key(scans.raw)[:, place].tolist()))
    shown = sorted([*answers, times] for answers, times in counts.items() if times >= LEAST)
    return {"shown": shown, "other": len(scans) - sum(row[-1] for row in shown)}


def norm(scans: Scans) -> list[int] | None:
    """How many have each overall score from 0 to 100, as shown; None below the size at which visitors see it."""
    used = scans.of(~scans.is_flagged & scans.is_complete)
    if len(used) < LEAST_FOR_RANKS:
        return None
    return np.bincount(np.floor(used.overall + 0.5).astype(int), minlength=101).tolist()  # type: ignore[no-any-return]


# ---- who did it again ---------------------------------------------------------------------------------
def rescans(task: Task, used: Scans) -> dict[str, Any]:
    """The first two scans of each person who has two, of one major version. A person counts once, however often they
    came back, so that the pairs are independent."""
    own = used.of((used.facts["person"] > 0) & ~np.isnan(used.overall))
    order = np.lexsort((own.facts["done_at"], own.facts["person"]))
    person = own.facts["person"][order]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = person[1:] != person[:-1]
    starts = np.flatnonzero(is_first)
    has_second = np.append(starts[1:], len(order)) - starts >= 2
    first, second = order[starts[has_second]], order[starts[has_second] + 1]
    done_at = own.facts["done_at"]
    found: dict[str, Any] = {"pairs": len(first)}
    if len(first) >= SHOWN:
        found |= agreement(own, first, second)
        found["days"] = plain(float(np.median(done_at[second] - done_at[first])) / DAY)
    scores, was_due = (
        own.overall[order[starts]],
        task.as_of - done_at[order[starts]] >= RESCAN_AFTER_DAYS * DAY,
    )
    groups = {"returned": scores[was_due & has_second], "stayed": scores[was_due & ~has_second]}
    found |= {name: {"n": len(group)} for name, group in groups.items()}
    if min(map(len, groups.values())) >= LEAST:
        found |= {name: {"n": len(group), **spread(group)} for name, group in groups.items()}
    return found


def agreement(own: Scans, first: NDArray[Any], second: NDArray[Any]) -> dict[str, Any]:
    r = formulas.correlation(own.overall[first], own.overall[second])
    interval = None if r is None else formulas.fisher(r, len(first))
    keys = formulas.within(own.keys[first], own.keys[second])
    slope, error = keys or (None, None)
    wide = None if error is None else formulas.Z * error
    return {
        "r": plain(r),
        "r_interval": interval and [plain(end) for end in interval],
        "within": plain(slope),
        "within_interval": None
        if slope is None or wide is None
        else [plain(slope - wide), plain(slope + wide)],
    }


def spread(values: NDArray[np.float64]) -> dict[str, float | None]:
    return {"mean": plain(float(values.mean())), "sd": plain(float(np.std(values, ddof=1)))}


def plain(value: float | None) -> float | None:
    """For JSON, which knows no NaN; as exact as anybody reads, and no more."""
    return None if value is None or not math.isfinite(value) else round(float(value), DIGITS)


def main(source: BinaryIO, target: TextIO) -> None:
    task = Task(**json.loads(source.readline()))
    json.dump(work_out(task, read(source.read(), task)), target)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout)
