"""What the history says first: how the overall went since the first scan. Only what is certain makes a headline."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from assessments import words
from assessments.models import Scan
from assessments.result import Measure, measure_overall
from portal.common import times


def headline(same: Sequence[Scan], time_zone: str) -> dict[str, object]:
    """`same`: scans that compare, newest first."""
    first, newest = same[-1], same[0]
    total = measure_overall(newest.overall, first.overall if len(same) > 1 else None)
    if total.change is None:
        return {"total": total}
    facts = {
        "since": times.month(first.done_at, time_zone),
        "points": abs(total.change),
        "first": total.previous_shown,
        "now": total.shown,
        "change": words.change_words(total),
    }
    careful = _("Look at what you did, rather than at every single figure.")
    certain = _(
        "From %(first)d to %(now)d: %(change)s. When nothing changes, one person in twenty sees such a step."
    )
    if total.change_label == "certain_up":
        title = _("Since %(since)s your score has risen by %(points)d points.") % facts
        lead = [certain % facts, *_latest(same, time_zone), careful]
    elif total.change_label == "certain_down":
        title = _("Since %(since)s your score has fallen by %(points)d points.") % facts
        lead = [
            certain % facts,
            *_latest(same, time_zone),
            _("Look at what changed in that time, and begin with one key."),
        ]
    elif not total.change:
        title = _("Your score is still %(now)d.") % facts
        lead = [careful]
    else:
        title = _("From %(first)d to %(now)d: that may be chance.") % facts
        lead = [careful]
    gauge = (
        _gauge(total, times.short_month(first.done_at, time_zone))
        if total.change_label == "certain_up"
        else None
    )
    return {"total": total, "title": title, "lead": " ".join(lead), "gauge": gauge}


def _gauge(total: Measure, from_month: str) -> dict[str, object]:
    start, end = total.previous_score or 0, total.score or 0
    return {
        "start": start,
        "end": end,
        "width": end - start,
        "middle": (start + end) / 2,
        "from": total.previous_shown,
        "to": total.shown,
        "points": words.signed(total.change),
        "from_month": from_month,
    }


def _latest(same: Sequence[Scan], time_zone: str) -> list[str]:
    if len(same) < 3:
        return []
    step = measure_overall(same[0].overall, same[1].overall)
    if step.change_label != "noise":
        return []
    facts = {"since": times.near_date(same[1].done_at, time_zone), "change": words.signed(step.change)}
    return [_("The latest step, since %(since)s (%(change)s), may be chance.") % facts]
