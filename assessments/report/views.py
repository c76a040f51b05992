"""The report of a scan as a PDF: for its owner alone, made when asked for and kept nowhere."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import summary
from assessments.models import Scan
from assessments.report import content, typesetting
from assessments.requests import member, own_scans
from assessments.words import language
from portal.accounts import limits
from portal.common import times
from portal.common.http import private
from portal.practice.facts import practice

logger = logging.getLogger(__name__)

PER_SCAN, PERIOD = 20, timedelta(hours=1)


@login_not_required
@private
@require_safe
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """As the page of the result: whoever cannot open that finds nothing here."""
    scan = own_scans(request).completed().filter(public_id=public_id).first()
    if scan is None:
        raise Http404
    if limits.take("report", scan.public_id, limit=PER_SCAN, period=PERIOD):
        said = _(
            "You made this report %(count)d times within an hour. Wait a while, or use one that you have."
        )
        messages.info(request, said % {"count": PER_SCAN})
        return redirect("assessments:result", scan.public_id)
    user = member(request)
    zone = user.time_zone if user else times.HOST_ZONE
    try:
        pdf = make(scan, zone, user.name if user else "")
    except typesetting.TypesettingError:
        logger.exception("A report could not be made.")
        messages.error(request, could_not_be_made())
        return redirect("assessments:result", scan.public_id)
    return download(pdf, _("result"), times.local(scan.done_at, zone).date().isoformat())


def could_not_be_made() -> str:
    return _("The report could not be made just now. Nothing is lost: try again in a minute.")


def make(scan: Scan, time_zone: str, name: str) -> bytes:
    """The caller checks rights. Three queries at most."""
    previous = summary.previous_scan(scan)
    result = summary.result_of(scan, language(), previous)
    agreed = summary.agreed_before(scan)
    said = content.of_scan(scan, result, previous, time_zone=time_zone, name=name, agreed=agreed)
    return typesetting.typeset("scan.typ", said, times.now())


def download(pdf: bytes, *named: str) -> HttpResponse:
    name = "-".join(filter(None, (slugify(part) for part in (practice()["name"], *named))))
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=f"{name}.pdf")}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
