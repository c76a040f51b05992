"""How far a scan is, as its page draws it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from assessments.instrument import Instrument

STEP, WIDTH = 16.9, 15.5  # from one mark to the next, and of one; percentages of the drawing


def marks(instrument: Instrument, answers: Mapping[str, int | None]) -> list[dict[str, float]]:
    """One for each page, in percentages of the drawing, filled as far as its statements are answered."""
    return [
        {
            "number": number,
            "x": STEP * (number - 1),
            "done": WIDTH * sum(item.id in answers for item in items) / len(items),
        }
        for number, items in enumerate(instrument.pages, 1)
    ]
