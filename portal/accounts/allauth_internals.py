"""All that is used of allauth beyond what it documents: a new version may move any of it."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.views import ConfirmLoginCodeView
from allauth.core import context
from allauth.core.internal.cryptokit import generate_user_code
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.http import HttpRequest, HttpResponse

from portal.accounts.models import User

CHECKED_AGAINST = "65.22.1"  # a test names what to do when another is installed


class CodePage(ConfirmLoginCodeView):
    @property
    def asks_for_another(self) -> bool:
        return bool(self._action == "resend")

    @property
    def email(self) -> str:
        return str(self._process.state["email"])


def mail_code(request: HttpRequest, user: User, email: str) -> None:
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)


def new_code() -> str:
    """'BCDF-GHJK'."""
    code: str = generate_user_code()
    return code


def proofs(request: HttpRequest) -> list[dict[str, Any]]:
    """How this session proved who it is: each a `method` ('code', 'mfa') and `at`, in seconds since 1970."""
    found: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return found


def has_second_factor(request: HttpRequest) -> bool:
    return any(proof.get("method") == "mfa" for proof in proofs(request))


def note_second_factor(request: HttpRequest, user: User, *, kind: str) -> None:
    """Let something else than an app count as the second factor of this session."""
    record_authentication(request, user, method="mfa", type=kind)


def count_first_factor(request: HttpRequest, factor: Authenticator) -> None:
    """What was just set up was shown to work: it counts as the second step of this session."""
    post_authentication(request, factor, reauthenticated=True)


def current_request() -> HttpRequest:
    """The request that a form of allauth, which is not given it, belongs to."""
    request: HttpRequest = context.request
    return request


def came_by_mail(request: HttpRequest) -> bool:
    """Whether a code from the mailbox is among the proofs; a passkey says nothing about the mailbox."""
    return any(proof.get("method") == "code" for proof in proofs(request))


# ---- passkeys ---------------------------------------------------------------------------------------
def creation_options(user: User) -> dict[str, Any]:
    """For `navigator.credentials.create`, of a passkey that can sign in by itself. The session keeps the
    challenge."""
    options: dict[str, Any] = passkeys.begin_registration(user, passwordless=True)
    return options


def request_options(user: User | None) -> dict[str, Any]:
    """For `navigator.credentials.get`, of the passkeys of this person, or of whoever has one."""
    options: dict[str, Any] = passkeys.begin_authentication(user)
    return options


def sign_in_with_passkey(request: HttpRequest, factor: Authenticator, target: str) -> HttpResponse:
    """A sign-in by code that was begun in this browser is over with it."""
    clear_login(request)
    login = Login(user=factor.user, redirect_url=target or None)
    response: HttpResponse = perform_passwordless_login(request, factor, login)
    return response
