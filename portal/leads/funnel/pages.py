"""The page that says how far people come: a month, whole or split one way, and the months of its year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.common import times
from portal.common.sight import seen_by
from portal.leads.funnel import drawing, figures, reading
from portal.leads.funnel.models import Tally
from portal.leads.funnel.steps import steps


@dataclass(frozen=True)
class Row:
    """One step of a line. `count` is None where it may not be shown; `left` stopped here, or up to `until`."""

    words: str
    count: int | None
    share: int | None = None
    left: int | None = None
    left_share: int | None = None
    until: str = ""


@dataclass(frozen=True)
class Block:
    """A line that is shown. `name` is "" for the whole; `open` are who may still go on, None when that is not shown."""

    name: str
    rows: list[Row]
    bars: list[drawing.Bar]
    height: int
    began: int
    completed: int | None
    open: int | None

    @property
    def stopped(self) -> int | None:
        return (
            None if self.completed is None or self.open is None else self.began - self.completed - self.open
        )


@require_safe
def funnel(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("funnel.view_tally"):
        raise PermissionDenied
    tallies = seen_by(request.user, Tally.objects.all())
    choices = reading.months(tallies)
    month, by, is_known = asked(request, choices)
    year = reading.lines(tallies, date(month.year, 1, 1), date(month.year + 1, 1, 1))
    if is_known and "month" not in request.GET:
        month = newest_shown(year, month)
    whole = year.get((month, ""), [])
    places = figures.shown([whole], order(month)) if whole else ()
    context = {
        **admin.site.each_context(request),
        "title": capfirst(str(Tally._meta.verbose_name_plural)),
        "opts": Tally._meta,
        "least": figures.LEAST,
        "is_known": is_known,
        "month": month_words(month),
        "is_open": reading.is_open(month),
        "year": month.year,
        "by": by,
        "ways": [(value, capfirst(str(words))) for value, words in Tally.By.choices],
        "choices": [(f"{each:%Y-%m}", month_words(each), each == month) for each in choices],
        "months": months_of(year, month, by),
        "mains": [_("Began"), *[step.words for step in steps() if step.is_main][1:]],
        "whole": block("", month, whole, places) if places else None,
        "parts": parts_of(tallies, month, by, places) if by and places else [],
    }
    return render(request, "admin/funnel/page.html", context)


def asked(request: HttpRequest, choices: Sequence[date]) -> tuple[date, str, bool]:
    """The month, the way to split, and whether both can be asked; otherwise the newest month, whole."""
    by_name = {f"{month:%Y-%m}": month for month in choices}
    month, by = by_name.get(request.GET.get("month") or f"{choices[0]:%Y-%m}"), request.GET.get("by", "")
    if month is None or by not in Tally.By.values:
        return choices[0], "", False
    return month, by, True


def newest_shown(year: dict[reading.Key, list[int]], this: date) -> date:
    """The newest month of which there is something to show: on its first day a month is always empty."""
    shown = [month for (month, _value), line in year.items() if figures.shown([line], order(month))]
    return max(shown, default=this)


def order(month: date) -> list[int]:
    """The places of a line of this month, those first that matter most where people are few."""
    ahead = 1 if reading.is_open(month) else 0
    places = [place + ahead for place, _step in enumerate(steps())]
    mains = [place + ahead for place, step in enumerate(steps()) if step.is_main]
    return [0, *(place for place in mains if place), *(place for place in places if place not in mains)]


def parts_of(tallies: reading.Tallies, month: date, by: str, places: Sequence[int]) -> list[Block]:
    until = (month.replace(day=28) + reading.OPEN * 4).replace(day=1)
    found = {value: line for (_month, value), line in reading.lines(tallies, month, until, by).items()}
    first = [place for place in order(month) if place in places]
    split = figures.split(found, first, [first[:2], first[:1]])
    if split is None:
        return []
    words = reading.names(by, month, split.parts)
    return [
        block(words.get(value) or words[figures.OTHER], month, line, split.places)
        for value, line in split.parts.items()
    ]


# ---- how a line reads --------------------------------------------------------------------------------------
def words_of(month: date) -> list[str]:
    began = [_("Began, with those of yesterday and today")] if reading.is_open(month) else []
    return [*began, *(str(step.words) for step in steps())]


def block(name: str, month: date, line: Sequence[int], places: Sequence[int]) -> Block:
    words = words_of(month)
    rows = [row(words, line, places, place) for place in range(len(line))]
    drawn = [(words[place], line[place]) for place in places]
    ahead = 1 if reading.is_open(month) else 0
    finished = next(place + ahead for place, step in enumerate(steps()) if step.is_finish)
    return Block(
        name,
        rows,
        drawing.bars(drawn),
        drawing.height(drawn),
        began=line[0],
        completed=line[finished] if finished in places else None,
        open=0 if not ahead else line[0] - line[1] if 1 in places else None,
    )


def row(words: Sequence[str], line: Sequence[int], places: Sequence[int], place: int) -> Row:
    if place not in places:
        return Row(words[place], None)
    count, later = line[place], [other for other in places if other > place]
    share = percent(count, line[0])
    if not later:
        return Row(words[place], count, share)
    left = count - line[later[0]]
    until = words[later[0] - 1] if later[0] > place + 1 else ""
    return Row(words[place], count, share, left, percent(left, count), until)


def percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole)  # half up


def months_of(year: dict[reading.Key, list[int]], chosen: date, by: str) -> list[dict[str, Any]]:
    """Of this year, the newest first: the main steps of each, as far as they may be shown."""
    found = []
    for (month, _value), line in sorted(year.items(), reverse=True):
        ahead, places = 1 if reading.is_open(month) else 0, figures.shown([line], order(month))
        mains = [place + ahead for place, step in enumerate(steps()) if step.is_main and place]
        found.append(
            {
                "words": month_words(month),
                "path": address(month, by),
                "is_chosen": month == chosen,
                "counts": [line[place] if place in places else None for place in (0, *mains)],
            }
        )
    return found


def month_words(month: date) -> str:
    return times.month(datetime.combine(month, time(12), tzinfo=UTC), "UTC")


def address(month: date, by: str) -> str:
    return "?" + urlencode({"month": f"{month:%Y-%m}"} | ({"by": by} if by else {}))
