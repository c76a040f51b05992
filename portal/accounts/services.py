"""The auth door: asking for a code, and what a proven mailbox does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from portal.accounts import codes, erasures, hooks, limits, traces, waiting
from portal.accounts.allauth_internals import mail_code
from portal.accounts.models import UsedLoginCode, User
from portal.common import times
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.mail import refused
from portal.mail import retention as mail

TIPS = "tips"  # what waits for a code when the box was ticked
KEEP = "keep"  # and when somebody wants to keep a result
REPEATS = 10
REPEAT_WINDOW = timedelta(minutes=10)  # as long as a code lives


@transaction.atomic
def ensure_user(email: str, *, name: str = "", language: str = "nl") -> User:
    """The person with this address. Made with an unproven address when unknown, so that everybody gets
    the same code mail and nobody learns who is known (OWASP ASVS 6.3.8)."""
    # The same statements for a known and an unknown address: how long it takes tells nothing either.
    new = User(email=email, name=name, language=language, password=make_password(None))
    User.objects.bulk_create([new], ignore_conflicts=True)
    user = User.objects.get(email=email)
    address = EmailAddress(user=user, email=email, primary=True, verified=False)
    EmailAddress.objects.bulk_create([address], ignore_conflicts=True)
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
    codes.allow(request, email)  # before anybody is made
    user = ensure_user(email, name=name, language=get_language() or "nl")
    mail_code(request, user, email)
    waiting.keep(request, email, waits or {})
    hooks.run_code_sent(request)
    url = reverse("account_confirm_login_code")
    return redirect(f"{url}?{urlencode({'next': next_url})}" if next_url else url)


def asked_for_tips(request: HttpRequest) -> dict[str, Any]:
    return {TIPS: {"language": get_language() or "nl", "path": request.path}}


def welcome(request: HttpRequest, user: User, *, by_mail: bool) -> str | None:
    """What a proven mailbox means: the person is real, becomes a contact, a ticked box is consent, and the mailbox
    takes mail whatever came back before. That it still does, only a code says: not `by_mail` is with a passkey."""
    if by_mail:
        refused.note_proof(user.email)
    if user.proven_at is None:
        user.proven_at = times.now()
        user.language = get_language() or user.language
        user.save(update_fields=["proven_at", "language"])
    lead = leads.contact(user.email, name=user.name, language=user.language, user_id=user.pk)
    asked = waiting.find(request, user.email, TIPS)
    if asked:
        leads.give_consent(
            lead,
            purpose=consent.TIPS,
            language=asked["language"],
            method="mailed code",
            source_path=asked["path"],
        )
    return None


def remember_code(request: HttpRequest, *, old_session_key: str, code: str, redirect_to: str) -> None:
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
    if limits.take("code.repeat", old_session_key, limit=REPEATS, period=REPEAT_WINDOW):
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
    """Erase a person: every app erases its own first, in this transaction, then the account is deleted.

    The account is locked from the start, so that whoever writes for this person waits and then sees that it
    is gone. Rate limits keep a keyed digest of the address until their period is over, a day at most:
    otherwise an erasure would reset every limit.
    """
    User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
    traces.forget_sessions(user)
    mail.withdraw_person(user.email)
    hooks.run_erase(user)
    contacts = Lead.objects.filter(Q(user=user) | Q(email=user.email))
    names = {user.email, user.name, *contacts.values_list("name", flat=True)}
    traces.forget_in_admin_log(names)
    mail.forget_mentions(names)
    leads.forget(contacts, method="erasure")
    mail.forget_person(user.email)
    erasures.note(user.email)
    user.delete()


@transaction.atomic
def erase_contact(lead: Lead) -> None:
    """Erase a contact as the person would, with or without an account. Raises EraseLaterError."""
    erase(lead.user or ensure_user(lead.email, language=lead.language))


@transaction.atomic
def forget_unproven(user: User) -> None:
    """Delete an account whose address somebody only typed, with what was typed and the codes mailed.

    A contact with that address, and what the coach noted there, stays: the account does not prove it is
    theirs.
    """
    traces.forget_sessions(user)
    mail.forget_codes(user.email)
    user.delete()
