"""What a copy of everything holds of promises: for the person only, the coach gets nothing of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.promises.models import FridayAnswer, Promise
from assessments.words import language
from portal.common.export import Section, unsaid


def promises(email: str) -> Any:
    return Promise.objects.with_scan().filter(user__email=email)


SECTIONS = (
    Section(
        name="promises",
        words=_("promises to yourself"),
        rows=promises,
        left_out={"public_id": "random", "mail_round": "how we go about it"},
        said=lambda rows: {
            "key": lambda promise: promise.key_in(language()).name,
            "action": lambda promise: promise.action_in(language()),
            "why_ended": lambda promise: promise.get_why_ended_display() if promise.why_ended else "",
        },
    ),
    Section(
        name="promise_answers",
        words=_("answers on Fridays"),
        rows=lambda email: FridayAnswer.objects.filter(promise__user__email=email).order_by(
            "promise", "week"
        ),
        said=lambda rows: {"words": lambda one: one.words, "week": unsaid},
    ),
)
