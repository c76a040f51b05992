"""Which events the webhook can tell of: each is registered by the room it happens in, in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Event:
    """`type` as the receiver gets it; `words` say what it tells of, as a noun: "a booked call". `sample` is the data of
    one, with every field."""

    type: str
    words: str | Promise
    order: int
    sample: Mapping[str, Any] = field(default_factory=dict)


_events: dict[str, Event] = {}


def register(*events: Event) -> None:
    _events.update({event.type: event for event in events})


def events() -> list[Event]:
    return sorted(_events.values(), key=lambda event: event.order)


def words_of(event_type: str) -> str:
    known = _events.get(event_type)
    return str(known.words) if known else event_type
