"""Changing what the portal says of the practice: never over what somebody else saved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction

from portal.common import times
from portal.practice import coach, portraits
from portal.practice.known import forget
from portal.practice.models import OwnText, Practice


class ChangedMeanwhileError(Exception):
    """Somebody saved something else since it was looked at; nothing was written."""


@contextmanager
def changing() -> Iterator[None]:
    """All of it or nothing; then this process says it anew."""
    with transaction.atomic():
        yield
    forget()


@changing()
def ensure() -> bool:
    """The row, out of the environment, when there is none: whether it was made now."""
    _practice, is_new = Practice.objects.get_or_create(pk=Practice.ONLY, defaults=first_values())
    bios = {f"text_{code}": settings.PRACTICE[f"coach_bio_{code}"] for code in ("nl", "en")}
    if is_new and any(bios.values()):
        OwnText.objects.get_or_create(key="coach", defaults=bios)
    return is_new


def first_values() -> dict[str, Any]:
    """Of the environment. The address for questions about data is empty where it is the other one."""
    first = {name: settings.PRACTICE.get(name, "") for name in Practice.FIELDS}
    first["privacy_email"] = first["privacy_email"] if first["privacy_email"] != first["email"] else ""
    return first | {"processors": settings.PROCESSORS}


@changing()
def save(values: dict[str, Any], *, coach_name: str, was: str) -> None:
    """Without `coach_name` the coach keeps the one that is there. Raises ChangedMeanwhileError."""
    row = _row()
    name = coach.name()
    coach_name = coach_name or name
    if row.seen_as(name) != was:
        if (row.values, name) == (values, coach_name):  # a double click
            return
        raise ChangedMeanwhileError
    for field in Practice.FIELDS:
        setattr(row, field, values[field])
    _save(row)
    if coach_name != name:
        coach.rename(coach_name)


@changing()
def put_portrait(made: bytes | None, *, was: str) -> None:
    """Another portrait, or none. Raises ChangedMeanwhileError."""
    row = _row()
    digest = portraits.digest(made) if made else ""
    if row.portrait_digest == digest:
        return
    if row.portrait_digest != was:
        raise ChangedMeanwhileError
    row.portrait, row.portrait_digest = made, digest
    _save(row)


@changing()
def write_text(key: str, *, text_nl: str, text_en: str, was: str) -> None:
    """Empty puts ours back. Raises ChangedMeanwhileError."""
    OwnText.objects.get_or_create(key=key)
    row = OwnText.objects.select_for_update().get(key=key)
    if (row.text_nl, row.text_en) == (text_nl, text_en):
        return
    if row.seen != was:
        raise ChangedMeanwhileError
    row.text_nl, row.text_en, row.changed_at = text_nl, text_en, times.now()
    row.save()


@changing()
def hide_first_steps(*, hidden: bool) -> None:
    row = _row()
    if hidden != (row.first_steps_hidden_at is not None):
        row.first_steps_hidden_at = times.now() if hidden else None
        row.save(update_fields=["first_steps_hidden_at"])


def _row() -> Practice:
    Practice.objects.get_or_create(pk=Practice.ONLY, defaults=first_values())
    return Practice.objects.select_for_update().get()


def _save(row: Practice) -> None:
    row.changed_at = times.now()
    row.save()
