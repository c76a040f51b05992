"""One answer to what a time zone is, and dates as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from portal.common import times

AMSTERDAM = "Europe/Amsterdam"
LATE = datetime(2026, 5, 9, 22, 30, tzinfo=UTC)  # the tenth in Amsterdam


@pytest.mark.parametrize("name", ["Europe/Amsterdam", "Asia/Kathmandu", "America/Argentina/Salta", "UTC"])
def test_a_zone_that_may_be_chosen_is_known(name: str) -> None:
    assert times.is_zone(name)
    assert times.known_zone(name) == times.zone(name) == ZoneInfo(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "EST",
        "Etc/GMT+1",
        "Europe",
        "Europe/",
        "Europe/Rotterdam",
        "../etc/passwd",
        "/etc/passwd",
        "x" * 9999,
        "\0",
        "\ud800",
        "UTC+1",
        "localtime",
        "posixrules",
        "right/Europe/Amsterdam",
        "Europe/Amsterdam\n",
    ],
)
def test_what_nobody_may_choose_is_no_zone_anywhere(name: str) -> None:
    """Whoever reads is shown Dutch time; what is computed by it is refused with a sentence."""
    assert not times.is_zone(name)
    assert times.zone(name) == ZoneInfo(AMSTERDAM)
    with pytest.raises(
        times.UnknownZoneError, match="is not a time zone we know; use one such as"
    ) as refused:
        times.known_zone(name)
    assert len(str(refused.value)) < 160


def test_a_date_is_that_of_its_zone_in_the_readers_language() -> None:
    shapes = (times.short_date, times.short_day, times.short_month, times.full_date, times.month)
    told = {}
    for language in ("nl", "en"):
        with translation.override(language):
            told[language] = [shape(LATE, AMSTERDAM) for shape in shapes]
    assert told == {
        "nl": ["zo 10 mei 2026", "10 mei", "mei 2026", "10 mei 2026", "mei 2026"],
        "en": ["Sun 10 May 2026", "10 May", "May 2026", "10 May 2026", "May 2026"],
    }


def test_a_near_date_names_its_year_only_when_it_is_another(clock: Any) -> None:
    with translation.override("nl"):
        assert times.near_date(LATE, AMSTERDAM) == "10 mei"
        assert times.near_date(LATE.replace(year=2025), AMSTERDAM) == "10 mei 2025"
