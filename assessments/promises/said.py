"""Promises in sentences."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from assessments.promises import weeks
from assessments.promises.models import FridayAnswer, Promise
from assessments.words import language
from portal.common import times


def friday_words(on: date) -> str:
    """'27 november', with the year when it is not this one."""
    return times.near_date(datetime.combine(on, time(12), tzinfo=UTC), times.HOST_ZONE)


def told(promise: Promise) -> dict[str, Any]:
    """What every page says of one."""
    key = promise.key_in(language())
    return {
        "public_id": promise.public_id,
        "key": key,
        "action": key.actions[promise.action - 1],
        "moment": promise.moment,
        "moment_in": promise.language,
        "stands": promise.stands,
        "made_on": times.near_date(promise.made_at, times.HOST_ZONE),
        "come": len(promise.weeks_come),
        "first_friday": friday_words(promise.first_on),
        "by_mail": promise.by_mail,
        "why_ended": promise.get_why_ended_display() or Promise.Why.OVER.label,
    }


def week_by_week(promise: Promise, answers: list[FridayAnswer]) -> list[dict[str, Any]]:
    """The weeks that have had their Friday, oldest first, with what was answered."""
    by_week = {answer.week: answer for answer in answers}
    return [
        {
            "week": week,
            "friday": friday_words(weeks.friday_of(promise.first_on, week)),
            "answer": by_week.get(week),
            "can_answer": promise.can_answer(week),
        }
        for week in promise.weeks_come
    ]
