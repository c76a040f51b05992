"""The texts of the site that a coach may replace: who the coach is, the call, the answers to the five questions. Keys,
statements and what a result says are not among them: they belong together, and are measured with."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.practice.facts import practice
from portal.practice.texts import Text

COACH, CALL = "coach", "call"
PAGE = "assessments:landing"


def coach() -> str:
    words = _(
        "%(name)s works with leaders who are good at their job and still see their team hold back. Share your "
        "result and %(name)s reads it before you speak, so you don’t start from scratch."
    )
    return words % {"name": practice()["coach_name"]}


def call() -> str:
    return _("No sales pitch.")


def what_it_is() -> str:
    return _(
        "It has little to do with being friends. You see it when someone says out loud: ‘This is going wrong’, ‘That "
        "was my mistake’ or ‘I disagree’. And when you then go and stand beside that person."
    )


def how_to_tell() -> str:
    return _(
        "From what goes unsaid. People hold back and avoid each other, decisions get put off, and at the difficult "
        "question all eyes turn to you."
    )


def what_breaks_it() -> str:
    return _(
        "Behaviour that contradicts your words. You invite criticism and bristle when it comes. You promise room and "
        "keep control. A team believes what it sees."
    )


def can_it_be_repaired() -> str:
    return _(
        "Yes, if you begin. Acknowledge what went wrong, say so out loud, and act differently from then on, for all to "
        "see. Fine words repair nothing; choices that people can feel do."
    )


def your_part() -> str:
    return _(
        "Bigger than you think, and closer to home. It is in how you react when something goes wrong, whether you keep "
        "your word, and what you dare to admit. That is what your team watches, most of all when you are not thinking "
        "about it."
    )


QUESTIONS: dict[
    str, tuple[Callable[[], str], Callable[[], str]]
] = {  # by key of the answer, in the order of the page
    "what-it-is": (lambda: _("What is team trust, really?"), what_it_is),
    "how-to-tell": (lambda: _("How can I tell that trust is wearing thin?"), how_to_tell),
    "what-breaks-it": (lambda: _("What breaks trust fastest?"), what_breaks_it),
    "can-it-be-repaired": (lambda: _("Can trust be repaired?"), can_it_be_repaired),
    "your-part": (lambda: _("What is my part as a leader?"), your_part),
}


def questions() -> list[tuple[str, str]]:
    """Each with the key of its answer."""
    return [(question(), key) for key, (question, _answer) in QUESTIONS.items()]


TEXTS = [
    Text(COACH, gettext_lazy("About you, under your name"), coach, PAGE, "#coach"),
    Text(CALL, gettext_lazy("About the call, after its length and price"), call, PAGE, "#coach"),
    Text("what-it-is", gettext_lazy("Answer: what is team trust, really?"), what_it_is, PAGE, "#vragen"),
    Text(
        "how-to-tell",
        gettext_lazy("Answer: how can I tell that trust is wearing thin?"),
        how_to_tell,
        PAGE,
        "#vragen",
    ),
    Text(
        "what-breaks-it", gettext_lazy("Answer: what breaks trust fastest?"), what_breaks_it, PAGE, "#vragen"
    ),
    Text(
        "can-it-be-repaired",
        gettext_lazy("Answer: can trust be repaired?"),
        can_it_be_repaired,
        PAGE,
        "#vragen",
    ),
    Text("your-part", gettext_lazy("Answer: what is my part as a leader?"), your_part, PAGE, "#vragen"),
]
