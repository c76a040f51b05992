"""The page of a round that anybody may read: what is kept and shown, where it ends, and what an attack brings."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.mirror import days, services
from assessments.mirror.domain import attacks, widths
from portal.common import times


@login_not_required
@require_safe
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """Of a round that is gone the rules are still there to read."""
    round_ = services.find_round(public_id)
    context = {
        "round": round_,
        "opened_day": times.full_date(round_.opened_at, times.HOST_ZONE) if round_ else "",
        "last_day": days.last_day(round_.closes_at) if round_ else "",
        "min_n": round_.min_n if round_ else services.minimum(),
        "rows": [
            {"n": row.n, "cap": row.cap, "high": 100 - row.cap, "narrowest": row.narrowest}
            for row in widths.table_of_widths()
        ],
        "difference": attacks.differencing(),
        "insider": attacks.one_insider(),
        "others": attacks.all_others(),
        "by_link": attacks.by_link(),
        "noindex": True,
    }
    return render(request, "assessments/team/public.html", context, status=200 if round_ else 410)
