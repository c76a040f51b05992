"""What a login means for the scan of this browser, and how its answers read on a form that is sent again."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import cookies, emails, services
from assessments.forms import posted
from assessments.models import Instrument
from assessments.words import language
from portal.accounts import waiting
from portal.accounts.models import User
from portal.accounts.services import KEEP
from portal.resending import Row


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
        if waiting.find(request, user.email, KEEP):
            emails.send_kept(scan, user)
        return reverse("assessments:result", args=[scan.public_id])
    return reverse("assessments:scan", args=[scan.resume_page])


def read_answers(request: HttpRequest) -> list[Row]:
    """The answers of a form with statements, each in the words of its option. They go along unread while the
    database is away, for the words stand there."""
    if request.resolver_match is None or request.resolver_match.namespace != "assessments":
        return []
    try:
        instrument = Instrument.objects.current().parsed(language())
    except DatabaseError:
        return []
    labels = {posted(one.value): one.label for one in (*instrument.options, instrument.not_applicable)}
    return [
        Row(
            _("Statement %(number)d") % {"number": item.number},
            labels.get(request.POST.get(item.id, ""), ""),
            item.text,
        )
        for item in instrument.items
    ]
