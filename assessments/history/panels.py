"""The account's panel of scans: side by side, compared within one major version, change named honestly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpRequest

from assessments import bridge, words
from assessments.history.headline import headline
from assessments.history.lines import columns, lines
from assessments.models import Scan
from assessments.summary import result_of
from portal.accounts.models import User
from portal.common import times
from portal.common.panels import Panel

MAX_COLUMNS = 4
MAX_SCANS = 40
SENSIBLE_AFTER = timedelta(days=60)  # sooner, four weeks of answers overlap too much to show a change


def history(request: HttpRequest) -> Panel | None:
    user = request.user
    if not isinstance(user, User):
        return None
    scans = own_scans(user)
    completed = [scan for scan in scans if scan.is_completed]
    context: dict[str, object] = {"is_under_way": len(scans) > len(completed), "count": len(completed)}
    if completed:
        context |= _compared(completed, user.time_zone)
    can_wait = bool(context.get("can_wait")) and not context["is_under_way"]
    return Panel("assessments/_history.html", context, has_next_step=not can_wait)


def own_scans(user: User) -> list[Scan]:
    """Newest first, finished or under way."""
    own = Scan.objects.for_user(user.pk).exclude(status=Scan.Status.DISCARDED).with_instrument()
    return list(own.defer("instrument__content", "answers", "page_saved_at").latest_first()[:MAX_SCANS])


def comparable(newest_first: Sequence[Scan]) -> list[Scan]:
    """The newest, and all that compare with it."""
    return [scan for scan in newest_first if scan.instrument.compares_with(newest_first[0].instrument)]


def _compared(newest_first: Sequence[Scan], time_zone: str) -> dict[str, object]:
    newest = newest_first[0]
    same = comparable(newest_first)
    versions = [scan.instrument.version for scan in same]
    side_by_side = same[:MAX_COLUMNS][::-1]
    previous = same[1] if len(same) > 1 else None
    result = result_of(newest, words.language(), previous)
    return {
        "newest": newest,
        "newest_day": times.full_date(newest.done_at, time_zone),
        "versions": words.versions_named(versions),
        "reworded": words.reworded(*versions),
        "same_count": len(same),
        "columns": columns(side_by_side, time_zone),
        "lines": lines(result, same[::-1], len(side_by_side)),
        "groups": words.beam_groups(result),
        "members": bridge.members(result.rows),
        "since": times.near_date(previous.done_at, time_zone) if previous else "",
        "result": result,
        "can_wait": times.now() < newest.done_at + SENSIBLE_AFTER,
        "next_day": times.full_date(newest.done_at + SENSIBLE_AFTER, time_zone),
        "others": columns([scan for scan in newest_first if scan not in same], time_zone),
        **headline(same, time_zone),
    }
