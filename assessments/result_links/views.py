"""Showing a result by a link: its leader's page, and the page that a reader opens without an account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import summary, words
from assessments.models import Scan
from assessments.requests import member, own_scans
from assessments.result import Result
from assessments.result_links import showing
from assessments.result_links.forms import LinkForm
from assessments.result_links.models import ResultLink
from assessments.words import language
from portal.accounts.models import User
from portal.common import times
from portal.common.http import private


@private
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose what a link shows, and see one's own links. For a result in an account."""
    user = member(request)
    scan = own_scans(request).completed().filter(public_id=public_id, user=user).first()
    if user is None or scan is None:
        raise Http404
    result = summary.result_of(scan, language())
    if not result.weakest:
        raise Http404  # no key has a score
    if request.method != "POST":
        return links_page(request, scan, LinkForm(result=result, name=user.name), user)
    form = LinkForm(request.POST, result=result, name=user.name)
    if not form.is_valid():
        return links_page(request, scan, form, user, status=422)
    chosen = form.cleaned_data
    try:
        _link, is_new = showing.show(
            scan,
            keys=[slug for slug in form.scored if slug in chosen["keys"]],
            with_overall=chosen.get("with_overall", False),
            with_name=chosen.get("with_name", False),
            days=chosen["days"],
        )
    except showing.TooManyLinksError:
        form.add_error(None, _("You have ten links that still work. Withdraw one first."))
        return links_page(request, scan, form, user, status=422)
    messages.success(
        request, _("Your link is there. Copy it below.") if is_new else _("This link was there already.")
    )
    return redirect("assessments:links", scan.public_id)


def links_page(
    request: HttpRequest, scan: Scan, form: LinkForm, user: User, *, status: int = 200
) -> HttpResponse:
    own = list(ResultLink.objects.of_user(user.pk).with_scan())
    context = {
        "scan": scan,
        "form": form,
        "full_day": times.full_date(scan.done_at, user.time_zone),
        "living": [link_row(link, user.time_zone) for link in own if link.is_living],
        "ended": [link_row(link, user.time_zone) for link in own if not link.is_living],
        "noindex": True,
    }
    return render(request, "assessments/result_links/links.html", context, status=status)


def link_row(link: ResultLink, time_zone: str) -> dict[str, object]:
    instrument = link.scan.instrument.parsed(language())
    names = [key.name for key in instrument.keys if key.slug in link.keys]
    return {
        "link": link,
        "names": ", ".join(names),
        "day": times.full_date(link.scan.done_at, time_zone),
        "until": times.full_date(link.last_instant, times.HOST_ZONE),
        "withdrawn": times.full_date(link.withdrawn_at, time_zone) if link.withdrawn_at else "",
        "address": showing.address(link) if link.is_living else "",
    }


@private
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    user = member(request)
    own = ResultLink.objects.of_user(user.pk if user else 0).select_related("scan")
    link = get_object_or_404(own, public_id=public_id)
    showing.withdraw(link)
    messages.success(request, _("Withdrawn. Whoever opens the link sees nothing of your result any more."))
    return redirect("assessments:links", link.scan.public_id)


@login_not_required
@private
@require_safe
def shown_result(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """What a reader sees. Whatever is wrong with a link, the answer is the same."""
    link = showing.find(public_id, token)
    if link is None:
        context: dict[str, object] = {"is_gone": True, "noindex": True}
        return render(request, "assessments/result_links/shown.html", context, status=410)
    result = summary.result_of(link.scan, language())
    context = {
        "result": result,
        "rows": chosen_rows(link, result),
        "overall": result.overall if link.with_overall else None,
        "name": link.scan.user.name if link.with_name and link.scan.user else "",
        "full_day": times.full_date(link.scan.done_at, times.HOST_ZONE),
        "until": times.full_date(link.last_instant, times.HOST_ZONE),
        "noindex": True,
    }
    return render(request, "assessments/result_links/shown.html", context)


def chosen_rows(link: ResultLink, result: Result) -> list[dict[str, object]]:
    """Without what says something of the other keys, or of a scan before."""
    rows = [row for row in result.rows if row.key.slug in link.keys and row.score is not None]
    return [
        words.beam_row(row) | {"is_weakest": False, "previous": None, "predicted": None, "row": row}
        for row in rows
    ]
