"""The public holidays of the Netherlands, by a library that carries its data with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import holidays

LANGUAGES = {"nl": "nl", "en": "en_US"}  # ours, and what the library calls it


@dataclass(frozen=True)
class Holiday:
    """`is_optional`: a holiday that is a day off in some places and years only (Liberation Day)."""

    on: date
    name: str
    is_optional: bool


def dutch_holidays(first_on: date, last_on: date, *, language: str) -> list[Holiday]:
    """The holidays between two dates, both inclusive, in order, named in `language` (nl or en)."""
    years = range(first_on.year, last_on.year + 1)
    found: dict[date, Holiday] = {}
    for category in ("optional", "public"):  # public last: every fifth year Liberation Day is a day off
        named = holidays.country_holidays(
            "NL", years=years, language=LANGUAGES.get(language, "nl"), categories=(category,)
        )
        for on, name in named.items():
            if first_on <= on <= last_on:
                found[on] = Holiday(on, name, is_optional=category == "optional")
    return [found[on] for on in sorted(found)]
