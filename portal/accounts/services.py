"""The auth door: asking for a code, and what a proven mailbox does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress
from allauth.core.exceptions import RateLimited
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.accounts import hooks, limits, traces, waiting
from portal.accounts.models import UsedLoginCode, User
from portal.common import times
from portal.common.http import client_address
from portal.common.ids import new_public_id
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.mail import outbox
from portal.mail import retention as mail
from portal.mail.models import OutboundEmail

DAY = timedelta(days=1)
TIPS = "tips"  # what waits for a code when the box was ticked
CODES_PER_ADDRESS = 6
CODES_PER_CLIENT = 20
CODE_MAIL_LIFE = timedelta(minutes=5)  # a code that arrives later than this helps nobody
REPEATS = 10
REPEAT_WINDOW = timedelta(minutes=10)  # as long as a code lives


TOO_MANY_CODES = _(
    "That is a lot of codes in one day. Use the newest one in your mailbox, or try again tomorrow."
)


class TooManyCodesError(ValidationError):
    """Asked for more codes than one address or one client may get in a day."""


def may_mail_code(request: HttpRequest, email: str) -> bool:
    """Count one code mail; False beyond 6 a day for one address or 20 for one client."""
    within = limits.hit("code.client", client_address(request), limit=CODES_PER_CLIENT, period=DAY)
    return limits.hit("code.address", email, limit=CODES_PER_ADDRESS, period=DAY) and within


def just_mailed(email: str, pause: timedelta) -> bool:
    """Whether a code left for this address within `pause`."""
    recent = OutboundEmail.objects.filter(to_email=email, message="accounts/login_code")
    return recent.filter(created_at__gt=times.now() - pause).exists()


def mail_code(request: HttpRequest, email: str, code: str, *, message: str = "accounts/login_code") -> None:
    """Mail a code through the outbox; its text is erased as soon as it has left. Raises TooManyCodesError."""
    if not may_mail_code(request, email):
        raise TooManyCodesError(TOO_MANY_CODES)
    with transaction.atomic():
        outbox.enqueue(
            outbox.written(
                key=f"code:{new_public_id()}",
                kind="service",
                message=message,
                to=email,
                language=get_language() or "nl",
                context={"code": code, "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60},
                erase_body=True,
                expires_at=times.now() + CODE_MAIL_LIFE,
            )
        )


@transaction.atomic
def ensure_user(email: str, *, name: str = "", language: str = "nl") -> User:
    """The person with this address. Made with an unproven address when unknown, so that everybody gets
    the same code mail and nobody learns who is known (OWASP ASVS 6.3.8)."""
    user, made = User.objects.get_or_create(
        email=email.strip().lower(), defaults={"name": name, "language": language}
    )
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": False}
    )
    return user


def request_code(
    request: HttpRequest,
    email: str,
    *,
    name: str = "",
    next_url: str = "",
    waits: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Mail a code and lead to the page where it is typed. Raises TooManyCodesError.

    `waits` is kept until this code is typed, for this address alone: see `waiting`.
    """
    email = email.strip().lower()
    user = ensure_user(email, name=name, language=get_language() or "nl")
    try:
        LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)
    except RateLimited as error:
        raise TooManyCodesError(TOO_MANY_CODES) from error
    waiting.keep(request, email, waits or {})
    hooks.run_code_sent(request)
    url = reverse("account_confirm_login_code")
    return redirect(f"{url}?{urlencode({'next': next_url})}" if next_url else url)


def asked_for_tips(request: HttpRequest) -> dict[str, Any]:
    """A ticked box for tips, as it waits for the code, which makes it consent: it proves the mailbox."""
    return {TIPS: {"language": get_language() or "nl", "path": request.path}}


def welcome(request: HttpRequest, user: User) -> str | None:
    """What a proven mailbox means: the person is real, becomes a contact, and a ticked box is consent."""
    if user.proven_at is None:
        user.proven_at = times.now()
        user.language = get_language() or user.language
        user.save(update_fields=["proven_at", "language"])
    lead = leads.contact(user.email, name=user.name, language=user.language, user_id=user.pk)
    asked = waiting.find(request, user.email, TIPS)
    if asked and not leads.has_consent(lead, consent.TIPS):
        leads.give_consent(
            lead,
            purpose=consent.TIPS,
            language=asked["language"],
            method="mailed code",
            source_path=asked["path"],
        )
    return None


def remember_code(request: HttpRequest, *, old_session_key: str, code: str, redirect_to: str) -> None:
    """Note an accepted code, so that a repeat from the same browser ends on the same page."""
    UsedLoginCode.objects.update_or_create(
        session_digest=digest(old_session_key),
        code_digest=digest(code),
        defaults={
            "session_key": request.session.session_key,
            "redirect_to": redirect_to[:500],
            "used_at": times.now(),
        },
    )


def repeated_code(old_session_key: str, code: str) -> UsedLoginCode | None:
    """The accepted code of which this POST is a repeat, or None. Looks ten times a session at most, so that
    nobody can guess the code that was just used."""
    if not limits.hit("code.repeat", old_session_key, limit=REPEATS, period=REPEAT_WINDOW):
        return None
    return UsedLoginCode.objects.filter(
        session_digest=digest(old_session_key),
        code_digest=digest(code),
        used_at__gt=times.now() - REPEAT_WINDOW,
    ).first()


def digest(text: str) -> str:
    plain = "".join(sign for sign in text.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


@transaction.atomic
def erase(user: User) -> None:
    """Erase a person: every app cleans its own first, in this transaction, then the account goes.

    The account is locked from the start: whoever writes for this person can wait, and see that it went.
    What counts tries (limits) keeps a keyed digest of the address until its period is over, a day at most:
    otherwise an erasure would be the way round each limit.
    """
    User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
    traces.forget_sessions(user)
    mail.withdraw_person(user.email)
    hooks.run_erase(user)
    mail.forget_person(user.email)
    names = Lead.objects.filter(email=user.email).values_list("name", flat=True)
    traces.forget_in_admin_log({user.email, user.name, *names})
    user.delete()


@transaction.atomic
def forget_unproven(user: User) -> None:
    """Drop an account that somebody only typed the address of, with what was typed and the codes mailed.

    What is known of whoever the address belongs to (a call the coach booked, a contact) is not its to erase.
    """
    traces.forget_sessions(user)
    mail.forget_codes(user.email)
    user.delete()
