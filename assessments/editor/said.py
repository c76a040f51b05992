"""What the editor calls things, and how it says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from assessments.checks import Path, Problem
from assessments.editor import fields
from assessments.editor.fields import GENERAL, ORDER, PATTERNS, SCALE, Text
from assessments.words import language

SECTION = {
    GENERAL: _("General texts"),
    SCALE: _("Answers and bands"),
    PATTERNS: _("Patterns"),
    ORDER: _("Order of the statements"),
}
BAND = {"low": _("low"), "mid": _("middle"), "high": _("high")}
GROUP = {
    "about": _("What it is"),
    "items": _("Statements"),
    "mirror": _("Mirror"),
    "feedback": _("What somebody reads"),
    "actions": _("Two actions"),
    "coach": _("For your conversation"),
    "options": _("The answers"),
    "bands": _("Names of the bands"),
    "overall": _("What somebody reads of the overall score"),
}
TEXT = {
    "meta_name": _("Name of the scan"),
    "meta_tagline": _("One line about it"),
    "meta_time_frame": _("Question above the statements"),
    "meta_team_time_frame": _("Question above the statements, for the team"),
    "meta_intro": _("Introduction"),
    "meta_team_intro": _("Introduction for the team"),
    "meta_disclaimer": _("What the scan is not"),
    "meta_mirror_intro": _("Above the mirror"),
    "cta": _("On the button to an impact call"),
    "option": _("Answer %(number)d"),
    "not_applicable": _("Not one of these"),
    "band_label": _("Band: %(kind)s"),
    "overall_feedback": _("Overall: %(kind)s"),
    "name": _("Name"),
    "short": _("Short name"),
    "meaning": _("Meaning"),
    "item_self": _("Statement %(number)d"),
    "item_team": _("Statement %(number)d, as the team reads it"),
    "mirror_leader": _("What a leader says of the team"),
    "mirror_team": _("What the team says back"),
    "mirror_question": _("Question for the mirror"),
    "feedback": _("Score: %(kind)s"),
    "action": _("Action %(number)d"),
    "coach_question": _("Question you can open with"),
    "pattern_name": _("Pattern %(number)d: name"),
    "pattern_text": _("Pattern %(number)d: text"),
}
RULE = {
    "text": _("Not written yet %(language)s: %(where)s."),
    "slug": _("The scan has no name for addresses. Only a file can change that."),
    "version": _("The number of this version cannot be read. Give it another one."),
    "minutes": _("The minutes it takes are no whole number. Only a file can change that."),
    "min_n": _(
        "The introduction for the team says {min_n} once, %(language)s: the smallest number of answers comes there."
    ),
    "scale": _(
        "The answers do not count from 1 to 5, or ‘Did not come up’ counts too. Only a file can change that."
    ),
    "scoring": _("The rules for scoring are not those of the program. Only a file can change that."),
    "unknown_key": _("The key ‘%(slug)s’ has no page on the site. Only the program can add one."),
    "key_order": _("‘%(key)s’ has another number than its place. Only a file can change that."),
    "actions": _("‘%(key)s’ does not have two actions. Only a file can change that."),
    "items": _("‘%(key)s’ does not have three statements. Only a file can change that."),
    "reversed": _("Of ‘%(key)s’ exactly one statement is reversed. Choose which."),
    "core": _("Of ‘%(key)s’ exactly one statement is the core. Choose which."),
    "keys": _("There are not ten keys, each with its own name for addresses. Only a file can change that."),
    "patterns": _("The patterns do not pair the ten keys, each once. Only a file can change that."),
    "item_ids": _("Two statements have the same id. Only a file can change that."),
    "pages": _("There are not six pages of five statements. Put the order right."),
    "every_item": _("The order does not hold every statement once. Put the order right."),
    "distance": _(
        "Statement %(number)d stands fewer than six places from another of ‘%(key)s’. Move one of the two."
    ),
    "key_twice": _("On page %(page)d two statements are of one key. Move one of the two."),
    "opens_reversed": _("Page %(page)d begins with a reversed statement. Put another one first."),
    "many_reversed": _("Page %(page)d has more than two reversed statements. Move one of them."),
    "pulse": _(
        "The short scan in between does not ask the core statement of every key. Save a core statement once more."
    ),
    "shape": _("Something is missing that only a file can put there."),
    "behind": _("Version %(version)s is published already. This one needs a higher number."),
    "more_than_words": _(
        "More than words differs from version %(version)s. That makes it a new scan, with a new first number."
    ),
}
BEYOND = {
    "keys": _("other keys, or in another order"),
    "items": _("other statements in %(key)s"),
    "reversed": _("another reversed statement in %(key)s"),
    "core": _("another core statement in %(key)s"),
    "order": _("another order of the statements: %(count)s at another place"),
    "patterns": _("other pairs of keys in the patterns"),
    "meta": _("other answers, scoring or minutes"),
    "other": _("something else than words"),
}


@dataclass(frozen=True)
class Said:
    """`section` and `field`: where it can be mended; empty where only a file can."""

    words: str
    section: str
    field: str


def section(slug: str, content: Mapping[str, Any]) -> str:
    if slug in SECTION:
        return str(SECTION[slug])
    return key(slug, content)


def key(slug: str, content: Mapping[str, Any]) -> str:
    """The name of a key in the language of whoever reads, or in the other one while it has none."""
    for one in content["keys"]:
        if one["slug"] == slug:
            return one["name"].get(language()) or one["name"].get("nl") or one["name"].get("en") or slug
    return slug


def text(one: Text) -> str:
    return TEXT[one.name] % {"number": one.number, "kind": BAND.get(one.kind, "")}


def group(one: Text) -> str:
    if one.group.startswith("pattern-"):
        return __("Pattern %(number)d") % {"number": one.number}
    return str(GROUP.get(one.group, ""))


def tongue(code: str) -> str:
    return __("English") if code == "en" else __("Dutch")


def in_language(code: str) -> str:
    return __("in English") if code == "en" else __("in Dutch")


def problem(found: Problem, content: Mapping[str, Any]) -> Said:
    where = fields.section_of(found.where, content)
    facts: dict[str, Any] = {
        **found.facts,
        "language": in_language(str(found.where[-1]) if found.where else ""),
    }
    facts["key"] = key(str(found.facts.get("slug", "")), content)
    field = fields.field_name(found.where)
    if found.rule == "text":
        facts["where"] = place(found.where, where, content)
    elif found.rule in ("reversed", "core"):
        field = found.rule
    elif where == ORDER:
        field = f"place-{found.where[1]}" if len(found.where) > 1 else ""
    return Said(RULE.get(found.rule, RULE["shape"]) % facts, where, field)


def place(where: Path, slug: str, content: Mapping[str, Any]) -> str:
    """‘Open kaart spelen’, Actie 2."""
    named = next((text(one) for one in fields.texts(content, slug) if one.path == where[:-1]), "")
    return f"{section(slug, content)}, {named}" if named else section(slug, content)


def beyond(found: list[tuple[str, tuple[str, ...]]], content: Mapping[str, Any]) -> list[str]:
    """What is more than words, each as part of a sentence."""
    said = []
    for name, about in found:
        facts = {"key": f"‘{key(about[0], content)}’" if about else "", "count": about[0] if about else ""}
        said.append(BEYOND[name] % facts)
    return said
