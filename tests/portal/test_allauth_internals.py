"""What is used of allauth beyond its documentation stands in one module, checked against one version."""

from __future__ import annotations

import re
from importlib.metadata import version

from django.conf import settings

from portal.accounts.allauth_internals import CHECKED_AGAINST

MODULE = "portal/accounts/allauth_internals.py"
INTERNAL = re.compile(r"allauth[\w.]*\.internal|allauth\.core import context|self\._(action|process)\b")


def test_the_installed_allauth_is_the_one_it_was_checked_against() -> None:
    installed = version("django-allauth")
    assert installed == CHECKED_AGAINST, (
        f"django-allauth is {installed} now. Read what changed since {CHECKED_AGAINST} in what {MODULE} "
        f"imports, run tests/portal and tests/bookings/admin, then write {installed} in its CHECKED_AGAINST."
    )


def test_no_other_module_reaches_into_allauth() -> None:
    root = settings.BASE_DIR
    code = [path for app in ("portal", "assessments", "bookings") for path in (root / app).rglob("*.py")]
    reaching = {str(path.relative_to(root)) for path in code if INTERNAL.search(path.read_text("utf-8"))}
    assert reaching == {MODULE}
