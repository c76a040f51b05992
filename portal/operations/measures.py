"""What /metrics says, as figures with names. Apps register theirs in `AppConfig.ready()`; never a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Sample:
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)  # states, never who


@dataclass(frozen=True)
class Measure:
    name: str
    words: str
    samples: Sequence[Sample]


Read = Callable[
    [datetime], Sequence[Measure]
]  # as it is at that instant, in as many queries whatever is there
_reads: list[Read] = []


def register(read: Read) -> None:
    if read not in _reads:
        _reads.append(read)


def everything(at: datetime) -> list[Measure]:
    return [measure for read in _reads for measure in read(at)]


def one(name: str, words: str, value: float) -> Measure:
    return Measure(name, words, [Sample(value)])


def by_state(name: str, words: str, counts: Mapping[str, int]) -> Measure:
    return Measure(name, words, [Sample(count, {"state": state}) for state, count in counts.items()])


def as_text(measures: Sequence[Measure]) -> str:
    """Prometheus' text format, version 0.0.4. All are gauges: what they count lies in the database and can go."""
    lines = []
    for measure in measures:
        lines += [f"# HELP {measure.name} {_escaped(measure.words)}", f"# TYPE {measure.name} gauge"]
        for sample in measure.samples:
            labels = ",".join(f'{key}="{_escaped(text, quote=True)}"' for key, text in sample.labels.items())
            lines.append(f"{measure.name}{{{labels}}} {sample.value:.12g}".replace("{} ", " "))
    return "\n".join(lines) + "\n"


def _escaped(text: str, *, quote: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quote else text
