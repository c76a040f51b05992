"""All that is used of allauth beyond what it documents: a new version may move any of it."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.views import ConfirmLoginCodeView
from allauth.core import context
from allauth.core.internal.cryptokit import generate_user_code
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

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


def count_first_code(request: HttpRequest, factor: Authenticator) -> None:
    post_authentication(request, factor, reauthenticated=True)


def current_request() -> HttpRequest:
    """The request that a form of allauth, which is not given it, belongs to."""
    request: HttpRequest = context.request
    return request
