"""What the report of a scan says, as plain values: the words and figures of its page, from the same view-model.

Sentences that the page has as well are the same message of the catalogue, so that they cannot come to differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments import bridge, words
from assessments.models import Scan
from assessments.result import Result, Row
from assessments.scoring import shown
from assessments.summary import Agreed
from portal.common import times
from portal.practice.facts import practice

Part = dict[str, Any]
REGIONS = {"nl": "nl", "en": "gb"}


def of_scan(
    scan: Scan,
    result: Result,
    previous: Scan | None,
    *,
    time_zone: str,
    name: str = "",
    agreed: Agreed | None = None,
) -> Part:
    """`name`: of the leader, or nothing; `previous`: the scan that `result` was compared with."""
    day = times.full_date(scan.done_at, time_zone)
    main = result.weakest[0] if result.weakest else None
    filled_in = [(_("Filled in"), f"{day}, {times.clock(scan.done_at, time_zone)}")]
    return {
        **_sheet(scan, result, day),
        "verdict": _verdict(scan, result, previous, time_zone),
        "bridge": _bridge(result) if main else None,
        "stops": _stops(result),
        "beams": _beams(scan, result, previous, time_zone),
        "weakest": _weakest(result, main) if main else None,
        "pattern": _pattern(result),
        "agreed": _agreed(agreed),
        "expected": _expected(result) if main else None,
        "notes": _notes() if main else None,
        "block": title_block(scan, filled_in, time_zone, name),
    }


def legend(title: str, *lines: str) -> Part:
    return {"title": title, "lines": [line for line in lines if line]}


def sheet(title: str, head: str, *keywords: str) -> Part:
    """What every report has: `head` stands at the foot of each page."""
    return {
        "language": words.language(),
        "region": REGIONS[words.language()],
        "title": title,
        "author": practice()["name"],
        "keywords": keywords,
        "head": head,
        # the braces are filled in where the pages are counted
        "page": _("Page {page} of {pages}"),
    }


def _sheet(scan: Scan, result: Result, day: str) -> Part:
    name, version = result.instrument.name, result.instrument.version
    facts = {"site_name": practice()["name"], "name": name, "version": version, "full_day": day}
    head = _("%(site_name)s. %(name)s, version %(version)s. Result of %(full_day)s.") % facts
    title = _("Result of %(full_day)s") % facts
    return sheet(title, head, name, version, scan.instrument.checksum)


def title_block(scan: Scan, facts: Sequence[tuple[str, str]], time_zone: str, name: str) -> list[list[str]]:
    """The foot of the last sheet: whose, `facts`, with which questions, and where it comes from."""
    site = practice()
    made, version = times.now(), scan.instrument.version
    rows = [
        (_("Made for"), name),
        *facts,
        (_("Report made"), f"{times.full_date(made, time_zone)}, {times.clock(made, time_zone)}"),
        (_("Questionnaire"), f"{scan.instrument.parsed(words.language()).name}, {_('version')} {version}"),
        ("SHA-256", scan.instrument.checksum),
        (_("Practice"), f"{site['practice_name']}, {site['coach_name']}"),
        (_("On the web"), site["url"]),
    ]
    return [list(row) for row in rows if row[1]]


def _verdict(scan: Scan, result: Result, previous: Scan | None, time_zone: str) -> Part:
    answered = {
        "clock": times.clock(scan.done_at, time_zone),
        "answered": result.answered,
        "count": len(result.instrument.items),
    }
    lead = words.feedback(result)
    if not result.is_valid:
        lead = _(
            "There is no overall score: that takes at least eight keys with two answers each. You chose ‘Did not "
            "come up’ too often for that."
        )
    return {
        "legend": legend(
            _("Your result"),
            words.sentence_start(times.long_date(scan.done_at, time_zone)),
            _("%(clock)s, %(answered)s of %(count)s answered") % answered,
            _("Only you can make this report. Whoever you give it to sees everything in it."),
        ),
        "sentences": words.verdict(result),
        "overall": _overall(result, previous, time_zone) if result.is_valid else None,
        "lead": lead,
    }


def _overall(result: Result, previous: Scan | None, time_zone: str) -> Part:
    overall = result.overall
    change = ""
    if previous and overall.change is not None:
        since = {
            "overall_change": words.signed(overall.change),
            "previous_day": times.near_date(previous.done_at, time_zone),
        }
        change = _("%(overall_change)s since %(previous_day)s") % since
        change += f": {words.change_words(overall)}"
    return {
        "shown": str(overall.shown),
        "of": _("of 100"),
        "between": _("probably between %(low)s and %(high)s")
        % {"low": overall.low_shown, "high": overall.high_shown},
        "change": change or None,
    }


def _bridge(result: Result) -> Part:
    members = bridge.members(result.rows)
    scored = "; ".join(f"{one.key.name}: {_shown(one.shown)}" for one in members)
    least = [] if result.is_even else words.verdict(result)[-1:]  # what is not told by colour alone
    about = _("Your bridge: each diagonal is a key, as thick as its score from 0 to 100")
    return {
        "alt": f"{about}. {scored}.",
        "caption": " ".join([_("Your bridge: the thicker a diagonal, the more that key carries."), *least]),
        "members": [
            {
                "number": one.key.number,
                "lines": list(one.name_lines),
                "shown": _shown(one.shown),
                "score": one.score,
                "weakest": one.is_weakest,
            }
            for one in members
        ],
    }


def _stops(result: Result) -> Part:
    return {
        "legend": legend(_("Where the scan stops")),
        "title": _("What this scan is not"),
        "words": [
            f"{result.instrument.disclaimer} {_('The statements have not been scientifically validated yet.')}",
            _(
                "The overall score is a measurement, a single key is a signpost. The overall score must move about "
                "%(overall_needed)s points before chance is unlikely. For a key it depends: one that stands out "
                "drifts back towards your average by itself. And this is your view: your team may see something else."
            )
            % {"overall_needed": words.overall_needed()},
            ten_chances(),
        ],
    }


def ten_chances() -> str:
    return _(
        "Ten keys are ten chances: when nothing changes, one person in five still sees ‘probably grown’ somewhere. "
        "‘Certainly’ is seen by one in twenty then. Only that means something on its own."
    )


def _beams(scan: Scan, result: Result, previous: Scan | None, time_zone: str) -> Part:
    full_day = times.full_date(previous.done_at, time_zone) if previous else ""
    near_day = times.near_date(previous.done_at, time_zone) if previous else ""
    samples = [("score", _("your score now")), ("uncertainty", _("how far off it may be"))]
    if previous:
        samples += [
            ("previous", full_day),
            ("predicted", _("expected then, if nothing changed")),
        ]
    if not result.is_even:
        samples.append(("weakest", _("carries least")))
    versions = [scan.instrument.version, *([previous.instrument.version] if previous else [])]
    return {
        "legend": {
            "title": _("How to read the beams"),
            "samples": [{"kind": kind, "words": said} for kind, said in samples],
            "lines": [line for line in [words.reworded(*versions)] if line],
        },
        "title": _("What each key carries"),
        "key": _("Key"),
        "score": _("Score"),
        "change": _("Since %(previous_day)s") % {"previous_day": near_day} if previous else None,
        "carries-least": _("carries least"),
        "groups": [
            {"label": group["label"], "range": group["range"], "rows": [_beam(row) for row in group["rows"]]}
            for group in words.beam_groups(result)
        ],
        "below": None,
    }


def _beam(row: Part) -> Part:
    return {
        "number": row["key"].number,
        "name": row["key"].name,
        "score": row["score"],
        "shown": _shown(row["shown"]),
        "low": row["low"],
        "high": row["high"],
        "range": _range(row),
        "alt": _about(row),
        "previous": row["previous"],
        "predicted": row["predicted"],
        "weakest": row["is_weakest"],
        "change": row["change"],
        "change-words": row["change_words"],
        "real": row["is_real"],
        "dropped": row["has_dropped"],
        "expected": _("expected: %(score)s") % {"score": row["predicted_shown"]}
        if row["predicted_shown"] is not None
        else "",
    }


def _range(row: Part) -> str:
    return "" if row["score"] is None else f"{shown(row['low'])}–{shown(row['high'])}"


def _about(row: Part) -> str:
    """The beam in words, as the page says it to whoever hears it."""
    if row["score"] is None:
        return _("too few answers")
    sentence = _("probably between %(low)s and %(high)s")
    return sentence % {"low": shown(row["low"]), "high": shown(row["high"])}


def _weakest(result: Result, main: Row) -> Part:
    key, others = main.key, [row.key for row in result.weakest[1:]]
    also = _("Just as low: %(also_weakest)s.") % {"also_weakest": words.phrases(others)}
    title = _("A place to begin") if result.is_even else words.sentence_start(_("carries least"))
    return {
        "legend": legend(title, key.meaning, also if others and not result.is_even else ""),
        "title": _("%(name)s: %(score)s of 100") % {"name": key.name, "score": main.shown},
        "feedback": main.feedback,
        "intro": result.instrument.mirror_intro,
        "mirror": {
            "leader-side": _("Perhaps you say"),
            "leader": _("‘%(words)s’") % {"words": key.mirror_leader},
            "team-side": _("Perhaps your team says"),
            "team": _("‘%(words)s’") % {"words": key.mirror_team},
        },
        "question": {"title": _("A question for the mirror"), "words": key.mirror_question},
        "actions-title": _("Two actions. Choose one for this week."),
        "actions": list(key.actions),
        "expectation": words.expectation(main),
    }


def _pattern(result: Result) -> Part | None:
    if result.pattern is None:
        return None
    named = {"pattern_names": words.phrases(result.pattern_keys)}
    return {
        "legend": legend(_("A pattern"), _("Two keys that are low together: %(pattern_names)s.") % named),
        "title": result.pattern.name,
        "words": [result.pattern.text],
    }


def _agreed(agreed: Agreed | None) -> Part | None:
    if agreed is None:
        return None
    said = _("Agreed with %(name)s on %(day)s.") % {"name": agreed.coach, "day": agreed.day}
    return {
        "legend": legend(_("Before this scan"), said),
        "title": _("What you agreed"),
        "words": [*agreed.text.splitlines(), _("What came of it? Lay it beside the keys above.")],
    }


def _expected(result: Result) -> Part:
    rows = [row for group in result.groups for row in group.rows]
    return {
        "legend": legend(_("The next scan")),
        "title": _("What we expect of each key next time"),
        "words": _(
            "A key that stands out returns towards the average of your keys by itself: about %(share)s per cent of the "
            "difference is left next time. That share is provisional, until enough people have done the scan twice."
        )
        % {"share": result.share_kept},
        "heads": [_("Key"), _("expected"), _("probably grown above"), _("probably dropped below")],
        "rows": [
            [row.key.name, *map(_shown, (row.expected_shown, row.grown_above, row.dropped_below))]
            for row in rows
        ],
        "below": _("A dash: so close to the end of the scale that no score can show it reliably.")
        if result.is_near_an_end
        else None,
    }


def _notes() -> Part:
    return {"legend": legend(_("By hand")), "title": _("What you take from this")}


def _shown(number: int | None) -> str:
    return "–" if number is None else str(number)
