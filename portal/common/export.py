"""A copy of all that is kept of one person. Apps register what they keep in `AppConfig.ready()`.

Every column goes along, a new one by itself; `left_out` names those that say nothing of a person, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models import Field, Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.common import times
from portal.common.sight import seen_by

Rows = Callable[[str], QuerySet[Any]]
Say = Callable[[Any], str]


@dataclass(frozen=True, kw_only=True)
class Section:
    """`rows` finds what is kept of an address. `for_coach` is what a coach may read of that; none of it, for
    what is shown to the person only.

    `said` is asked once for all rows, and gives by column what a page says of a row where its value is one for code;
    nothing, when that is empty. `called` names columns without a name. The file has every column as it is."""

    name: str
    words: str | Promise
    rows: Rows
    for_coach: Rows | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    said: Callable[[list[Any]], Mapping[str, Say]] = lambda rows: {}
    called: Mapping[str, str | Promise] = field(default_factory=dict)

    def columns(self) -> list[Field[Any, Any]]:
        """Without row numbers and keys to other rows."""
        every = self.rows("").model._meta.concrete_fields
        return [one for one in every if not (one.is_relation or one.primary_key or one.name in self.left_out)]


@dataclass(frozen=True, kw_only=True)
class Copied:
    section: Section
    rows: list[Model]

    def as_data(self) -> list[dict[str, Any]]:
        names = [column.attname for column in self.section.columns()]
        return [{name: _plain(getattr(row, name)) for name in names} for row in self.rows]

    def as_words(self) -> list[list[tuple[str, str]]]:
        """Per row (what, value); without what is empty."""
        columns, said = self.section.columns(), self.section.said(self.rows)
        called = {one.name: str(self.section.called.get(one.name, one.verbose_name)) for one in columns}
        pairs = (
            [
                (called[one.name], said[one.name](row) if one.name in said else _words(row, one))
                for one in columns
            ]
            for row in self.rows
        )
        return [[(name, words) for name, words in row if words] for row in pairs]


_sections: list[tuple[int, Section]] = []


def register(order: int, *sections: Section) -> None:
    _sections.extend((order, section) for section in sections)
    _sections.sort(key=lambda pair: pair[0])


def sections() -> list[Section]:
    return [section for _order, section in _sections]


def unsaid(row: Any) -> str:
    """For a column that only a program reads."""
    return ""


def copy_of(email: str, *, viewer: Any = None) -> Iterator[Copied]:
    """Everything, for the person; with `viewer`, what this member of staff may see of it."""
    for section in sections():
        rows = section.rows(email)
        if viewer is not None:
            if section.for_coach is None:
                continue
            rows = seen_by(viewer, section.for_coach(email))
        yield Copied(section=section, rows=list(rows))


def as_document(email: str, copied: list[Copied]) -> dict[str, Any]:
    return {
        "email": email,
        "made_at": times.now().isoformat(),
        "by": settings.SITE_URL,
        **{one.section.name: one.as_data() for one in copied},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Range):
        return [_plain(value.lower), _plain(value.upper)]
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _words(row: Model, column: Field[Any, Any]) -> str:
    value = getattr(row, column.attname)
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    if column.name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    if column.name == "time_zone":
        return times.zone_name(value)
    return _said(value)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{times.short_moment(value, times.HOST_ZONE)}, {times.zone_label(value, times.HOST_ZONE)}"
    if isinstance(value, date):
        return times.short_date_of(value)
    if isinstance(value, Range):
        return f"{_said(value.lower)} – {_said(value.upper)}"
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_said(one)}" for name, one in value.items())
    return ", ".join(_said(one) for one in value) if isinstance(value, list) else str(value)
