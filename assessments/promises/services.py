"""What happens to a promise: made, answered, asked after by mail or not, ended."""

from __future__ import annotations

from django.db import transaction

from assessments.models import Scan
from assessments.promises import emails, weeks
from assessments.promises.models import FridayAnswer, Promise, today
from portal.accounts.models import User
from portal.common import times


class PromiseStandsError(Exception):
    """Another promise stands, and nobody was asked whether this one may take its place."""

    def __init__(self, standing: Promise) -> None:
        super().__init__("Another promise stands.")
        self.standing = standing


class PersonGoneError(Exception):
    """The account was erased a moment ago."""


class WeekClosedError(Exception):
    """This week cannot be answered: not yet, not any more, or never."""


@transaction.atomic
def make(
    user: User,
    scan: Scan,
    *,
    key: str,
    action: int,
    moment: str,
    by_mail: bool,
    language: str,
    replaces: str = "",
) -> Promise:
    """`replaces` names the promise that somebody saw and wants to be rid of. A second time does nothing.

    Raises PromiseStandsError and PersonGoneError.
    """
    # Under the lock of the person, so that of two promises made at once the second sees the first.
    if User.objects.select_for_update(no_key=True).filter(pk=user.pk).first() is None:
        raise PersonGoneError
    said = {"scan_id": scan.pk, "key": key, "action": action, "moment": moment, "by_mail": by_mail}
    open_one = Promise.objects.filter(user=user, ended_at=None).first()
    if open_one is not None and open_one.stands:
        if all(getattr(open_one, name) == value for name, value in said.items()):
            return open_one
        if open_one.public_id != replaces:
            raise PromiseStandsError(open_one)
        end(open_one, Promise.Why.REPLACED)
    elif open_one is not None:
        end(open_one, Promise.Why.OVER)
    promise = Promise.objects.create(
        user=user, language=language, first_on=weeks.first_friday(today()), mail_round=int(by_mail), **said
    )
    if by_mail:
        emails.plan(promise)
    return promise


@transaction.atomic
def answer(promise: Promise, week: int, *, given: str, words: str = "", finish: bool = False) -> None:
    """Keep the answer of a week, or change it; with `finish` the promise ends. Raises WeekClosedError.

    Under its lock, so that of two answers at once one is changed by the other.
    """
    locked = _lock(promise)
    if locked is None or not locked.can_answer(week):
        raise WeekClosedError
    FridayAnswer.objects.update_or_create(
        promise=locked,
        week=week,
        defaults={
            "answer": given,
            "words": words,
            "answered_at": times.now(),
        },
    )
    emails.withdraw_week(locked, week)
    if finish:
        end(locked, Promise.Why.DONE)


@transaction.atomic
def end(promise: Promise, why: Promise.Why) -> bool:
    """False when it had ended already; then the first reason stays."""
    changed = Promise.objects.filter(pk=promise.pk, ended_at=None).update(
        ended_at=times.now(), why_ended=why, by_mail=False
    )
    emails.withdraw(promise, emails.ENDED)
    return bool(changed)


@transaction.atomic
def stop_mails(promise: Promise) -> None:
    Promise.objects.filter(pk=promise.pk).update(by_mail=False)
    emails.withdraw(promise, emails.STOPPED)


@transaction.atomic
def ask_for_mails(promise: Promise) -> bool:
    """Once more, or after all. False when the promise stands no more; twice plans them once."""
    locked = _lock(promise)
    if locked is None or not locked.stands:
        return False
    if not locked.by_mail:
        locked.by_mail, locked.mail_round = True, locked.mail_round + 1
        locked.save(update_fields=["by_mail", "mail_round"])
        emails.plan(locked)
    return True


def _lock(promise: Promise) -> Promise | None:
    rows = Promise.objects.select_related("user").select_for_update(of=("self",))
    return rows.filter(pk=promise.pk).first()
