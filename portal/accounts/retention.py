"""What is thrown away of people who sign in: unproven and idle accounts, sessions, counters, used codes."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts import emails, hooks, services, typed
from portal.accounts.models import Erasure, RateCounter, Session, TrustedBrowser, UsedLoginCode, User
from portal.accounts.sessions import SessionStore
from portal.common import times
from portal.common.retention import Rule

logger = logging.getLogger(__name__)


def unproven(before: datetime) -> QuerySet[User]:
    return User.objects.filter(proven_at__isnull=True, is_staff=False, joined_at__lt=before)


def told_they_are_idle(before: datetime) -> QuerySet[User]:
    told_before = before + settings.RETENTION["idle_accounts"] - notice()
    return User.objects.idle(before).filter(idle_told_at__gt=F("last_login"), idle_told_at__lt=told_before)


def not_told_yet(before: datetime) -> QuerySet[User]:
    return User.objects.idle(before).exclude(idle_told_at__gt=F("last_login"))


def notice() -> timedelta:
    """How long before its end somebody is told that an idle account goes."""
    period: timedelta = settings.RETENTION["idle_accounts"] - settings.RETENTION["idle_accounts_told"]
    return period


def erase_each(people: QuerySet[Any]) -> None:
    """One after another: each erasure has its own locks and mails, and one that fails keeps no other."""
    for pk in people.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                erase_again_checked(pk)
        except Exception:
            logger.exception("Account %s could not be erased", pk)


def erase_again_checked(pk: int) -> None:
    """Erase the account, unless somebody signed in a moment ago or an app still needs it."""
    user = User.objects.select_for_update().filter(pk=pk).first()
    if user is None:
        return
    if user.proven_at is None:
        services.forget_unproven(user)
    elif user.was_told_it_is_idle and not hooks.run_in_use(user):
        services.erase(user)


def warn_idle(people: QuerySet[Any]) -> None:
    at = times.now()
    for user in people.filter(is_active=True):
        emails.send_idle(user, until=at + notice())
    people.update(idle_told_at=at)


def old_counters(before: datetime) -> QuerySet[RateCounter]:
    """None runs for longer than the period, and each knows its own end."""
    return RateCounter.objects.filter(expires_at__lt=before + settings.RETENTION["counters"])


def old_sessions(before: datetime) -> QuerySet[Session]:
    """Each knows its own end: so long after the last visit, or sooner."""
    return Session.objects.filter(expire_date__lt=before + settings.RETENTION["sessions"])


def forget_typed(sessions: QuerySet[Any]) -> None:
    """The session itself, with its sign-in and what it may open, stays as it is."""
    for session in sessions.select_for_update():
        kept = typed.without(session.get_decoded(), is_signed_in=session.user_id is not None)
        session.session_data, session.typed_at = SessionStore().encode(kept), None
        session.save(update_fields=["session_data", "typed_at"])


RULES = (
    Rule(
        name="unproven_accounts",
        models=("accounts.User", "account.EmailAddress"),
        old=unproven,
        forget=erase_each,
        one_by_one=True,
        words=_("An address that was filled in and never confirmed"),
    ),
    Rule(name="idle_accounts_told", models=("accounts.User",), old=not_told_yet, forget=warn_idle),
    Rule(
        name="idle_accounts",
        models=("accounts.User", "account.EmailAddress", "mfa.Authenticator"),
        old=told_they_are_idle,
        forget=erase_each,
        one_by_one=True,
        words=_("An account and what is kept in it, after you last signed in; before that we mail you"),
    ),
    Rule(
        name="typed",
        models=("accounts.Session",),
        old=lambda before: Session.objects.filter(typed_at__lt=before),
        forget=forget_typed,
        words=_("What you filled in here and did not confirm yet, after you last worked on it"),
    ),
    Rule(
        name="sessions",
        models=("accounts.Session",),
        old=old_sessions,
        words=_("What this site remembers of your browser, after your last visit"),
    ),
    Rule(
        name="trusted_browsers",
        models=("accounts.TrustedBrowser",),
        old=lambda before: TrustedBrowser.objects.filter(trusted_at__lt=before),
        words=_("In which browser the second step of signing in is not asked for, after you chose that"),
    ),
    Rule(
        name="counters",
        models=("accounts.RateCounter",),
        old=old_counters,
        words=_("How often something was asked from one network address or for one mailbox, as a digest"),
    ),
    Rule(
        name="used_codes",
        models=("accounts.UsedLoginCode",),
        old=lambda before: UsedLoginCode.objects.filter(used_at__lt=before),
    ),
    Rule(
        name="erasures",
        models=("accounts.Erasure",),
        old=lambda before: Erasure.objects.filter(erased_at__lt=before),
        words=_("That you were erased, as a digest: so that no backup brings you back"),
    ),
    Rule(
        name="admin_log",
        models=("admin.LogEntry",),
        old=lambda before: LogEntry.objects.filter(action_time__lt=before),
        words=_("What a coach changed in the admin"),
    ),
)
