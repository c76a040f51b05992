"""What a login and a sign-out mean for the scan of this browser."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from assessments import cookies, services
from portal.accounts.models import User


def attach_at_login(request: HttpRequest, user: User) -> str | None:
    """Attach the scan of the browser in which the code was typed, and go on where the visitor was.

    A second run finds nothing free to attach and leads nowhere.
    """
    public_id = cookies.browser_scan(request)
    scan = services.attach_scan(public_id, user) if public_id else None
    if scan is None:
        return None
    if scan.is_completed:
        return reverse("assessments:result", args=[scan.public_id])
    return reverse("assessments:scan", args=[scan.resume_page])
