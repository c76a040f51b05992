"""Tries of the second factor: how many there are, and who hears of too many.

Whoever gets to try has had a code from the mailbox. So a try is counted before it is looked at, per person
and from wherever it comes; in PostgreSQL, so that parallel ones cannot be looked at together. Past thirty a
day nothing is looked at, a right code and a recovery code neither: each would be the way round the limit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts import limits
from portal.accounts.allauth_internals import current_request
from portal.accounts.codes import DAY, wait_words
from portal.accounts.models import User
from portal.common import times
from portal.common.http import absolute_reverse
from portal.common.retention import span
from portal.mail import outbox

PER_SIGN_IN = 5  # wrong tries; then the sign-in starts over
SIGN_IN = timedelta(hours=1)  # longer than a sign-in may take
PER_DAY = 30  # for one person
TOLD_AFTER = 10  # a day
OVER = "sign_in_over"
CLOSED = "second_factor_closed"
PAUSED = "second_factor_paused"


def checked(user: User, look: Callable[[], str]) -> str:
    """The code, when `look` finds it right. Raises ValidationError: with code OVER, the sign-in is over."""
    person, sign_in = str(user.pk), current_request().session.session_key or ""
    if opens_at := limits.take("factor.person", person, limit=PER_DAY, period=DAY):
        raise ValidationError(closed_words(opens_at), code=CLOSED)
    if limits.take("factor.sign_in", sign_in, limit=PER_SIGN_IN, period=SIGN_IN):
        raise ValidationError(over_words(), code=OVER)
    try:
        code = look()
    except ValidationError as error:
        if (tries := limits.taken("factor.person", person, period=DAY)) >= TOLD_AFTER:
            mail_wrong_codes(user, tries)
        if limits.taken("factor.sign_in", sign_in, period=SIGN_IN) >= PER_SIGN_IN:
            raise ValidationError(over_words(), code=OVER) from error
        if error.code == "too_many_login_attempts":  # allauth's own limit; its words are about a mailed code
            raise ValidationError(pause_words(), code=PAUSED) from error
        raise
    limits.give_back("factor.person", person)
    limits.give_back("factor.sign_in", sign_in)
    return code


def over_words() -> str:
    return _("Five wrong codes, so signing in starts over. Ask for a new code by e-mail first.")


def pause_words() -> str:
    return _("Too many wrong codes for this account. In five minutes you can try again.")


def closed_words(opens_at: datetime) -> str:
    return _(
        "Too many wrong codes for this account. For another %(wait)s no code works here: not the right one"
        " and no recovery code."
    ) % {"wait": wait_words(opens_at)}


def way_on(user: User) -> list[str]:
    """Whose doing a closed second step may be, and the one way that does not wait, where there is one."""
    words = [
        _("Did you not type them? Then somebody reads your mail: change the password of your mailbox first.")
    ]
    if User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists():
        words.append(
            _(
                "In a hurry? A colleague who may do everything can choose ‘Forget the second factor’ for you,"
                " in the admin under People. Then you set up a new one."
            )
        )
    return words


def reopen(user: User) -> None:
    """Whoever sets up a second step anew is not kept out by what was typed against the one before."""
    limits.forget("factor.person", str(user.pk))


def mail_wrong_codes(user: User, tries: int) -> None:
    """Tell the person by mail, once a day: somebody has a code from the mailbox."""
    with translation.override(user.language):
        account_url = absolute_reverse("accounts:account")
        closed = span(DAY)
    with transaction.atomic():
        outbox.enqueue(
            outbox.written(
                key=f"factor-tries:{user.pk}:{times.now():%Y-%m-%d}",
                kind="service",
                message="accounts/factor_tries",
                names_people=False,
                to=user.email,
                language=user.language,
                context={"tries": tries, "account_url": account_url, "most": PER_DAY, "closed": closed},
            )
        )
