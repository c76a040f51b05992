"""The tables of docs/reliability.md are what the folders say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reliability.checker.sample import went_well
from tests.reliability.report import DOCUMENT, main, put

NAMES = ("chaos", "teeth", "catalogue", "rehearsal", "scale")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    copy = tmp_path / "reliability.md"
    copy.write_text(DOCUMENT.read_text(encoding="utf-8"), encoding="utf-8")
    return copy


def test_runs_without_a_finding_bound_the_rate_and_every_figure_is_counted(
    tmp_path: Path, document: Path
) -> None:
    for seed in ("1", "2"):
        went_well().write(tmp_path / "runs" / seed)
    assert main([str(tmp_path / "runs")], document) == 0
    text = document.read_text(encoding="utf-8")
    assert "**The checker found nothing.** No failure in 2 runs" in text
    assert "below 3/2" in text
    assert "| confirm | 4 | 0 | 2 |" in text  # of each run: Noor, Bram, and Bram's lost answer
    assert "| hold | 6 | 4 | 0 |" in text
    assert "| kill -9 of worker | 2 |" in text
    assert "16 mails arrived, 2 of them copies; of 2 mails the row says" in text
    assert "until all that was due had left: 4.0 s" in text


def test_a_finding_is_said_and_no_bound_is_given(tmp_path: Path, document: Path) -> None:
    story = went_well()
    story.seconds_to_drain = 90
    story.write(tmp_path / "runs" / "3")
    main([str(tmp_path / "runs")], document)
    text = document.read_text(encoding="utf-8")
    assert "**The checker found something in 1 of 1 runs:** due mail has left (1)." in text
    assert "rule of three" not in text


def test_a_mutant_that_was_not_found_says_so(tmp_path: Path, document: Path) -> None:
    caught = {"words": "Nothing.", "rules": ["no overlap"], "tried": 4, "says": ""}
    results = [
        {"name": "found", "seeds": 4} | caught,
        {"name": "missed", "seeds": 0} | caught | {"rules": []},
    ]
    (tmp_path / "teeth.json").write_text(json.dumps(results))
    main([str(tmp_path)], document)
    text = document.read_text(encoding="utf-8")
    assert "| `found`: Nothing. | 4 | no overlap |" in text
    assert "| `missed`: Nothing. | **not found** in 4 | - |" in text


def test_the_document_has_a_place_for_everybody() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name in NAMES:
        assert put(text, name, "x") != put(text, name, "y")
    with pytest.raises(ValueError, match="no place for nobody"):
        put(text, "nobody", "x")
