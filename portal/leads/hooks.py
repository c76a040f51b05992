"""What rooms above do when something happens to a contact, in the same transaction. Registered in `ready()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

OnEvent = Callable[[Any, str, Mapping[str, Any]], None]  # of a contact: what, with which data
OnWithdrawal = Callable[[Any], None]
OnConsent = Callable[[Any], None]
_on_event: list[OnEvent] = []
_on_withdrawal: list[OnWithdrawal] = []
_on_consent: list[OnConsent] = []


def on_event(func: OnEvent) -> None:
    """After a line was written on the timeline, with its kind and data."""
    _on_event.append(func)


def on_withdrawal(func: OnWithdrawal) -> None:
    """When somebody wants no tips any more, before what is queued is cancelled."""
    _on_withdrawal.append(func)


def on_consent(func: OnConsent) -> None:
    """When somebody wants tips from now on, after the proof was written."""
    _on_consent.append(func)


def run_event(lead: Any, kind: str, data: Mapping[str, Any]) -> None:
    for func in _on_event:
        func(lead, kind, data)


def run_withdrawal(lead: Any) -> None:
    for func in _on_withdrawal:
        func(lead)


def run_consent(lead: Any) -> None:
    for func in _on_consent:
        func(lead)
