"""The line on the admin's first page that says mail is behind or failed. Silent when all is well."""

from __future__ import annotations

from django.http import HttpRequest

from portal.common.panels import Panel
from portal.mail import health

BEHIND_MINUTES = 5


def mail_banner(request: HttpRequest) -> Panel | None:
    backlog = health.backlog()
    failed = health.failed_lately()
    is_behind = backlog.oldest_minutes >= BEHIND_MINUTES
    if not is_behind and not failed:
        return None
    return Panel("portal/_mail_banner.html", {"backlog": backlog if is_behind else None, "failed": failed})
