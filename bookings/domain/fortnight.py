"""Which two weeks a page with times shows, and from which day the pages beside it do. Dates are the visitor's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 14


@dataclass(frozen=True)
class Fortnight:
    """Two weeks from `first_on` on, of which the days `free` have a start. `earlier_from` and `later_from` are where
    the pages before and after begin; None when nothing is free there."""

    first_on: date
    free: tuple[date, ...]
    earlier_from: date | None
    later_from: date | None

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first_on + timedelta(days=number) for number in range(DAYS))


def fortnight(free: Sequence[date], asked_from: date | None = None) -> Fortnight | None:
    """The two weeks from the day that was asked for, else from the first free day; None when nothing is free from
    there on. `free` goes up. A page without a single free day is passed over."""
    ahead = [on for on in free if asked_from is None or on >= asked_from]
    if not ahead:
        return None
    first_on = (
        asked_from if asked_from and free[0] < asked_from > ahead[0] - timedelta(days=DAYS) else ahead[0]
    )
    last_on = first_on + timedelta(days=DAYS - 1)
    return Fortnight(
        first_on=first_on,
        free=tuple(on for on in ahead if on <= last_on),
        earlier_from=_page_that_ends(free, [on for on in free if on < first_on]),
        later_from=next((on for on in ahead if on > last_on), None),
    )


def _page_that_ends(free: Sequence[date], before: Sequence[date]) -> date | None:
    """Where the page begins whose last day is the last free one before; never before the first of all."""
    return max(free[0], before[-1] - timedelta(days=DAYS - 1)) if before else None
