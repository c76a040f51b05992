"""Unsubscribe: one click ends it (RFC 8058), and only a POST does anything."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.common import tokens
from portal.common.http import private
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead

PURPOSE = "leads.unsubscribe"


@csrf_exempt  # RFC 8058: the mail program posts without cookie or page; the token is the proof
@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """GET asks, POST stops. Needs no login and no cookie; the token only opens this one door."""
    if not tokens.is_valid(token, PURPOSE, public_id):
        raise Http404
    lead = get_object_or_404(Lead, public_id=public_id)
    with translation.override(lead.language):
        if request.method == "POST":
            leads.withdraw_consent(lead, purpose=consent.TIPS, method="one click")
        return render(request, "leads/unsubscribe.html", {"done": request.method == "POST"})
