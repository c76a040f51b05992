"""What the apps above give to sequences, in `AppConfig.ready()`: events, and variables with their values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.common.names import first_name
from portal.leads.sequences.stops import Stop
from portal.practice.facts import practice

if TYPE_CHECKING:
    from portal.leads.models import Lead

LANGUAGES = ("nl", "en")
Words = str | Promise


@dataclass(frozen=True)
class Event:
    """A kind of line on the timeline. With `goal_words` it is what the coach hopes for, counted after each step
    under these words."""

    kind: str
    words: Words
    starts: bool = True
    stops: bool = True
    goal_words: Words = ""
    undone_by: tuple[str, ...] = ()
    ended_by: tuple[str, ...] = ()

    @property
    def is_goal(self) -> bool:
        return bool(self.goal_words)

    @property
    def stop(self) -> Stop:
        return Stop(self.kind, self.undone_by, self.ended_by)


@dataclass(frozen=True)
class Variable:
    """A name between braces in a text. `name` and `sample` are by language; `is_private` is what the coach does
    not get to see of a person without asking."""

    key: str
    name: Mapping[str, str]
    meaning: Words
    sample: Callable[[str], str]
    is_private: bool = False
    is_link: bool = False


@dataclass(frozen=True)
class Missing:
    """A source's answer when a person has nothing of what it gives: the mail is cancelled with this reason."""

    reason: str


# values by key for a person, from what a run started with, in a language
Source = Callable[["Lead", Mapping[str, Any], str], "Mapping[str, str] | Missing"]
_events: dict[str, Event] = {}
_variables: dict[str, Variable] = {}
_sources: list[tuple[frozenset[str], Source]] = []


def register_event(*events: Event) -> None:
    _events.update({event.kind: event for event in events})


def register_variables(source: Source, *variables: Variable) -> None:
    """`source` is asked for the values only when a text uses one of these."""
    _variables.update({one.key: one for one in variables})
    _sources.append((frozenset(one.key for one in variables), source))


def event(kind: str) -> Event | None:
    return _events.get(kind)


def events() -> list[Event]:
    return [*_events.values()]


def event_words(kind: str) -> str:
    known = _events.get(kind)
    return str(known.words) if known else kind


def variables() -> list[Variable]:
    return [*_variables.values()]


def keys_by_name() -> dict[str, str]:
    """Both languages' names lead to a variable, in either text."""
    return {one.name[language]: one.key for one in _variables.values() for language in LANGUAGES}


def values_for(
    keys: Iterable[str], lead: Lead, context: Mapping[str, Any], language: str
) -> dict[str, str] | Missing:
    """The values of these variables for a person, or why there are none."""
    wanted, found = set(keys), dict[str, str]()
    for gives, source in _sources:
        if wanted & gives:
            values = source(lead, context, language)
            if isinstance(values, Missing):
                return values
            found |= values
    return {key: found[key] for key in wanted}


def sample_values(keys: Iterable[str], language: str) -> dict[str, str]:
    return {key: _variables[key].sample(language) for key in keys}


def links_in(values: Mapping[str, str]) -> set[str]:
    return {value for key, value in values.items() if value and _variables[key].is_link}


def private_in(keys: Iterable[str]) -> set[str]:
    return {key for key in keys if _variables[key].is_private}


# ---- what the platform itself knows ------------------------------------------------------------------------
def own_values(lead: Lead, context: Mapping[str, Any], language: str) -> dict[str, str]:
    site = practice(language)
    return {
        "first_name": first_name(lead.name),
        "coach": site["coach_name"],
        "practice": site["practice_name"],
    }


OWN = (
    Variable(
        "first_name",
        {"nl": "voornaam", "en": "first_name"},
        _("The first name. When we do not know it, it is left out, with the space before it."),
        lambda language: "Femke",
    ),
    Variable(
        "coach",
        {"nl": "coach", "en": "coach"},
        _("Your own name, as it stands on the site."),
        lambda language: str(practice(language)["coach_name"]),
    ),
    Variable(
        "practice",
        {"nl": "praktijk", "en": "practice"},
        _("The name of your practice."),
        lambda language: str(practice(language)["practice_name"]),
    ),
)
