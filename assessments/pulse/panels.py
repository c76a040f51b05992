"""The account's panel of pulses: apart from the scans, compared with other pulses of the same major version only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from assessments import change, words
from assessments.history.course import WIDE, Course, course
from assessments.history.panels import SENSIBLE_AFTER
from assessments.models import Scan
from assessments.pulse import measure
from assessments.pulse.models import Pulse
from assessments.scoring import shown
from portal.accounts.models import User
from portal.common import times
from portal.common.panels import Panel

MAX_PULSES = 40
ROWS_SHOWN = 6
SENSIBLE_FROM = timedelta(
    days=14
)  # sooner, half of the four weeks that are asked about were answered already


def account_panel(request: HttpRequest) -> Panel | None:
    """Nothing before the first scan: a pulse looks between two of them."""
    user = request.user
    if not isinstance(user, User):
        return None
    scan = Scan.objects.for_user(user.pk).completed().only("completed_at").latest_first().first()
    if scan is None:
        return None
    own = Pulse.objects.for_user(user.pk).with_instrument().defer("instrument__content", "answers")
    pulses = list(own.order_by("-started_at", "-pk")[:MAX_PULSES])
    completed = sorted((one for one in pulses if one.is_completed), key=lambda one: one.done_at, reverse=True)
    newest = completed[0] if completed else None
    last_at = max(scan.done_at, newest.done_at) if newest else scan.done_at
    now = times.now()
    return Panel(
        "assessments/_pulse.html",
        {
            "is_under_way": len(pulses) > len(completed),
            "is_too_soon": now < last_at + SENSIBLE_FROM,
            "is_scan_due": now >= scan.done_at + SENSIBLE_AFTER,
            "from_day": times.near_date(last_at + SENSIBLE_FROM, user.time_zone),
            "needed": measure.needed(),
            **(_compared(completed, user.time_zone) if newest else {"count": 0}),
        },
    )


def _compared(newest_first: Sequence[Pulse], time_zone: str) -> dict[str, object]:
    newest = newest_first[0]
    same = [one for one in newest_first if one.instrument.compares_with(newest.instrument)]
    rows = [_row(one, same[at + 1] if at + 1 < len(same) else None, time_zone) for at, one in enumerate(same)]
    return {
        "count": len(newest_first),
        "title": _title(newest, rows[0]),
        "rows": rows[:ROWS_SHOWN],
        "left_out": len(newest_first) - len(rows[:ROWS_SHOWN]),
        "course": _course(same) if len(same) > 1 else None,
    }


def _title(newest: Pulse, row: dict[str, object]) -> str:
    """Only what is certain makes a headline."""
    if newest.score is None:
        return _("Your last pulse has no score.")
    if row["is_certain"]:
        facts = {"score": row["shown"], "change": row["change"]}
        return _("Your pulse: %(score)d of 100, %(change)s since the one before.") % facts
    return _("Your pulse: %(score)d of 100.") % {"score": row["shown"]}


def _row(one: Pulse, previous: Pulse | None, time_zone: str) -> dict[str, object]:
    before = previous.score if previous else None
    label = change.label(measure.expect(before), one.score)
    points = None if one.score is None or before is None else shown(one.score) - shown(before)
    low, high = change.interval(one.score, measure.PULSE) if one.score is not None else (0.0, 0.0)
    return {
        "day": f"{times.short_day(one.done_at, time_zone)} {times.local(one.done_at, time_zone).year}",
        "shown": None if one.score is None else shown(one.score),
        "low": shown(low),
        "high": shown(high),
        "change": words.signed(points) if points else "",
        "change_words": words.said_of_change(label, points),
        "is_certain": label in ("certain_up", "certain_down"),
        "has_grown": label == "certain_up",
        "has_dropped": label == "certain_down",
    }


def _course(newest_first: Sequence[Pulse]) -> Course:
    return course([(one.done_at, one.score) for one in reversed(newest_first)], width=WIDE)
