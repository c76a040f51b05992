"""What a result says in sentences: names joined, changes named, the verdict. Words only, no decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import change, scoring
from assessments.change import Label
from assessments.instrument import Band, Key, version_number
from assessments.result import Measure, Result, Row

MAX_NAMED = 3  # more tied keys than this are counted, not named


def language() -> str:
    """The language of the page, as the instrument knows it: 'nl' or 'en'."""
    return "en" if (translation.get_language() or "").startswith("en") else "nl"


def joined(names: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def phrases(keys: Sequence[Key]) -> str:
    """Keys inside a sentence. Their names are clauses ('Ongemak mag er zijn') and fit in none."""
    return joined([key.phrase for key in keys])


def key_span(phrase: str) -> SafeString:
    """A phrase as it stands in a sentence of a page; a mail says it as it is."""
    return format_html('<span class="key">{}</span>', phrase)


def marked(sentence: str, keys: Iterable[Key]) -> SafeString:
    """A sentence for a page, with each of these keys held together as the words it is."""
    phrases = sorted((key.phrase for key in keys), key=len, reverse=True)
    if not phrases:
        return format_html("{}", sentence)
    parts = re.split(rf"\b({'|'.join(map(re.escape, phrases))})\b", sentence, flags=re.IGNORECASE)
    return format_html_join(
        "", "{}", ((key_span(part) if at % 2 else part,) for at, part in enumerate(parts))
    )


def counted(keys: Sequence[Key]) -> str:
    if len(keys) > MAX_NAMED:
        return _("%(count)d keys") % {"count": len(keys)}
    return phrases(keys)


def sentence_start(text: str) -> str:
    return text[:1].upper() + text[1:]


def verdict(result: Result, *, to_coach: bool = False) -> list[str]:
    """The result in one or two sentences: what the team can count on, and what carries least.

    It speaks to the person who answered, or to the coach about that person.
    """
    if not result.weakest:
        return [_("There are too few answers for a result.")]
    if result.weakest == result.strongest:
        return [_("All keys carry the same.") if to_coach else _("All your keys carry the same.")]
    if result.is_even:
        return [_("All keys carry almost the same.") if to_coach else _("Your keys carry almost the same.")]
    best, least = [row.key for row in result.strongest], [row.key for row in result.weakest]
    if result.strongest[0].band is Band.HIGH:
        first = _("The team can count on %(names)s.") if to_coach else _("Your team can count on %(names)s.")
    else:
        first = ngettext("%(names)s carries most.", "%(names)s carry most.", _number(best))
    second = ngettext("%(names)s carries least.", "%(names)s carry least.", _number(least))
    sentences = (first % {"names": counted(best)}, second % {"names": counted(least)})
    return [sentence_start(sentence) for sentence in sentences]


def _number(keys: Sequence[Key]) -> int:
    """The grammatical number of the verb: one 'clear expectations' carry, one 'openness' carries."""
    return 2 if len(keys) > 1 or keys[0].is_plural else 1


def feedback(result: Result) -> str:
    if result.is_valid and result.weakest == result.strongest:
        return _("No key stands out. Choose the one that is of most use to you this week.")
    if result.is_valid and result.is_even:
        return _(
            "Between your highest and your lowest key lies one answer: that may be chance. Choose the one that "
            "is of most use to you this week."
        )
    return result.overall_feedback


def signed(number: int | None) -> str:
    """'+8', '−17' (with a real minus), '0'; empty for nothing."""
    if number is None:
        return ""
    return f"+{number}" if number > 0 else f"−{-number}" if number else "0"


def change_words(measure: Measure) -> str:
    return said_of_change(measure.change_label, measure.change)


def said_of_change(label: Label, points: int | None) -> str:
    """What a difference may be called; the same words on every page, in print and in mail."""
    if points is None:
        return ""
    if label == "certain_up":
        return _("certainly grown")
    if label == "likely_up":
        return _("probably grown")
    if label == "likely_down":
        return _("probably dropped")
    if label == "certain_down":
        return _("certainly dropped")
    return _("may be chance") if points else _("stayed the same")


def expectation(row: Row) -> str:
    """What a key will score next time if nothing changes, and from where on growth is likely to be real."""
    if row.expected is None:
        return ""
    facts = {"expected": row.expected_shown, "above": row.grown_above}
    first = _("If nothing changes, we expect about %(expected)d here next time.") % facts
    if row.grown_above is None:
        return f"{first} {_('From here it can hardly rise reliably any further.')}"
    return f"{first} {_('Only above %(above)d is it probably real.') % facts}"


def overall_needed() -> int:
    """Points that the overall must move before chance is unlikely, rounded as people round."""
    expected = change.expect(50)
    return scoring.shown(expected.likely_above - 50) if expected else 0


def versions_named(versions: Iterable[str]) -> str:
    """'1.0 and 1.1'."""
    return joined(sorted(set(versions), key=version_number))


def reworded(*versions: str) -> str:
    """Said wherever scans of two minor versions stand side by side; empty when all are of one version."""
    if len(set(versions)) < 2:
        return ""
    return _(
        "The wording was improved between these scans (versions %(versions)s). What is asked and how it is "
        "scored stayed the same, so they compare."
    ) % {"versions": versions_named(versions)}


def beam_groups(result: Result) -> list[dict[str, Any]]:
    groups = [
        {
            "label": group.label,
            "range": _("%(low)d to %(high)d") % {"low": group.low, "high": group.high},
            "rows": [beam_row(row) for row in group.rows],
        }
        for group in result.groups
    ]
    if result.missing:
        groups.append(
            {"label": _("Too few answers"), "range": "", "rows": [beam_row(r) for r in result.missing]}
        )
    return groups


def beam_row(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "score": row.score,
        "shown": row.shown,
        "low": row.low,
        "high": row.high,
        "previous": row.previous_score,
        "predicted": row.predicted,
        "is_weakest": row.is_weakest,
        "change": signed(row.change),
        "change_words": change_words(row),
        "is_real": row.has_grown,
        "has_dropped": row.has_dropped,
        "predicted_shown": row.predicted_shown,
    }
