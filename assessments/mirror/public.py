"""The page of a round that anybody may read: what is kept and shown, where it ends, and what an attack brings."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.mirror import days, services
from assessments.mirror.domain import widths
from assessments.mirror.domain.disclosure import cap
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
        **attacks(),
        "noindex": True,
    }
    return render(request, "assessments/team/public.html", context, status=200 if round_ else 410)


def attacks() -> dict[str, dict[str, int]]:
    """Three ways to read one person from averages, in the figures of the page."""
    n, before, after = 5, 64, 60
    difference = {
        "n": n, "before": before, "more": n + 1, "after": after, "found": (n + 1) * after - n * before,
    }  # fmt: skip
    n, mean = 6, 95
    insider = {
        "n": n, "mean": mean, "others": n - 1, "lowest": n * mean - (n - 1) * 100, "edge": 100 - cap(n),
    }  # fmt: skip
    n, filled, mean = 5, 50, 55
    by_link = {
        "n": n, "own": n - 1, "filled": filled, "mean": mean, "found": n * mean - (n - 1) * filled,
    }  # fmt: skip
    return {"difference": difference, "insider": insider, "by_link": by_link}
