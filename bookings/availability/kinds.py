"""Kinds of call: what several coaches offer under one short name, and what a visitor chose of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from bookings.models import CallType, Host


@dataclass(frozen=True)
class Kind:
    """What coaches offer under one `slug`: the words are those of the first, the rules those of each coach."""

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
    """These kinds as if this coach were the only one."""
    mine = [(kind, kind.with_host(host_slug)) for kind in kinds]
    return [Kind(kind.slug, (call_type,)) for kind, call_type in mine if call_type]


def choose(kinds: list[Kind], kind_slug: str, host_slug: str = "") -> KindChoice | None:
    """The choice these slugs stand for; None while a kind is still to be chosen.

    The only kind need not be named. A coach who does not offer the kind counts as none, so any coach will do.
    """
    named = [kind for kind in kinds if kind.slug == kind_slug] or (kinds if len(kinds) == 1 else [])
    if not named:
        return None
    call_type = named[0].with_host(host_slug)
    return KindChoice(named[0], call_type.host if call_type else None)


@dataclass(frozen=True)
class Wish:
    """What somebody is about to book. `call_type` is that of the coach who holds the time (`is_named`), else
    of the first who offers the kind."""

    call_type: CallType
    choice: KindChoice
    is_named: bool


def find_wish(*, kind: str, coach: str, host: str) -> Wish | None:
    """The wish these slugs stand for: the `coach` asked for ("" is any) and the `host` who holds the time.
    None when that is no longer on offer."""
    choice = choose(offered_kinds(), kind, coach)
    if choice is None or choice.host_slug != coach or kind not in ("", choice.kind.slug):
        return None
    held = next((one for one in choice.call_types if one.host.slug == host), None)
    return Wish(held or choice.call_types[0], choice, held is not None)
