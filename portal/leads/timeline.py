"""A contact's timeline in words. How its own kinds of events are said, an app says in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.leads import stages
from portal.leads.models import LeadEvent
from portal.leads.services import STAGE_CHANGED

STEP_DONE = "step.done"
MAIL_REFUSED, MAIL_ALLOWED = "mail.refused", "mail.allowed"
_words: dict[tuple[str, str], str | Promise] = {
    (STAGE_CHANGED, ""): _("Stage set to ‘%(stage)s’"),
    (STEP_DONE, ""): _("Did the next step: %(step)s"),
    (MAIL_REFUSED, ""): _("No mail to this address any more"),
    (MAIL_ALLOWED, ""): _("Mail to this address again"),
}
FindPaths = Callable[[Sequence[LeadEvent]], Mapping[int, str]]
_find_paths: list[FindPaths] = []


def register(words: Mapping[str, str | Promise], *, by: str = "") -> None:
    """How events of these kinds are said; with `by`, of those alone that name it in their data.

    `%(moment)s` becomes the `start_at` (ISO 8601) of their data.
    """
    _words.update({(kind, by): said for kind, said in words.items()})


def words(event: LeadEvent) -> str:
    said = _words.get((event.kind, event.data.get("by", ""))) or _words.get((event.kind, ""))
    if said is None:
        return event.kind
    step = event.data.get("step", "–")
    return str(said) % {"moment": _moment(event), "stage": _stage(event), "step": step}


def words_of(kind: str) -> str:
    """Events of this kind in general: without the moment, and whoever did it."""
    return str(_words.get((kind, ""), kind)) % {"moment": "…", "stage": "…", "step": "…"}


def register_paths(find: FindPaths) -> None:
    """Where in the admin what these lines are about can be read, by primary key of the line; in one query."""
    _find_paths.append(find)


def paths(events: Sequence[LeadEvent]) -> dict[int, str]:
    return {pk: path for find in _find_paths for pk, path in find(events).items()}


def _moment(event: LeadEvent) -> str:
    start_at = event.data.get("start_at")
    return times.short_moment(datetime.fromisoformat(start_at), times.HOST_ZONE) if start_at else "–"


def _stage(event: LeadEvent) -> str:
    return str(dict(stages.choices()).get(event.data.get("stage", ""), "–"))
