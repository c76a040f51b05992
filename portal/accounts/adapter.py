"""Where allauth's behaviour is ours: mail through the outbox, hooks in the POST that completes a login."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language

from portal.accounts import hooks, services
from portal.accounts.models import User
from portal.common import times
from portal.common.ids import new_public_id
from portal.mail import outbox


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # the code is the only door

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail is a row first. Only the code mail is routed; others fall back to Django's backend."""
        if template_prefix != "account/email/login_code":
            super().send_mail(template_prefix, email, context)
            return
        with transaction.atomic():
            outbox.enqueue(
                key=f"code:{new_public_id()}",
                kind="service",
                message="accounts/login_code",
                to=email,
                language=get_language() or "nl",
                context={"code": context["code"], "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60},
                erase_body=True,
                expires_at=times.now() + timedelta(minutes=5),
            )

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        if user.is_staff:
            request.session.set_expiry(settings.STAFF_SESSION_SECONDS)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Attach the scan, confirm the held booking: whatever the apps registered, in this POST."""
        assert isinstance(user, User)
        with transaction.atomic():
            services.welcome(request, user)
            target = hooks.run_proven_login(request, user)
        response = super().post_login(request, user, **kwargs)
        return HttpResponseRedirect(target) if target else response

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any) -> None:
        """Only what asks for attention: a page says by itself that one is signed in or that a code was sent."""
        if message_template in {"account/messages/logged_in.txt", "account/messages/login_code_sent.txt"}:
            return
        super().add_message(request, level, message_template, *args, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    def send_notification_mail(self, template_prefix: str, user: Any, context: dict[str, Any] | None = None) -> None:
        """No extra mails about factors; the admin's own log shows them."""
