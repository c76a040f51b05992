"""Whether what has happened to a person since keeps the steps of a sequence from leaving. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Happened:
    kind: str
    at: datetime


@dataclass(frozen=True)
class Stop:
    """An event that stops: what takes it back (a call that is cancelled), and what ends it (the call was
    held). Until either it stops, however long ago it was; ended, it stops what began before it."""

    kind: str
    undone_by: tuple[str, ...] = ()
    ended_by: tuple[str, ...] = ()


def stopped_by(stops: Iterable[Stop], newest_first: Sequence[Happened], begun_at: datetime) -> str:
    """The kind of event that stops a run begun at that instant, or ''."""
    for stop in stops:
        kinds = {stop.kind, *stop.undone_by, *stop.ended_by}
        last = next((one for one in newest_first if one.kind in kinds), None)
        if last is None or last.kind in stop.undone_by:
            continue
        if last.kind == stop.kind and (stop.ended_by or last.at >= begun_at):
            return stop.kind
        if last.kind in stop.ended_by and any(
            one.kind == stop.kind and one.at >= begun_at for one in newest_first
        ):
            return stop.kind
    return ""
