"""docs/reliability.md: every failure, invariant and threat stands there once, and every proof it names exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

PAGE = (settings.BASE_DIR / "docs" / "reliability.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([RIT]\d+) \|(.*)\|$", re.MULTILINE)
ROWS = [(number, [cell.strip() for cell in cells.split(" | ")]) for number, cells in ROW.findall(PAGE)]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PLANNED = (
    [f"R{number:02}" for number in range(1, 47)]
    + [f"I{number}" for number in range(1, 13)]
    + [f"T{number:02}" for number in range(1, 31)]
)


@cache
def names_in(path: str) -> frozenset[str]:
    file: Path = settings.BASE_DIR / path
    if not file.exists():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_failure_invariant_and_threat_stands_there_once() -> None:
    assert [number for number, _cells in ROWS] == PLANNED


def test_each_says_what_holds_and_names_a_proof() -> None:
    assert [number for number, cells in ROWS if len(cells) != 3 or not all(cells)] == []
    assert [number for number, cells in ROWS if not PROOF.search(cells[-1])] == []


def test_every_test_it_names_exists() -> None:
    named = set(PROOF.findall(PAGE))
    assert sorted("::".join(one) for one in named if one[1] not in names_in(one[0])) == []
    assert PAGE.count("::test_") == len(PROOF.findall(PAGE)), "one is named in another way"


def test_every_command_it_names_exists() -> None:
    makefile = (settings.BASE_DIR / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    assert sorted(set(re.findall(r"`make ([\w-]+)", PAGE)) - targets) == []


def test_every_rule_of_the_chaos_run_it_names_is_one_of_the_checkers() -> None:
    files = (settings.BASE_DIR / "tests" / "reliability" / "checker").glob("*.py")
    paths = [f"{file.relative_to(settings.BASE_DIR)}" for file in files]
    rules = {name.replace("_", " ") for path in paths for name in names_in(path)}
    said = " ".join(re.findall(r"In the chaos run: ([^|]+)", PAGE))
    named = set(re.findall(r"`([a-z ]+)`", said))
    assert named
    assert sorted(named - rules) == []


def test_what_does_not_hold_as_planned_says_why() -> None:
    assert [number for number, said in sentences() if LESS.search(said) and "because" not in said] == []


LESS = re.compile(r"\b(partly|not yet|otherwise than planned)\b", re.IGNORECASE)


def sentences() -> Iterator[tuple[str, str]]:
    for number, cells in ROWS:
        yield from ((number, said) for cell in cells for said in re.split(r"(?<=\.) ", cell))
