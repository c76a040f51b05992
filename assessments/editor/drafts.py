"""A draft of the next version: made, written, numbered, taken in from a file, published, thrown away.

Two people may write one draft: a section is saved only over what its form showed, and all of it under the row's lock.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from assessments import services
from assessments.checks import Problem, problems
from assessments.editor import fields
from assessments.editor.differences import is_more_than_words
from assessments.editor.fields import Content
from assessments.instrument import InstrumentError, typeset, version_number
from assessments.models import SELF_SCAN, Instrument, checksum_of
from portal.common.seen import seen


class ChangedMeanwhileError(Exception):
    """Somebody saved something else since it was looked at; nothing was written. `row` is how it is now."""

    def __init__(self, row: Instrument) -> None:
        super().__init__(f"{row} changed meanwhile.")
        self.row = row


class NoDraftError(Exception):
    """It was published or thrown away meanwhile."""


def seen_of(content: Mapping[str, Any], section: str) -> str:
    """What the form of a section shows, as it comes back with it."""
    return seen(*fields.values(content, section))


def compared_with(row: Instrument) -> Instrument:
    """The version that people get now; for a published one the one before it, or itself when it is the first."""
    if row.status == Instrument.Status.DRAFT:
        return Instrument.objects.current()
    published = Instrument.objects.filter(slug=row.slug, status=Instrument.Status.PUBLISHED)
    before = [one for one in published if one.number < row.number]
    return max(before, key=lambda one: one.number, default=row)


def wrong_with(row: Instrument) -> list[Problem]:
    """What keeps a draft from being published."""
    found = [*problems(row.content)]
    current = Instrument.objects.current()
    if row.number <= current.number:
        facts = {"version": current.version}
        found.append(Problem("behind", ("meta", "version"), f"{current} is published already.", facts))
    elif row.compares_with(current) and is_more_than_words(current.content, row.content):
        facts = {"version": current.version}
        found.append(Problem("more_than_words", ("meta", "version"), "More than words differs.", facts))
    return found


def next_version(slug: str, major: int | None = None) -> str:
    """The next minor number of `major` that no row has, or the first of a new one."""
    taken = [version_number(version) for version in _versions(slug)]
    if major is None:
        return f"{max((one[0] for one in taken), default=0) + 1}.0"
    return f"{major}.{max((one[1] for one in taken if one[0] == major), default=-1) + 1}"


def _versions(slug: str) -> list[str]:
    return [*Instrument.objects.filter(slug=slug).values_list("version", flat=True)]


@transaction.atomic
def clone(pk: int) -> tuple[Instrument, bool]:
    """A draft of a published version, and whether it was made now: a second press finds the one that is untouched."""
    source = Instrument.objects.select_for_update().get(pk=pk, status=Instrument.Status.PUBLISHED)
    content = typeset(source.content)
    for draft in Instrument.objects.filter(slug=source.slug, status=Instrument.Status.DRAFT):
        if _numbered(draft.content, "") == _numbered(content, ""):
            return draft, False
    return _made(content, next_version(source.slug, source.number[0])), True


@transaction.atomic
def take_in(content: Content) -> tuple[Instrument, bool]:
    """A draft of what stood in a file, and whether it was made now. Its number is that of the file while it is free
    and fits what differs from the current version."""
    current = _current_locked()
    for draft in Instrument.objects.filter(slug=SELF_SCAN, status=Instrument.Status.DRAFT):
        if _numbered(draft.content, "") == _numbered(content, ""):
            return draft, False
    version = content["meta"]["version"]
    is_minor = version_number(version)[0] == current.number[0]
    more = is_more_than_words(current.content, content)
    if version in _versions(SELF_SCAN) or version_number(version) < current.number or (is_minor and more):
        version = next_version(SELF_SCAN, None if more else current.number[0])
    return _made(content, version), True


def save(pk: int, section: str, change: Callable[[Content], None], *, was: str) -> None:
    """Let `change` write into the content. Raises NoDraftError, ChangedMeanwhileError."""
    with transaction.atomic():
        row = _locked(pk)
        content = copy.deepcopy(row.content)
        change(content)
        if content == row.content:  # a double click
            return
        if seen_of(row.content, section) != was:
            raise ChangedMeanwhileError(row)
        row.content = content
        row.save()


@transaction.atomic
def renumber(pk: int, *, major: bool) -> Instrument:
    """As the first of a new number, or as the next of the one that is current. Raises NoDraftError."""
    current = _current_locked()
    row = _locked(pk)
    if (row.number[0] > current.number[0]) == major and row.number > current.number:
        return row
    row.version = next_version(row.slug, None if major else current.number[0])
    row.content = _numbered(row.content, row.version)
    row.save()
    return row


@transaction.atomic
def publish(pk: int, *, was: str) -> Instrument:
    """Raises NoDraftError, ChangedMeanwhileError, InstrumentError when something still keeps it from it."""
    _current_locked()
    row = _locked(pk)
    if row.checksum != was:
        raise ChangedMeanwhileError(row)
    for problem in wrong_with(row):
        raise InstrumentError(problem.sentence)
    published, _is_written = services.publish_instrument(row.content)
    return published


@transaction.atomic
def discard(pk: int, *, was: str) -> Instrument:
    """The row as it was. Raises NoDraftError, ChangedMeanwhileError."""
    row = _locked(pk)
    if row.checksum != was:
        raise ChangedMeanwhileError(row)
    gone = copy.copy(row)
    row.delete()
    return gone


def _locked(pk: int) -> Instrument:
    row = Instrument.objects.select_for_update().filter(pk=pk, status=Instrument.Status.DRAFT).first()
    if row is None:
        raise NoDraftError
    return row


def _current_locked() -> Instrument:
    """One at a time where a number is given out or a version becomes the current one."""
    return Instrument.objects.select_for_update().get(pk=Instrument.objects.current().pk)


def _made(content: Content, version: str) -> Instrument:
    return Instrument.objects.create(slug=SELF_SCAN, version=version, content=_numbered(content, version))


def _numbered(content: Mapping[str, Any], version: str) -> Content:
    return {**content, "meta": {**content["meta"], "version": version}}


def is_untouched(row: Instrument) -> bool:
    current = Instrument.objects.current()
    return checksum_of(_numbered(row.content, "")) == checksum_of(_numbered(typeset(current.content), ""))
