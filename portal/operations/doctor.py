"""All that an operator wants to know when something is wrong, or before anything is."""

from __future__ import annotations

from collections.abc import Iterator

from portal.operations import checks_here, checks_outside
from portal.operations.findings import Finding, Question, answer_to, answers


def examine(*, mail_to: str = "") -> Iterator[Finding]:
    """Some seconds, and up to a minute more with a mail, whatever is down."""
    yield from answers([*checks_here.QUESTIONS, *checks_outside.QUESTIONS])
    if mail_to:
        state, words = answer_to(Question("A mail", lambda: checks_outside.mail_arrives(mail_to)))
        yield Finding(f"A mail to {mail_to}", state, words)
