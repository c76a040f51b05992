"""Kinds of call: what several coaches offer under one short name, and what a visitor chose of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from bookings.models import CallType, Host


@dataclass(frozen=True)
class Kind:
    """What coaches offer under one `slug`. The first lends it its words; each keeps rules of their own."""

    slug: str
    call_types: tuple[CallType, ...]

    @property
    def name(self) -> str:
        """In the language of this moment."""
        return self.call_types[0].name

    @property
    def minutes(self) -> tuple[int, int]:
        lengths = [call_type.duration_minutes for call_type in self.call_types]
        return min(lengths), max(lengths)

    @property
    def hosts(self) -> list[Host]:
        return [call_type.host for call_type in self.call_types]

    def with_host(self, slug: str) -> CallType | None:
        return next((one for one in self.call_types if one.host.slug == slug), None)


@dataclass(frozen=True)
class KindChoice:
    """A kind with one coach, or with any that offers it when `host` is None."""

    kind: Kind
    host: Host | None = None

    @property
    def call_types(self) -> tuple[CallType, ...]:
        return tuple(one for one in self.kind.call_types if self.host in (None, one.host))

    @property
    def others(self) -> bool:
        return len(self.call_types) > 1

    @property
    def host_slug(self) -> str:
        return self.host.slug if self.host else ""


def offered_kinds() -> list[Kind]:
    """Every kind on offer, in the order in which they were made. One query."""
    by_slug: dict[str, list[CallType]] = defaultdict(list)
    for call_type in CallType.objects.bookable().select_related("host__user"):
        by_slug[call_type.slug].append(call_type)
    return [Kind(slug, tuple(call_types)) for slug, call_types in by_slug.items()]


def kinds_of(kinds: list[Kind], host_slug: str) -> list[Kind]:
    """Of these kinds what one coach offers, as if nobody else did."""
    mine = [(kind, kind.with_host(host_slug)) for kind in kinds]
    return [Kind(kind.slug, (call_type,)) for kind, call_type in mine if call_type]


def choose(kinds: list[Kind], kind_slug: str, host_slug: str = "") -> KindChoice | None:
    """What these names stand for. Where there is one kind it need not be named; a coach who does not offer
    the kind is nobody in particular. None while the kind is still to be chosen."""
    named = [kind for kind in kinds if kind.slug == kind_slug] or (kinds if len(kinds) == 1 else [])
    if not named:
        return None
    call_type = named[0].with_host(host_slug)
    return KindChoice(named[0], call_type.host if call_type else None)


@dataclass(frozen=True)
class Wish:
    """The call somebody is about to book: with whom, out of which choice. `is_named` once a coach holds the
    time, so that the pages name that one."""

    call_type: CallType
    choice: KindChoice
    is_named: bool


def find_wish(*, kind: str, coach: str, host: str) -> Wish | None:
    """What these short names stand for: `coach` was asked for (none is any), `host` holds the time. None when
    it is not on offer any more."""
    choice = choose(offered_kinds(), kind, coach)
    if choice is None or choice.host_slug != coach or kind not in ("", choice.kind.slug):
        return None
    held = next((one for one in choice.call_types if one.host.slug == host), None)
    return Wish(held or choice.call_types[0], choice, held is not None)
