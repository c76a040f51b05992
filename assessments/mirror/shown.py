"""What a leader reads after closing: guess, self and team side by side, the words for it, and the guide of the meeting.

Everything here comes from what was frozen at closing; nothing is computed from answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from assessments import words
from assessments.instrument import Instrument, Key
from assessments.mirror import guide
from assessments.mirror.domain.disclosure import Cell
from assessments.mirror.models import Round

GUESSED_WELL: Final = 12  # points: half of the step between two answers, so a guess may be that far off
RELATIONS = ("blind_spot", "in_view", "hidden_strength", "hidden")
GROUPS = {
    "blind_spot": gettext_lazy("Blind spots: you see this more often than your team does"),
    "in_view": gettext_lazy("In view: you see much the same"),
    "hidden_strength": gettext_lazy("Hidden strengths: your team sees this more often than you do"),
    "hidden": gettext_lazy("Not shown: too few people could say something about it"),
}
AGREEMENT = {
    "agree": pgettext_lazy("team", "agreed"),
    "divided": pgettext_lazy("team", "divided"),
    "two_camps": gettext_lazy("two camps: the average is nobody’s view"),
}


@dataclass(frozen=True)
class Row:
    key: Key
    own: int | None
    guess: int | None
    cell: Cell
    gap: int | None  # own minus the team's, as shown
    relation: str  # one of RELATIONS; empty when there is no own score to lay beside it
    agreement: str

    @property
    def team(self) -> str:
        return said(self.cell)

    @property
    def rest(self) -> int:
        """From the team's figure up to 100: as long is the drawing of 'at least'."""
        return 100 - (self.cell.points or 0)

    @property
    def agreement_words(self) -> str:
        return str(AGREEMENT.get(self.agreement, ""))

    @property
    def guess_words(self) -> str:
        """How the guess compares: with an edge alone one cannot always say."""
        points = self.cell.points
        if self.guess is None or points is None:
            return ""
        too_high, too_low = self.guess > points + GUESSED_WELL, self.guess < points - GUESSED_WELL
        if too_high and self.cell.kind != "at_least":
            return _("lower than you guessed")
        if too_low and self.cell.kind != "at_most":
            return _("higher than you guessed")
        return _("about as you guessed")


@dataclass(frozen=True)
class Meeting:
    """One key of the meeting: what to ask, and why this one."""

    row: Row
    question: str


@dataclass(frozen=True)
class View:
    instrument: Instrument
    count: int | None  # how many answered, where that may be said
    total: str
    groups: tuple[dict[str, Any], ...]
    verdict: tuple[str, ...]
    meeting: tuple[Meeting, ...]
    weakest: Key | None  # of the leader's own scan: where to begin without figures
    weakest_question: str
    has_guess: bool


def said(cell: Cell) -> str:
    if cell.kind == "hidden" or cell.points is None:
        return "–"
    if cell.kind == "at_most":
        return _("at most %(points)d") % {"points": cell.points}
    if cell.kind == "at_least":
        return _("at least %(points)d") % {"points": cell.points}
    return str(cell.points)


def of(round_: Round, language: str) -> View:
    instrument = round_.instrument(language)
    result = round_.shown
    guess: Mapping[str, int] = round_.guess or {}
    rows = [
        Row(
            key=instrument.key(one.slug),
            own=one.own,
            guess=guess.get(one.slug),
            cell=one.cell,
            gap=one.gap,
            relation="hidden" if one.cell.kind == "hidden" else one.relation,
            agreement=one.agreement,
        )
        for one in result.keys
    ]
    scores = round_.scan.frozen_scores
    low = min(scores.valid, key=lambda pair: pair[1], default=None)
    weakest = instrument.key(low[0]) if low else None
    return View(
        instrument=instrument,
        count=result.count,
        total="" if result.total.points is None else said(result.total),
        groups=groups_of(rows),
        verdict=tuple(verdict(rows)),
        meeting=meeting_of(rows, language),
        weakest=weakest,
        weakest_question=guide.questions(weakest.slug, language).less if weakest else "",
        has_guess=bool(guess),
    )


def groups_of(rows: list[Row]) -> tuple[dict[str, Any], ...]:
    """The widest gaps first; a key without an own score stands with what is in view, without a word for it."""
    ordered = sorted(rows, key=lambda row: (-abs(row.gap or 0), row.key.number))
    groups = []
    for relation in RELATIONS:
        inside = [row for row in ordered if (row.relation or "in_view") == relation]
        if inside:
            groups.append({"name": relation, "label": str(GROUPS[relation]), "rows": inside})
    return tuple(groups)


def verdict(rows: list[Row]) -> list[str]:
    """In one or two sentences where the two pictures differ."""
    blind = [row.key for row in rows if row.relation == "blind_spot"]
    strong = [row.key for row in rows if row.relation == "hidden_strength"]
    sentences = []
    if blind:
        sentences.append(_("Here your team sees less than you: %(names)s.") % {"names": words.counted(blind)})
    if strong:
        sentences.append(
            _("Here your team sees more than you: %(names)s.") % {"names": words.counted(strong)}
        )
    if sentences:
        return sentences
    if any(row.relation == "in_view" for row in rows):
        return [_("You and your team see much the same.")]
    return [pgettext("team", "There is little to lay side by side yet.")]


def meeting_of(rows: list[Row], language: str) -> tuple[Meeting, ...]:
    by_slug = {row.key.slug: row for row in rows}
    gaps = [
        guide.Gap(row.key.slug, row.gap, is_divided=row.agreement in ("divided", "two_camps"))
        for row in rows
        if row.gap is not None
    ]
    found = []
    for gap in guide.widest(gaps):
        asked = guide.questions(gap.slug, language)
        found.append(Meeting(by_slug[gap.slug], asked.less if gap.points >= 0 else asked.more))
    return tuple(found)
