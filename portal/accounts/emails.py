"""Mails about an account, the codes excepted."""

from __future__ import annotations

from datetime import datetime

from django.utils import formats, translation

from portal.accounts.models import User
from portal.common import times
from portal.common.http import absolute_reverse
from portal.mail import outbox


def send_idle(user: User, *, until: datetime) -> None:
    """Say when an account goes that nobody signed in to, and how to keep it. In the caller's transaction."""
    with translation.override(user.language):
        outbox.enqueue(
            outbox.written(
                key=f"idle:{user.pk}:{user.last_login or user.joined_at:%Y%m%dT%H%M%S}",
                kind=outbox.OutboundEmail.Kind.SERVICE,
                message="accounts/idle",
                names_people=False,
                to=user.email,
                to_name=user.name,
                language=user.language,
                context={
                    "since": date_words(user.last_login or user.joined_at, user),
                    "until": date_words(until, user),
                    "account_url": absolute_reverse("accounts:account"),
                },
            )
        )


def date_words(at: datetime, user: User) -> str:
    return formats.date_format(times.local(at, user.time_zone), "j F Y")
