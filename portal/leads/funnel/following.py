"""What happens with a contact moves somebody on the way: whoever keeps how far people came is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.leads.funnel.steps import Reached, kinds, reached_by
from portal.leads.models import Lead, LeadEvent

Settle = Callable[[Mapping[int, list[Reached]]], None]  # by account, how far each of its matters came
_settle: list[Settle] = []


def register(func: Settle) -> None:
    """`func` sets anew how far these people came. It may be called twice with the same."""
    _settle.append(func)


def follow(lead: Lead, kind: str, data: Mapping[str, Any]) -> None:
    """After a line on the timeline, in its transaction. Who has no account was never here to be followed."""
    if kind in kinds() and lead.user_id is not None:
        settle([lead])


def settle(leads: Iterable[Lead]) -> None:
    accounts = {lead.user_id for lead in leads if lead.user_id is not None}
    told = LeadEvent.objects.filter(lead__user__in=accounts, kind__in=kinds()).order_by("created_at", "pk")
    lines = defaultdict[int, list[tuple[str, Mapping[str, Any], datetime]]](list)
    for user, kind, data, at in told.values_list("lead__user", "kind", "data", "created_at"):
        lines[user].append((kind, data, at))
    reached = {user: reached_by(lines[user]) for user in accounts}
    for func in _settle:
        func(reached)
