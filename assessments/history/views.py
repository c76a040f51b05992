"""The whole course: every scan that compares, and what was done between them."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments import summary, words
from assessments.history.course import WIDE
from assessments.history.headline import headline
from assessments.history.lines import columns, lines
from assessments.history.panels import comparable, own_scans
from assessments.history.timeline import table, time_line
from portal.accounts.models import User
from portal.common import times
from portal.common.http import private


@private
@require_safe
def course(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    completed = [scan for scan in own_scans(user) if scan.is_completed]
    if not completed:
        return redirect("accounts:account")
    same = comparable(completed)
    previous = same[1] if len(same) > 1 else None
    result = summary.result_of(same[0], words.language(), previous)
    moments = summary.moments_since(user.pk, same[-1].done_at)
    versions = [scan.instrument.version for scan in same]
    context = {
        "same_count": len(same),
        "other_count": len(completed) - len(same),
        "versions": words.versions_named(versions),
        "reworded": words.reworded(*versions),
        "time_line": time_line(same[::-1], moments, user.time_zone),
        "rows": table(same, moments, user.time_zone),
        "columns": columns(same[::-1], user.time_zone),
        "lines": lines(result, same[::-1], len(same), width=WIDE),
        "since": times.near_date(previous.done_at, user.time_zone) if previous else "",
        "here": "account",
        "noindex": True,
        **headline(same, user.time_zone),
    }
    return render(request, "assessments/course.html", context)
