"""All rules over one run."""

from __future__ import annotations

from tests.reliability.checker import answers, healed, mailbox, times_free
from tests.reliability.checker.findings import Finding, Rule
from tests.reliability.checker.reading import Run

RULES: list[Rule] = [*times_free.RULES, *answers.RULES, *mailbox.RULES, *healed.RULES]


def name_of(rule: Rule) -> str:
    """As it stands in the findings."""
    return getattr(rule, "__name__", "").replace("_", " ")


def judge(run: Run) -> list[Finding]:
    return [finding for rule in RULES for finding in rule(run)]
