"""The page behind the link of a tip: one click ends them (RFC 8058), and only a POST does anything."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from portal.common.http import private
from portal.common.panels import link_panels
from portal.leads import consent, links
from portal.leads import services as leads

BY_LINK = "one click"


@csrf_exempt  # RFC 8058: the mail program posts without cookie or page; the token is the proof
@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """GET asks, POST stops. Needs no login and no cookie; the token only opens this one door."""
    lead = links.lead_of(public_id, token)
    if lead is None:
        return no_link(request, is_erased=links.is_genuine(public_id, token))
    with translation.override(lead.language):
        if request.method == "POST":
            leads.withdraw_consent(lead, purpose=consent.TIPS, method=BY_LINK)
        context = {
            "done": request.method == "POST",
            "is_on": leads.has_consent(lead, consent.TIPS),
            "objected": lead.objected_at is not None,
            "asked": consent.text(consent.TIPS, lead.language),
            "again_path": links.path_of(lead, "leads:tips_again"),
            "panels": link_panels(request, lead),
        }
        return render(request, "leads/unsubscribe.html", context)


@login_not_required
@private
@require_POST
def tips_again(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """A new yes, from the page that shows its words: a press of a person, which no mail program makes."""
    lead = links.lead_of(public_id, token)
    if lead is None:
        return no_link(request, is_erased=links.is_genuine(public_id, token))
    leads.give_consent(lead, purpose=consent.TIPS, language=lead.language, method=BY_LINK, source_path="/u/")
    with translation.override(lead.language):
        messages.success(request, _("Tips by e-mail are on."))
    return redirect(links.path_of(lead))


def no_link(request: HttpRequest, *, is_erased: bool) -> HttpResponse:
    """Whoever was erased gets nothing any more, so there is nothing left to refuse."""
    return render(request, "leads/no_link.html", {"is_erased": is_erased}, status=200 if is_erased else 404)
