"""What the doctor finds, and how it is kept from waiting for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.db import DatabaseError, connections

from portal.logs import masked

SECONDS = 3.0  # for each question


class State(Enum):
    GOOD = "OK"
    WRONG = "WRONG"
    UNKNOWN = "not checked"


@dataclass(frozen=True)
class Finding:
    what: str
    state: State
    words: str  # what is so; when it is wrong, what to do


@dataclass(frozen=True)
class Question:
    what: str
    ask: Callable[[], tuple[State, str]]
    if_database_is_away: str = "The database does not answer."


def good(words: str) -> tuple[State, str]:
    return State.GOOD, words


def wrong(words: str) -> tuple[State, str]:
    return State.WRONG, words


def unknown(words: str) -> tuple[State, str]:
    return State.UNKNOWN, words


def answers(questions: Iterable[Question], *, seconds: float = SECONDS) -> Iterator[Finding]:
    """All are asked at once, each in a thread that is left behind when it takes longer: the answers come in their
    order, and in little more than `seconds` together."""
    asked = [_Asked(question) for question in questions]
    until = time.monotonic() + seconds
    for one in asked:
        one.thread.join(max(0.0, until - time.monotonic()))
        state, words = one.found or wrong(
            f"No answer within {seconds:g} seconds: it hangs, or cannot be reached."
        )
        yield Finding(one.question.what, state, words)


class _Asked:
    def __init__(self, question: Question) -> None:
        self.question = question
        self.found: tuple[State, str] | None = None
        self.thread = threading.Thread(target=self._ask, daemon=True)
        self.thread.start()

    def _ask(self) -> None:
        try:
            self.found = answer_to(self.question)
        finally:
            connections.close_all()  # of this thread


def answer_to(question: Question) -> tuple[State, str]:
    try:
        return question.ask()
    except DatabaseError:
        return unknown(question.if_database_is_away)
    except Exception as error:  # one question that fails never keeps the others from being asked
        return wrong(f"{type(error).__name__}: {masked(str(error))[:300]}")
