"""Mailed codes: the mail itself, and how many may be asked for.

Limits guard mailboxes against us and us against machines, and must not become a way to lock people out: a
proven address opens again within an hour, and a browser that signed in before is never refused because of
others. Known and unknown addresses cost the same statements and read the same words.
"""

from __future__ import annotations

import logging
import math
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.accounts import known, limits
from portal.accounts.models import User
from portal.common import times
from portal.common.http import client_address
from portal.common.ids import new_public_id
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from portal.practice.facts import practice

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PER_CLIENT = 20  # a day, for all addresses together
PER_CLIENT_AND_ADDRESS = 5  # an hour
PER_UNPROVEN_ADDRESS = 6  # a day
PER_PROVEN_ADDRESS = 30  # an hour
PER_KNOWN_BROWSER = 5  # an hour, for all browsers in which this address signed in before
LIFE = timedelta(minutes=5)  # a code that arrives later than this helps nobody
MESSAGES = ("accounts/login_code", "accounts/delete_code")


class TooManyCodesError(ValidationError):
    """Asked for more codes than one client, one address or the whole site may get."""


def allow(request: HttpRequest, email: str) -> None:
    """Count one code for this client and this address. Raises TooManyCodesError, whose words say from when
    there is one again and how to reach us until then.

    The client is counted first: who is refused uses nothing up for others.
    """
    is_own = request.user.is_authenticated and request.user.email == email
    if is_own or known.is_known(request, email):
        opens_at = limits.take("code.known", email, limit=PER_KNOWN_BROWSER, period=HOUR)
    else:
        opens_at = _cap_opens_at() or _take_as_stranger(client_address(request), email)
    if opens_at:
        raise TooManyCodesError(refusal(opens_at))


def _take_as_stranger(client: str, email: str) -> datetime | None:
    is_proven = User.objects.filter(Q(proven_at__isnull=False) | Q(is_staff=True), email=email).exists()
    most, period = (PER_PROVEN_ADDRESS, HOUR) if is_proven else (PER_UNPROVEN_ADDRESS, DAY)
    lately = OutboundEmail.objects.filter(to_email=email, message__in=MESSAGES)
    never_left = lately.filter(created_at__gt=times.now() - period, status="cancelled").count()
    return (
        limits.take("code.client", client, limit=PER_CLIENT, period=DAY)
        or limits.take("code.pair", f"{client} {email}", limit=PER_CLIENT_AND_ADDRESS, period=HOUR)
        or limits.take("code.address", email, limit=most + never_left, period=period)
    )


def _cap_opens_at() -> datetime | None:
    since, most = times.now() - HOUR, settings.CODE_MAILS_AN_HOUR
    lately = OutboundEmail.objects.filter(message__in=MESSAGES, created_at__gt=since)
    last_one = lately.order_by("-created_at").values_list("created_at", flat=True)[most - 1 : most].first()
    if last_one is None:
        return None
    if limits.take("code.alarm", "", limit=1, period=HOUR) is None:
        raise_alarm()
    return last_one + HOUR


def raise_alarm() -> None:
    logger.error("CODE_MAILS_AN_HOUR is reached: new browsers get no code for a while.")
    with transaction.atomic():
        outbox.enqueue(
            outbox.written(
                key=f"many-codes:{times.now():%Y-%m-%d}",
                kind="service",
                message="accounts/many_codes",
                names_people=False,
                to=settings.COACH_EMAIL,
                language=settings.LANGUAGE_CODE,
                context={"most": settings.CODE_MAILS_AN_HOUR},
            )
        )


def refusal(opens_at: datetime) -> str:
    return _(
        "We cannot send you another code yet. In %(wait)s we can. Too long? Then call %(phone)s or write to"
        " %(email)s."
    ) % {"wait": wait_words(opens_at), "phone": practice()["phone"], "email": practice()["email"]}


def wait_words(opens_at: datetime) -> str:
    """'48 minutes', '7 hours': never shorter than it is."""
    minutes = max(1, math.ceil((opens_at - times.now()).total_seconds() / 60))
    if minutes <= 90:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def just_mailed(email: str, pause: timedelta) -> bool:
    recent = OutboundEmail.objects.filter(to_email=email, message="accounts/login_code")
    return recent.filter(created_at__gt=times.now() - pause).exists()


def mail(email: str, code: str, *, message: str = "accounts/login_code") -> None:
    """Mail a code that was allowed, through the outbox; its text is erased as soon as it has left."""
    with transaction.atomic():
        outbox.enqueue(
            outbox.written(
                key=f"code:{new_public_id()}",
                kind="service",
                message=message,
                names_people=False,
                to=email,
                language=get_language() or "nl",
                context={"code": code, "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60},
                erase_body=True,
                expires_at=times.now() + LIFE,
            )
        )
