"""The demo leader of the drawn pages: answers that give exactly the scores shown there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assessments.instrument import Instrument, parse

FOLDER = Path(__file__).parents[2] / "assessments" / "instruments"
FILES = {"1.0": "team_trust_self_scan_v1.yaml", "1.1": "team_trust_self_scan_v1_1.yaml"}

# Sum of the three answers after reversal (3 to 15); the score is (sum - 3) / 12 * 100.
NOW = {
    "naming": 11,
    "letting-go": 6,
    "steady": 10,
    "clear": 13,
    "self-honesty": 12,
    "discomfort": 9,
    "courage": 10,
    "open": 12,
    "advance": 7,
    "recognition": 11,
}
BEFORE = NOW | {
    "naming": 9,
    "letting-go": 8,
    "clear": 12,
    "self-honesty": 8,
    "open": 11,
    "recognition": 12,
}


@cache
def content(version: str = "1.1") -> Mapping[str, Any]:
    return yaml.safe_load((FOLDER / FILES[version]).read_text())


@cache
def instrument(language: str = "nl", version: str = "1.1") -> Instrument:
    return parse(content(version), language)


def answers(sums: Mapping[str, int]) -> dict[str, int | None]:
    """Answers whose reversed sums per key are `sums`, alike within a key: nobody contradicts themselves."""
    given: dict[str, int | None] = {}
    for key in instrument().keys:
        rest = sums[key.slug]
        for left, item in zip((2, 1, 0), key.items, strict=True):
            value = -(-rest // (left + 1))
            rest -= value
            given[item.id] = 6 - value if item.reverse else value
    return given


def same_answer(value: int | None) -> dict[str, int | None]:
    """One column ticked all the way down."""
    return {item.id: value for item in instrument().items}
