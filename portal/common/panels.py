"""Panels: how apps above the platform show something on its pages (account, admin index).

They register in `AppConfig.ready()`; a panel is a template and its context.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Panel:
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    has_next_step: bool = False  # the first panel that has one gets the black button of the page


@dataclass(frozen=True)
class Action:
    """Something to do for a contact, on a page of its own."""

    words: str
    path: str
    is_final: bool = False


MakePanel = Callable[[HttpRequest], Panel | None]
MakeContactPanel = Callable[[HttpRequest, Any], Panel | None]
MakeContactAction = Callable[[HttpRequest, Any], Action | None]

_account: list[tuple[int, MakePanel]] = []
_admin: list[tuple[int, MakePanel]] = []
_banners: list[MakePanel] = []
_contact: list[tuple[int, MakeContactPanel]] = []
_contact_actions: list[tuple[int, MakeContactAction]] = []
_consent: list[tuple[int, MakePanel]] = []
_link: list[tuple[int, MakeContactPanel]] = []


def register_account_panel(order: int, func: MakePanel) -> None:
    _account.append((order, func))
    _account.sort(key=lambda pair: pair[0])


def register_admin_panel(order: int, func: MakePanel) -> None:
    _admin.append((order, func))
    _admin.sort(key=lambda pair: pair[0])


def register_admin_banner(func: MakePanel) -> None:
    """Say something on every page of the admin: only what cannot wait until somebody looks at the first one."""
    _banners.append(func)


def register_contact_panel(order: int, func: MakeContactPanel) -> None:
    """Show a panel on the page of a contact in the admin; `func` gets the request and the lead."""
    _contact.append((order, func))
    _contact.sort(key=lambda pair: pair[0])


def register_contact_action(order: int, func: MakeContactAction) -> None:
    """Offer something to do on the page of a contact; what is final comes last."""
    _contact_actions.append((order, func))
    _contact_actions.sort(key=lambda pair: pair[0])


def register_consent_panel(order: int, func: MakePanel) -> None:
    """Show on the page of one's yes and no what an app asks leave for, each with a way to change it."""
    _consent.append((order, func))
    _consent.sort(key=lambda pair: pair[0])


def register_link_panel(order: int, func: MakeContactPanel) -> None:
    """Offer a way to take back another yes on the page behind the link of a tip, which opens without a sign-in:
    it says no more than it must. `func` gets the request and the lead."""
    _link.append((order, func))
    _link.sort(key=lambda pair: pair[0])


def account_panels(request: HttpRequest) -> list[Panel]:
    return [panel for _order, func in _account if (panel := func(request)) is not None]


def admin_panels(request: HttpRequest) -> list[Panel]:
    return [panel for _order, func in _admin if (panel := func(request)) is not None]


def admin_banners(request: HttpRequest) -> list[Panel]:
    return [panel for func in _banners if (panel := func(request)) is not None]


def contact_panels(request: HttpRequest, lead: Any) -> list[Panel]:
    return [panel for _order, func in _contact if (panel := func(request, lead)) is not None]


def contact_actions(request: HttpRequest, lead: Any) -> list[Action]:
    return [action for _order, func in _contact_actions if (action := func(request, lead)) is not None]


def consent_panels(request: HttpRequest) -> list[Panel]:
    return [panel for _order, func in _consent if (panel := func(request)) is not None]


def link_panels(request: HttpRequest, lead: Any) -> list[Panel]:
    return [panel for _order, func in _link if (panel := func(request, lead)) is not None]
