"""From how many scans on something is shown, and from how many on it stands. Pure, and without NumPy."""

from __future__ import annotations

from typing import Final, Literal

LEAST: Final = 5  # no figure is about fewer, nor can one be worked out that is
SHOWN: Final = 30  # fewer say nothing yet
FIRM: Final = 150  # until then it is provisional
REST_LOW: Final = 0.20  # below it, from FIRM on, a statement is replaced in the next version
RESCAN_AFTER_DAYS: Final = 60  # by then the mail that asks for another scan has gone

Standing = Literal["not_yet", "provisional", "firm"]


def standing(n: int) -> Standing:
    if n < SHOWN:
        return "not_yet"
    return "provisional" if n < FIRM else "firm"
