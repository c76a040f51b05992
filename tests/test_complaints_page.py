"""docs/complaints.md names a proof for every complaint, and every proof exists."""

from __future__ import annotations

import ast
import re

from django.conf import settings

PAGE = (settings.BASE_DIR / "docs" / "complaints.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
PROOFS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))


def test_each_of_the_twenty_five_has_a_reason_and_a_proof() -> None:
    assert sorted(int(number) for number, *_rest in ROWS) == list(range(1, 26))
    assert [number for number, _what, why, proof in ROWS if not why.strip() or "::test_" not in proof] == []


def test_every_test_it_names_exists() -> None:
    missing = []
    for path, name in PROOFS:
        file = settings.BASE_DIR / path
        tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
        known = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        missing += [] if name in known else [f"{path}::{name}"]
    assert PROOFS
    assert missing == []
