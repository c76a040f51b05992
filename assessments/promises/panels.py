"""Promises on the page of a result, on the account page, and on the time line of somebody's scans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from assessments import words
from assessments.models import Scan
from assessments.promises.beside import Beside, beside
from assessments.promises.models import Promise
from assessments.promises.said import told, week_by_week
from assessments.requests import member
from assessments.result import Result, Row
from assessments.scoring import shown
from assessments.summary import Moment, result_of
from portal.common import times
from portal.common.panels import Panel

MOST = 40  # promises of one person that are looked at


def on_result(request: HttpRequest, scan: Scan, result: Result) -> Panel | None:
    """The promise of now, or the way to make one; above it what became of the keys that somebody worked on. One query
    for whoever is signed in."""
    user = member(request)
    own = list(Promise.objects.with_scan().with_done().of(user.pk)[:MOST]) if user else []
    standing = next((told(promise) for promise in own if promise.stands), None)
    found = worked_on(own, scan)
    if not result.weakest and not standing and not found:
        return None
    context = {"scan": scan, "is_kept": scan.user_id is not None, "standing": standing, "worked_on": found}
    return Panel("assessments/promises/_on_result.html", context)


def worked_on(newest_first: list[Promise], scan: Scan) -> dict[str, Any] | None:
    """Of the newest scan before this one that a promise came from, when their scores compare."""
    before = [
        promise
        for promise in newest_first
        if promise.made_at < scan.done_at
        and promise.scan.done_at < scan.done_at
        and promise.scan.instrument.compares_with(scan.instrument)
    ]
    if not before:
        return None
    base = before[0].scan
    of_base = [promise for promise in before if promise.scan_id == base.pk][::-1]
    found = beside(result_of(scan, words.language(), base), [promise.key for promise in of_base])
    if found is None:
        return None
    return {
        "rows": rows_of(found),
        "first": row_of(found.worked_on[0], is_worked_on=True),
        "has_other": found.other is not None,
        "base_day": times.full_date(base.done_at, times.HOST_ZONE),
        "promises": [told(promise) | {"done": promise.done} for promise in of_base],
    }


def rows_of(found: Beside) -> list[dict[str, Any]]:
    return [row_of(row, is_worked_on=row is not found.other) for row in found.rows]


def row_of(row: Row, *, is_worked_on: bool) -> dict[str, Any]:
    return {
        "key": row.key,
        "is_worked_on": is_worked_on,
        "before": row.previous_shown,
        "expected": None if row.predicted is None else shown(row.predicted),
        "now": row.shown,
        "words": words.change_words(row),
        "is_real": row.has_grown,
    }


def on_account(request: HttpRequest) -> Panel | None:
    user = member(request)
    if user is None:
        return None
    own = list(Promise.objects.with_scan().of(user.pk).prefetch_related("answers")[:MOST])
    if not own:
        return None
    promises = [in_full(promise) for promise in own]
    return Panel(
        "assessments/promises/_on_account.html", {"promises": promises, "standing": promises[0]["stands"]}
    )


def in_full(promise: Promise) -> dict[str, Any]:
    answers = list(promise.answers.all())
    done = sum(answer.answer == answer.Answer.DONE for answer in answers)
    return told(promise) | {"weeks": week_by_week(promise, answers), "done": done}


def moments(user_id: int, since_at: datetime) -> list[Moment]:
    """What somebody promised, on the time line of their scans."""
    own = Promise.objects.with_scan().filter(user_id=user_id, made_at__gte=since_at).order_by("made_at")
    return [Moment(promise.made_at, "promise", moment_words(promise)) for promise in own[:MOST]]


def moment_words(promise: Promise) -> str:
    facts = {"phrase": promise.key_in(words.language()).phrase, "moment": promise.moment}
    return _("Promise to yourself about %(phrase)s: %(moment)s") % facts
