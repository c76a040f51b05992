"""What the report of a closed round says, as plain values, from the same view as its page (`shown`).

Sentences that the page has as well are the same message of the catalogue.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from assessments.mirror import days
from assessments.mirror.models import Round
from assessments.mirror.shown import Meeting, Row, View
from assessments.report.content import legend, sheet, title_block
from assessments.words import sentence_start
from portal.common import times
from portal.practice.facts import practice

Part = dict[str, Any]


def of_round(round_: Round, view: View, *, time_zone: str, name: str) -> Part:
    """`name`: of the leader, or nothing."""
    day = days.last_day(round_.closes_at)
    title = _("What your team sees") if round_.is_enough else _("A conversation without figures")
    closed = _("Closed after %(last_day)s, computed once.") % {"last_day": day}
    version = f"{view.instrument.name}, {_('version')} {view.instrument.version}"
    head = f"{practice()['name']}. {title}. {version}."
    scan_day = times.full_date(round_.scan.done_at, time_zone)
    facts = [(_("Closed after"), day), (_("Your own scan"), scan_day)]
    made = sheet(title, head, view.instrument.name, view.instrument.version, round_.scan.instrument.checksum)
    block = title_block(round_.scan, facts, time_zone, name)
    parts = _enough(view, closed, scan_day) if round_.is_enough else _below(round_, view, day)
    return {**made, **parts, "block": block}


def _enough(view: View, closed: str, scan_day: str) -> Part:
    count = _("%(count)s people answered.") % {"count": view.count} if view.count else ""
    only_you = _("Only you can make this report. Whoever you give it to sees everything in it.")
    total = _("All keys shown together: <b>%(total)s</b> of 100, according to your team.")
    return {
        "verdict": {
            "legend": legend(_("What your team sees"), closed, count, only_you),
            "sentences": view.verdict,
            "lead": _(
                "Neither of the two pictures is the right one. Where they differ lies the conversation: what does your "
                "team see that you do not, or what do you do that they do not get to see?"
            ),
            "below": (total % {"total": view.total}).replace("<b>", "").replace("</b>", "")
            if view.total
            else None,
        },
        "table": _table(view),
        "source": {
            "legend": legend(_("And then")),
            "title": _("Where this comes from"),
            "words": [
                _(
                    "‘You’ is your scan of %(scan_day)s. What the team said exists only as these figures; the answers "
                    "are gone."
                )
                % {"scan_day": scan_day},
                _(
                    "‘At most’ and ‘at least’: so near an end, the exact average would show what single people said. A "
                    "blind spot starts at ten points that chance does not easily make; where agreement starts is our "
                    "own choice too. Both only mean: talk about it."
                ),
            ],
        },
        "meeting": _meeting(view) if view.meeting else None,
    }


def _table(view: View) -> Part:
    samples = [
        ("score", _("your team")),
        ("edge", _("somewhere in here")),
        ("previous", _("you, in your scan")),
        ("guess", _("your guess")),
    ]
    return {
        "legend": {
            "title": _("How to read the beams"),
            "samples": [{"kind": kind, "words": said} for kind, said in samples],
        },
        "title": _("Guess, self and team, per key"),
        "heads": [_("Key"), _("Guess"), _("You"), _("Team")],
        "groups": [
            {"label": group["label"], "rows": [_row(row) for row in group["rows"]]} for group in view.groups
        ],
    }


def _row(row: Row) -> Part:
    sides = [(_("Guess"), _number(row.guess)), (_("You"), _number(row.own)), (_("Team"), row.team)]
    return {
        "name": row.key.name,
        "agreement": row.agreement_words,
        "kind": row.cell.kind,
        "points": row.cell.points,
        "own": row.own,
        "guess": row.guess,
        "shown": [shown for _side, shown in sides],
        "alt": "; ".join(f"{side}: {shown}" for side, shown in sides),
    }


def _meeting(view: View) -> Part:
    first = _step(
        _("You first, five minutes"),
        _(
            "Thank them for answering. Show the table, or tell what struck you. Say where your guess was wrong; that "
            "makes being wrong ordinary."
        ),
    )
    last = _step(
        _("One promise, ten minutes"),
        _(
            "Say one thing that you will do differently from tomorrow, small enough to be seen this week. Ask two "
            "people to tell you when it fails. Agree on the day you look back."
        ),
    )
    return {
        "legend": legend(_("The team meeting"), _("Forty-five minutes, two keys, one promise.")),
        "title": _("Talk about it, within two weeks"),
        "intro": _(
            "Ask for things that happened, never for what somebody filled in. Whoever wants to say nothing says "
            "nothing."
        ),
        "steps": [first, *map(_asked, view.meeting), last],
    }


def _asked(one: Meeting) -> Part:
    row = one.row
    about = [_("You %(own)s, your team %(team)s.") % {"own": row.own, "team": row.team}]
    if row.guess_words:
        about.append(f"{sentence_start(row.guess_words)}.")
    if row.agreement in ("divided", "two_camps"):
        about.append(
            _(
                "Not everybody sees the same: ask when it is there and when it is not, and leave open who saw what."
            )
        )
    pairs = _(
        "First in pairs, without you, then together. Write down their words. Explain nothing yet, ask on once."
    )
    title = _("%(name)s, fifteen minutes") % {"name": row.key.name}
    return _step(title, pairs, about=" ".join(about), question=one.question)


def _step(title: str, words: str, *, about: str = "", question: str = "") -> Part:
    return {"title": title, "about": about, "question": question, "words": words}


def _below(round_: Round, view: View, day: str) -> Part:
    """Without a figure, and without how many there were."""
    return {
        "verdict": {
            "legend": legend(_("Your team’s round"), _("Closed after %(last_day)s.") % {"last_day": day}),
            "sentences": [_("Fewer than %(min_n)s people answered.") % {"min_n": round_.min_n}],
            "lead": _(
                "So there are no figures, and nobody knows how many there were: that protects whoever did answer. It "
                "need not mean anything. A small team, a busy month, a mail among the unwanted ones. The conversation "
                "can be had all the same."
            ),
            "below": None,
        },
        "table": None,
        "source": None,
        "meeting": {
            "legend": legend(_("Without figures"), _("Thirty minutes, one key.")),
            "title": _("How to talk about it"),
            "intro": None,
            "steps": _steps_below(view),
        },
    }


def _steps_below(view: View) -> list[Part]:
    first = _step(
        _("Say it as it is"),
        _(
            "‘Too few people answered. I do not know who or how many, and I do not ask. I would rather hear it from "
            "you directly.’ Do not look round the table while you say so."
        ),
    )
    last = _step(
        _("Listen, and promise one thing"),
        _(
            "Write down their words. Ask on once, defend nothing. End with one thing that you do differently from "
            "tomorrow, and the day you come back to it."
        ),
    )
    if view.weakest is None:
        return [first, last]
    own = _step(
        _("Begin with yourself"),
        _(
            "In your own scan ‘%(name)s’ came out lowest. Tell that, with one thing of the past month in which you saw "
            "it yourself. Without an excuse."
        )
        % {"name": view.weakest.name},
    )
    question = _step(
        _("Ask one question, and leave"),
        _(
            "Let them talk about it in pairs for ten minutes, you out of the room. One of them tells what was said, "
            "without names."
        ),
        question=view.weakest_question,
    )
    return [first, own, question, last]


def _number(points: int | None) -> str:
    return "–" if points is None else str(points)
