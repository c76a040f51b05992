"""The mail of a Friday: planned with the promise, one row a week, checked and written when due.

All six are planned at once. Each finds out by itself whether it is still true, and its key names promise and week, so
that there is nothing to run in between that could run twice or late.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from assessments.instrument import Key
from assessments.models import Instrument
from assessments.promises import weeks
from assessments.promises.models import FridayAnswer, Promise
from portal.common import times, tokens
from portal.common.http import absolute_url
from portal.mail import outbox
from portal.mail.names import Matter, Name

FRIDAY = "assessments/friday"
ANSWER, STOP = "promises.answer", "promises.stop"  # what a link is for
NAMES = {
    FRIDAY: Name(
        gettext_lazy("Question on Friday"),
        gettext_lazy("They are not asked this week. The promise stands, and can be answered in the account."),
        is_private=True,
    )
}
GONE = gettext_noop("The promise is gone.")
ENDED = gettext_noop("The promise has ended.")
STOPPED = gettext_noop("They asked for no more of these mails.")
ANSWERED = gettext_noop("They answered for this week already.")
SAMPLE_MOMENT = gettext_noop("Monday, in the team meeting")


def plan(promise: Promise) -> None:
    """Every Friday that is still ahead. In the transaction in which the mails were asked for."""
    zone, at = times.zone(times.HOST_ZONE), times.now()
    user = promise.user
    outbox.enqueue(
        *(
            outbox.planned(
                key=key_of(promise, week),
                kind=outbox.OutboundEmail.Kind.SERVICE,
                message=FRIDAY,
                to=user.email,
                to_name=user.name,
                language=user.language,
                send_after=asked_at,
                expires_at=weeks.of_use_until(friday, zone),
                data={"promise": promise.public_id, "week": week},
                names_people=False,
                about=promise.about,
                sequence=promise.mail_round,
            )
            for week, friday in enumerate(weeks.fridays(promise.first_on), 1)
            if (asked_at := weeks.asked_at(friday, zone)) > at
        )
    )


def key_of(promise: Promise, week: int) -> str:
    """Whoever asked for mails once more is in a later round; a week that was asked after is not planned again."""
    return f"{promise.about}:{promise.mail_round}:week:{week}"


def withdraw(promise: Promise, reason: str) -> None:
    outbox.cancel(about=promise.about, reason=reason)


def withdraw_week(promise: Promise, week: int) -> None:
    outbox.cancel(about=promise.about, keys=[key_of(promise, week)], reason=ANSWERED)


def fill_friday(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    promise, week = _still_true(mail)
    if isinstance(promise, outbox.Skip):
        return promise
    said = {"key": promise.key_in(mail.language), "moment": promise.moment, "moment_in": promise.language}
    return _words(said, week, promise.action) | _links(promise, week)


def foresee_friday(mail: outbox.OutboundEmail) -> outbox.Foreseen:
    """For the coach: an example in the place of what somebody promised to nobody but themselves."""
    promise, week = _still_true(mail)
    key = Instrument.objects.current().parsed(mail.language).keys[0]
    said = {"key": key, "moment": _(SAMPLE_MOMENT), "moment_in": mail.language}
    address = absolute_url(reverse("assessments:landing"))
    links = {
        "answers": [{"words": words, "url": address} for _value, words in _choices()],
        "stop_url": address,
    }
    skip = promise if isinstance(promise, outbox.Skip) else None
    return outbox.Foreseen(_words(said, week, 1) | links, skip, has_samples=True)


def matters_of(viewer: Any, mails: Collection[outbox.OutboundEmail]) -> dict[int, Matter]:
    """Which week, and nothing of the promise itself."""
    return {
        mail.pk: Matter(_("week %(week)d of %(weeks)d of a promise") % {"week": week, "weeks": weeks.WEEKS})
        for mail in mails
        if (week := (mail.data or {}).get("week"))
    }


def _still_true(mail: outbox.OutboundEmail) -> tuple[Promise | outbox.Skip, int]:
    data = mail.data or {}
    week = int(data.get("week", 1))
    promise = Promise.objects.with_scan().filter(public_id=data.get("promise", "")).first()
    if promise is None:
        return outbox.Skip(GONE), week
    if promise.ended_at is not None:
        return outbox.Skip(ENDED), week
    if not promise.by_mail:
        return outbox.Skip(STOPPED), week
    if promise.answers.filter(week=week).exists():
        return outbox.Skip(ANSWERED), week
    return promise, week


def _words(said: dict[str, Any], week: int, action: int) -> dict[str, object]:
    key: Key = said["key"]
    return said | {"action": key.actions[action - 1], "week": week, "is_last": week == weeks.WEEKS}


def _choices() -> list[tuple[str, str]]:
    answer = FridayAnswer.Answer
    return [(answer.DONE, _("Did it")), (answer.NOT, _("Not done")), (answer.DIFFERENTLY, _("Differently"))]


def _links(promise: Promise, week: int) -> dict[str, object]:
    """A link opens a page with this answer chosen: it keeps nothing, for a mail program opens links too."""
    token = tokens.placeholder(ANSWER, promise.public_id, week)
    page = absolute_url(reverse("assessments:promise_link", args=[promise.public_id, week, token]))
    stop = tokens.placeholder(STOP, promise.public_id)
    return {
        "answers": [
            {"words": words, "url": f"{page}?{urlencode({'answer': value})}"} for value, words in _choices()
        ],
        "stop_url": absolute_url(reverse("assessments:promise_stop", args=[promise.public_id, stop])),
    }
