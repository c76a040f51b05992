"""Where the page of a result leads to its links."""

from __future__ import annotations

from django.http import HttpRequest

from assessments.models import Scan
from assessments.result import Result
from portal.common.panels import Panel


def on_result(request: HttpRequest, scan: Scan, result: Result) -> Panel | None:
    """For a result in an account; one of nobody's cannot be withdrawn by anybody."""
    if scan.user_id is None or not result.weakest:
        return None
    return Panel("assessments/result_links/_on_result.html", {"scan": scan})
