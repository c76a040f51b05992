from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portal.leads.funnel import counting


def count(
    began_at: datetime,
    stopped: Mapping[int, int],
    *,
    language: str = "nl",
    came_from: Mapping[str, str] | None = None,
) -> None:
    """So many who began then stopped at each step, by its number."""
    counting.add(
        counting.Came(began_at, language, came_from or {}, 0, number)
        for number, people in stopped.items()
        for _person in range(people)
    )
