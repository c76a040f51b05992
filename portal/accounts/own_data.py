"""A person's own copy of all that is kept (GDPR 15 and 20), to read and as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.accounts.door import fresh_sign_in
from portal.accounts.models import User
from portal.common import export
from portal.common.http import private


@private
@fresh_sign_in
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    copied = list(export.copy_of(request.user.email))
    if request.GET.get("as") == "json":
        return as_file(request.user.email, copied)
    return render(request, "accounts/own_data.html", {"copied": copied})


def as_file(email: str, copied: list[export.Copied]) -> JsonResponse:
    answer = JsonResponse(
        export.as_document(email, copied), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="draagkracht.json"'
    return answer
