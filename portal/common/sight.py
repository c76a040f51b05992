"""What a member of staff may see. Every list, page, choice, search and export of the admin asks here, and nowhere else.

Whoever runs the practice (`PRACTICE`) sees every row. A coach sees of each model what the apps say is the coach's own
(docs/decisions/0041); of a model that no app names, nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth import get_permission_codename
from django.db.models import Model, QuerySet

PRACTICE = "accounts.see_practice"  # a right of the group practice
Rows = TypeVar("Rows", bound=QuerySet[Any])
Narrow = Callable[[Any, QuerySet[Any]], QuerySet[Any]]  # these rows, as far as they are the viewer's own
_own: dict[type[Model], Narrow] = {}


def register(model: type[Model], narrow: Narrow) -> None:
    _own[model] = narrow


def register_shared(model: type[Model]) -> None:
    """Its rows are nobody's in particular: each coach sees them all, with the right to that kind of row."""
    register(model, lambda viewer, rows: rows)


def registered() -> set[type[Model]]:
    return {*_own}


def sees_practice(viewer: Any) -> bool:
    return bool(viewer.has_perm(PRACTICE))


def seen_by(viewer: Any, rows: Rows) -> Rows:
    """Those of `rows` that `viewer` may see."""
    return may_see(viewer, rows)


def may_see(viewer: Any, rows: Rows) -> Rows:
    """With the right to look at that kind of row, and of those only the own ones."""
    opts = rows.model._meta
    rights = (f"{opts.app_label}.{get_permission_codename(verb, opts)}" for verb in ("view", "change"))
    return own(viewer, rows) if any(viewer.has_perm(right) for right in rights) else rows.none()


def own(viewer: Any, rows: Rows) -> Rows:
    """Those that lie in the sight of `viewer`, where what is shown of them asks for another right: a choice in a
    form, what a calendar may lock."""
    if sees_practice(viewer):
        return rows
    narrow = _own.get(rows.model)
    return narrow(viewer, rows) if narrow else rows.none()  # type: ignore[return-value]  # of the same kind
