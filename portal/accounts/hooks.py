"""What the apps above want to happen around a login. They register in `AppConfig.ready()`.

The platform never looks up: it calls what was registered, in order.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.accounts.models import User
from portal.common.panels import Panel


class EraseLaterError(Exception):
    """Something of this person is locked right now; nothing was erased, and trying again helps."""


ProvenLogin = Callable[[HttpRequest, User], str | None]
SignOut = Callable[[HttpRequest, HttpResponse], None]
CodeSent = Callable[[HttpRequest], None]
CodePage = Callable[[HttpRequest, str], Panel | None]
CodeOver = Callable[[HttpRequest], str | None]
Erase = Callable[[User], None]
InUse = Callable[[User], bool]

_proven_login: list[tuple[int, ProvenLogin]] = []
_sign_out: list[SignOut] = []
_code_sent: list[CodeSent] = []
_code_page: list[CodePage] = []
_code_over: list[CodeOver] = []
_erase: list[tuple[int, Erase]] = []
_in_use: list[InUse] = []


def on_proven_login(func: ProvenLogin, *, order: int = 100) -> ProvenLogin:
    """Call `func` in the POST (and the transaction) that completes a login; must be idempotent.

    It may return an address to go to; the last one returned wins, so a higher `order` decides.
    """
    _proven_login.append((order, func))
    _proven_login.sort(key=lambda pair: pair[0])
    return func


def on_sign_out(func: SignOut) -> SignOut:
    _sign_out.append(func)
    return func


def on_code_sent(func: CodeSent) -> CodeSent:
    _code_sent.append(func)
    return func


def on_code_page(func: CodePage) -> CodePage:
    """Let `func` say, by the address it was mailed to, that a code is for something of its own: the panel is
    then the page on which it is typed, made from the usual one."""
    _code_page.append(func)
    return func


def on_code_over(func: CodeOver) -> CodeOver:
    """Ask `func` where to ask for a new code, when one lapsed or was typed wrong too often. None: at the door."""
    _code_over.append(func)
    return func


def on_erase(func: Erase, *, order: int = 100) -> Erase:
    """Call `func` in the transaction that erases a person, before the account row goes.

    It may raise EraseLaterError.
    """
    _erase.append((order, func))
    _erase.sort(key=lambda pair: pair[0])
    return func


def on_idle(func: InUse) -> InUse:
    """Ask `func` before an idle account is erased; True keeps it for now."""
    _in_use.append(func)
    return func


def run_proven_login(request: HttpRequest, user: User) -> str | None:
    target = None
    for _order, func in _proven_login:
        target = func(request, user) or target
    return target


def run_sign_out(request: HttpRequest, response: HttpResponse) -> None:
    for func in _sign_out:
        func(request, response)


def run_code_sent(request: HttpRequest) -> None:
    for func in _code_sent:
        func(request)


def code_page(request: HttpRequest, email: str) -> Panel | None:
    found = (func(request, email) for func in _code_page)
    return next((panel for panel in found if panel is not None), None)


def code_over(request: HttpRequest) -> str | None:
    return next((target for func in _code_over if (target := func(request))), None)


def run_erase(user: User) -> None:
    for _order, func in _erase:
        func(user)


def run_in_use(user: User) -> bool:
    return any(func(user) for func in _in_use)
