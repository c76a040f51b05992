"""What the admin says of mail: on every page that it is behind, on the first one what failed. Else nothing."""

from __future__ import annotations

from django.http import HttpRequest

from portal.common import times
from portal.common.panels import Panel
from portal.common.sight import seen_by
from portal.mail import bounces, health

BEHIND_MINUTES = 5


def mail_is_behind(request: HttpRequest) -> Panel | None:
    backlog = health.backlog()
    return (
        Panel("portal/_mail_is_behind.html", {"backlog": backlog})
        if backlog.oldest_minutes >= BEHIND_MINUTES
        else None
    )


def mail_banner(request: HttpRequest) -> Panel | None:
    failed = seen_by(request.user, health.failed_lately()).count()
    unread = bounces.unread_since()
    if not failed and unread is None:
        return None
    since = times.short_moment(unread, times.HOST_ZONE) if unread else ""
    return Panel("portal/_mail_banner.html", {"failed": failed, "unread_since": since})
