"""What remembers a person besides the rows of the apps: sessions of any browser, and the admin's log."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.db.models import Q

from portal.accounts.models import UsedLoginCode, User
from portal.common.names import is_mailbox

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


def forget_sessions(user: User) -> None:
    """End this person's sessions, and take the address out of those of others: a form, a code asked for.

    Each session is read, because no query sees into one: a few seconds for a hundred thousand.
    """
    for session in SessionStore.get_model_class().objects.iterator():
        kept = session.get_decoded()
        if kept.get(SESSION_KEY) == str(user.pk):
            UsedLoginCode.objects.filter(session_key=session.session_key).delete()
            session.delete()
            continue
        others = {name: value for name, value in kept.items() if not _mentions(value, user.email)}
        if len(others) < len(kept):
            session.session_data = SessionStore().encode(others)
            session.save(update_fields=["session_data"])


def _mentions(value: Any, address: str) -> bool:
    if isinstance(value, dict | list):
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        return any(_mentions(part, address) for part in parts)
    text = value.lower() if isinstance(value, str) else ""
    return address in text or ("@" in text and is_mailbox(text, address))


def forget_in_admin_log(words: Collection[str]) -> None:
    """Empty what the admin noted with one of these words. Whom a line is about is never written in it: the
    database sees to that (migration `admin_log_names_nobody`)."""
    named = Q()
    for word in words:
        if word:
            named |= Q(change_message__icontains=word) | Q(object_repr__icontains=word)
    if named:
        LogEntry.objects.filter(named).update(change_message="", object_repr="")
