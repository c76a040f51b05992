"""What a login and a sign-out mean for the scan of this browser."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from assessments import cookies, services
from portal.accounts.models import User


def attach_at_login(request: HttpRequest, user: User) -> str | None:
    """Attach the scans of the browser in which the code was typed, and go on where the visitor was.

    A second run finds nothing free to attach and leads nowhere.
    """
    oldest_first = reversed(cookies.browser_scans(request))
    attached = [scan for public_id in oldest_first if (scan := services.attach_scan(public_id, user))]
    if not attached:
        return None
    scan = attached[-1]
    if scan.is_completed:
        return reverse("assessments:result", args=[scan.public_id])
    return reverse("assessments:scan", args=[scan.resume_page])
