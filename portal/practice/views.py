"""The portrait, under an address that is made of what it shows: a browser may keep it for ever."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from portal.practice.known import known
from portal.practice.models import Practice

FOR_EVER = "public, max-age=31536000, immutable"


@login_not_required
@require_safe
def portrait(request: HttpRequest, digest: str) -> HttpResponse:
    found = Practice.objects.filter(portrait_digest=digest).values_list("portrait", flat=True).first()
    if found:
        return HttpResponse(bytes(found), content_type="image/webp", headers={"Cache-Control": FOR_EVER})
    now = known().portrait_digest
    if not now or now == digest:
        raise Http404
    response = redirect("practice:portrait", now)  # a page that was made before another took its place
    response.headers["Cache-Control"] = "no-store"
    return response
