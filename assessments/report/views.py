"""The report of a scan as a PDF: for its owner alone, made when asked for and kept nowhere."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import summary
from assessments.report import content, making
from assessments.requests import member, own_scans
from assessments.words import language
from portal.common import times
from portal.common.http import private


@login_not_required
@private
@require_safe
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """As the page of the result: whoever cannot open that finds nothing here."""
    scan = own_scans(request).completed().filter(public_id=public_id).first()
    if scan is None:
        raise Http404
    user = member(request)
    zone = user.time_zone if user else times.HOST_ZONE
    previous = summary.previous_scan(scan)
    said = content.of_scan(
        scan,
        summary.result_of(scan, language(), previous),
        previous,
        time_zone=zone,
        name=user.name if user else "",
        agreed=summary.agreed_before(scan),
    )
    try:
        pdf = making.make("scan.typ", said, about=scan.public_id)
    except making.ReportError as refused:
        messages.info(request, str(refused))
        return redirect("assessments:result", scan.public_id)
    return making.download(pdf, _("result"), times.local(scan.done_at, zone).date().isoformat())
