"""The report of a closed round as a PDF: for its leader alone, made when asked for and kept nowhere."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.mirror import on_paper, shown
from assessments.mirror.models import Round
from assessments.report import making
from assessments.requests import member
from assessments.words import language
from portal.common import times
from portal.common.http import private


@private
@require_safe
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """As the page of the round: the guess comes before the first figure, on paper too."""
    user = member(request)
    rounds = Round.objects.for_user(user.pk if user else 0).with_scan()
    round_ = rounds.filter(public_id=public_id).first()
    if user is None or round_ is None:
        raise Http404
    page = redirect("assessments:team_round", round_.public_id)
    if not round_.is_closed or (round_.guess is None and round_.is_enough):
        return page
    said = on_paper.of_round(round_, shown.of(round_, language()), time_zone=user.time_zone, name=user.name)
    try:
        pdf = making.make("mirror.typ", said, about=round_.public_id)
    except making.ReportError as refused:
        messages.info(request, str(refused))
        return page
    return making.download(pdf, _("team"), times.local(round_.closes_at, times.HOST_ZONE).date().isoformat())
