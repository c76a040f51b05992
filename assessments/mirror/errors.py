"""What can go wrong with a round, each something a person can be told in a sentence."""

from __future__ import annotations

from enum import Enum


class RoundError(Exception):
    """Something a person can be told in a sentence."""


class RoundClosedError(RoundError):
    """The round takes no answers, guesses or invitations any more, or no answers behind a link for everybody."""


class RoundGoneError(RoundClosedError):
    """The leader withdrew the round, or erased the account: nothing of it is left."""


class RoundFullError(RoundError):
    """The round has as many answers as it may."""


class AnsweredError(RoundError):
    """This invitation, or this form, was used before."""


class NotClosedError(RoundError):
    """The round closes at the time that was said when it opened, and nothing is known of it before."""


class CannotOpenError(RoundError):
    """A round cannot be opened now: `why`, and the sentence for whoever wants to, in the language that is active."""

    class Why(Enum):
        SCAN = "scan"  # no completed scan of this person
        COUNCIL = "council"  # nobody said that the works council agreed, where there is one
        CLOSING = "closing"  # too soon or too far away
        OPEN = "open"  # another is open
        SOON = "soon"  # the one before was too short ago

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why
