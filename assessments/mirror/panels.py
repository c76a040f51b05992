"""Where a leader meets the mirror: below a result that is in an account, and among one's scans."""

from __future__ import annotations

from django.http import HttpRequest

from assessments.mirror import days
from assessments.mirror.models import Round
from assessments.models import Scan
from assessments.result import Result
from portal.accounts.models import User
from portal.common.panels import Panel

MOST = 20


def below_result(request: HttpRequest, scan: Scan, result: Result) -> Panel | None:
    """For the account that has the scan; who has not kept it yet is asked to do that first."""
    return Panel("assessments/team/_below_result.html", {"scan": scan, "is_kept": scan.user_id is not None})


def rounds(request: HttpRequest) -> Panel | None:
    user = request.user
    if not isinstance(user, User):
        return None
    found = Round.objects.for_user(user.pk).order_by("-opened_at")[:MOST]
    rows = [
        {"round": round_, "last_day": days.last_short_day(round_.closes_at), "is_open": round_.is_open}
        for round_ in found
    ]
    return Panel("assessments/team/_rounds.html", {"rows": rows}) if rows else None
