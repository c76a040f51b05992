"""Where allauth's behaviour is ours: mail through the outbox, hooks in the POST that completes a login."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts import codes, hooks, known, services, waiting
from portal.accounts.allauth_internals import came_by_mail, current_request
from portal.accounts.models import TrustedBrowser, User
from portal.accounts.sessions import device_of
from portal.common.http import nearest_address, network_of
from portal.practice.facts import practice

SILENT = {f"account/messages/{name}.txt" for name in ("logged_in", "login_code_sent", "email_confirmed")}
SILENT |= {"mfa/messages/recovery_codes_generated.txt"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("That is not the code from the mail. Look once more, or ask for a new one."),
        "too_many_login_attempts": _("Three wrong tries, so that code no longer works. Ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # the code is the only door

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Only a second factor is asked for again; before there is one, `fresh_sign_in` asks for a code."""
        if not is_mfa_enabled(self.request.user):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "portal.accounts.stages.SecondStep"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """One page asks for the second step again, whichever way it is given."""
        has_one = is_mfa_enabled(user)
        return [{"id": "mfa_reauthenticate", "url": reverse("mfa_reauthenticate")}] if has_one else []

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """The mailbox is proven, so it may be said; allauth's own page for it is not routed."""
        messages.error(request, _("This account is switched off. Write or call us if that is not right."))
        return redirect("account_request_login_code")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail is a row first. Only the code mail is routed; others fall back to Django's backend."""
        if template_prefix != "account/email/login_code":
            super().send_mail(template_prefix, email, context)
            return
        codes.mail(email, context["code"])

    def get_client_ip(self, request: HttpRequest) -> str:
        """For allauth's limits as for ours; see `client_address`."""
        return network_of(nearest_address(request))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Whatever the apps registered for a proven login happens in this POST."""
        assert isinstance(user, User)
        with transaction.atomic():
            services.welcome(request, user, by_mail=came_by_mail(request))
            target = hooks.run_proven_login(request, user)
        waiting.drop(request)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if target:
            response = HttpResponseRedirect(target)
        known.remember(request, response, user.email)
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Only what asks for attention; a page itself says that one is signed in or that a code left."""
        if message_template in SILENT:
            return
        super().add_message(request, level, message_template, *args, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That is not the code in your app now. Wait for the next one and type that."),
    }

    def get_totp_issuer(self) -> str:
        """How the entry is called in an app that makes codes."""
        return str(practice()["practice_name"] or practice()["name"])

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey is of the site, by whichever name of this machine it was asked for."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """As the list of browsers calls this one."""
        return TrustedBrowser(**device_of(current_request())).device

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None
    ) -> None:
        """No extra mails about factors; the admin's own log shows them."""
