"""What a member of staff may see. Every list, page, search and export of the admin asks here, and nowhere else."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any])


def seen_by(viewer: Any, rows: Rows) -> Rows:
    """Those of `rows` that `viewer` may see."""
    return may_see(viewer, rows)


def may_see(viewer: Any, rows: Rows) -> Rows:
    """Today all of them, with the right to look at that kind of row."""
    opts = rows.model._meta
    rights = (f"{opts.app_label}.{get_permission_codename(verb, opts)}" for verb in ("view", "change"))
    return rows if any(viewer.has_perm(right) for right in rights) else rows.none()
