"""The second step: giving it, setting it up, the ways of it, and the browsers in which it is not asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import factor, limits, trusted
from portal.accounts.adapter import MFAAdapter
from portal.accounts.allauth_internals import (
    count_first_factor,
    creation_options,
    request_options,
    sign_in_with_passkey,
)
from portal.accounts.door import accept_repeats, fresh_sign_in, one_at_a_time
from portal.accounts.forms import FactorAgainForm
from portal.accounts.models import User
from portal.accounts.passkey_forms import (
    NewPasskeyForm,
    PasskeyAgainForm,
    PasskeyForm,
    PasskeyNameForm,
    PasskeySignInForm,
)
from portal.accounts.views import person, safe_next
from portal.common import times
from portal.common.http import client_address, private
from portal.common.retention import span

PER_CLIENT = (
    120  # questions for a passkey and answers to them, an hour; an answer takes a device, not a guess
)
HOUR = timedelta(hours=1)


def factors_of(user: User) -> QuerySet[Any]:
    """Recovery codes are none: they stand in for one."""
    kept: QuerySet[Any] = Authenticator.objects.filter(user=user)
    return kept.exclude(type=Authenticator.Type.RECOVERY_CODES)


def passkeys_of(user: User) -> QuerySet[Any]:
    return factors_of(user).filter(type=Authenticator.Type.WEBAUTHN).order_by("pk")


def has_app(user: User) -> bool:
    return factors_of(user).filter(type=Authenticator.Type.TOTP).exists()


# ---- giving it --------------------------------------------------------------------------------------
class SecondStep:
    """A code or a passkey, on one page and in one form; whichever was sent is the form that is shown."""

    request: HttpRequest

    def asked(self) -> User:
        """Of whom the second step is asked."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # a mixin
        user, sent = self.asked(), kwargs.get("form") or context["form"]
        return context | {
            "form": context["form"] if "code" in context["form"].fields else FactorAgainForm(user=user),
            "sent": sent,
            "way_on": factor.way_on(user) if sent.has_error("code", factor.CLOSED) else [],
            "passkey_options": request_options(user) if passkeys_of(user) else None,
            "has_app": has_app(user),
        }

    def form_invalid(self, form: Form) -> HttpResponse:
        if form.has_error("code", factor.OVER):
            logout(self.request)
            messages.error(self.request, str(form.errors["code"][0]))
            return redirect("account_request_login_code")
        shown: HttpResponse = self.render_to_response(  # type: ignore[attr-defined]  # a mixin
            self.get_context_data(form=form)
        )
        return shown


class AuthenticateView(SecondStep, mfa.AuthenticateView):
    webauthn_form_class = PasskeyForm

    def asked(self) -> User:
        user: User = self.stage.login.user
        return user

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = span(settings.RETENTION["trusted_browsers"])
        wants_trust = self.request.POST.get("trust") == "on"
        return super().get_context_data(**kwargs) | {"trusted_for": days, "wants_trust": wants_trust}

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if self.request.POST.get("trust") == "on" and self.request.user.is_authenticated:
            trusted.remember(self.request, response, person(self.request))
        return response


class AgainView(SecondStep, mfa.ReauthenticateView):
    def asked(self) -> User:
        return person(self.request)

    def get_form_class(self) -> type[Form]:
        found: type[Form] = PasskeyAgainForm if self.is_passkey() else super().get_form_class()
        return found

    def is_passkey(self) -> bool:
        return self.request.method == "POST" and "code" not in self.request.POST


authenticate = login_not_required(private(one_at_a_time(accept_repeats(AuthenticateView.as_view()))))
reauthenticate = private(one_at_a_time(AgainView.as_view()))


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
@one_at_a_time
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone: it is a device and what unlocks it, so that it is two steps in one."""
    if request.user.is_authenticated:
        return redirect(safe_next(request) or "accounts:account")
    if request.method != "POST":
        return redirect("account_request_login_code")
    is_question = "credential" not in request.POST  # the script asks it first
    if limits.take("passkey.client", client_address(request), limit=PER_CLIENT, period=HOUR):
        words = _("That was a lot of tries. Ask for a code by e-mail, or try again in an hour.")
        return JsonResponse({"words": words}, status=429) if is_question else refuse_passkey(request, words)
    if is_question:
        return JsonResponse(request_options(None))
    form = PasskeySignInForm(request.POST)
    if form.is_valid():
        return sign_in_with_passkey(request, form.cleaned_data["credential"], safe_next(request))
    return refuse_passkey(request, form.errors["credential"][0])


def refuse_passkey(request: HttpRequest, words: str) -> HttpResponse:
    messages.error(request, words)
    target, door = safe_next(request), reverse("account_request_login_code")
    return redirect(f"{door}?{urlencode({'next': target})}" if target else door)


# ---- setting it up ----------------------------------------------------------------------------------
class SetUp:
    """A first factor was just shown to work, so it counts for this session and the admin opens at once. What
    comes after, `next` says all the way."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # a mixin
        return context | {"next_url": safe_next(self.request)}

    def form_valid(self, form: Form) -> HttpResponse:
        factors = factors_of(person(self.request))
        is_first = not factors.exists()
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # a mixin
        if is_first:
            count_first_factor(self.request, factors.get())
        return response

    def get_success_url(self) -> str:
        url, target = str(super().get_success_url()), safe_next(self.request)  # type: ignore[misc]  # a mixin
        return f"{url}?{urlencode({'next': target})}" if target else url


class ActivateAppView(SetUp, totp.ActivateTOTPView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whoever has no second step yet may make a passkey instead, on the same page."""
        context = super().get_context_data(**kwargs) | {"issuer": MFAAdapter().get_totp_issuer()}
        user = person(self.request)
        if passkeys_of(user):
            return context
        new = NewPasskeyForm(user=user)
        return context | {"passkey_form": new, "passkey_options": creation_options(user)}


class AddPasskeyView(SetUp, webauthn.AddWebAuthnView):
    form_class = NewPasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = person(self.request)
        form = kwargs.get("form") or context["form"]  # allauth's own drops the one with its errors
        return context | {
            "form": form,
            "passkey_options": creation_options(user),
            "has_app": has_app(user),
        }


class Renamed(webauthn.EditWebAuthnView):
    form_class = PasskeyNameForm
    success_url = None

    def get_default_success_url(self) -> str:
        return reverse("mfa_index")


class Last:
    """Says whether what goes is all there is."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # a mixin
        return context | {"is_last": factors_of(person(self.request)).count() == 1}


class Removed(Last, webauthn.RemoveWebAuthnView):
    success_url = None

    def get_default_success_url(self) -> str:
        return reverse("mfa_index")


class AppOffView(Last, totp.DeactivateTOTPView):
    pass


activate_app = private(fresh_sign_in(one_at_a_time(ActivateAppView.as_view())))
add_passkey = private(fresh_sign_in(one_at_a_time(AddPasskeyView.as_view())))
rename_passkey = private(Renamed.as_view())
remove_passkey = private(Removed.as_view())
app_off = private(AppOffView.as_view())


class RecoveryCodesView(recovery.ViewRecoveryCodesView):
    """They lead on to where one was going."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        admin = reverse("admin:index")
        target = safe_next(self.request)
        return context | {
            "next_url": target,
            "to_admin": target.startswith(admin),
            "is_home": target == admin,
        }


class RecoveryCodesFile(recovery.DownloadRecoveryCodesView):
    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **kwargs)
        response.headers["Content-Disposition"] = f'attachment; filename="{_("recovery-codes")}.txt"'
        return response


recovery_codes_file = private(RecoveryCodesFile.as_view())
new_recovery_codes = private(recovery.generate_recovery_codes)
recovery_codes = private(RecoveryCodesView.as_view())


# ---- the ways of it, and the browsers in which it is not asked for ------------------------------------
class IndexView(mfa.IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user, period = person(self.request), settings.RETENTION["trusted_browsers"]
        here = trusted.digest(self.request.COOKIES.get(trusted.cookie_name(), ""))

        def on(at: datetime | None) -> str:
            return times.short_date(at, user.time_zone) if at else ""

        passkeys = [
            {"pk": one.pk, "name": one.wrap().name, "added": on(one.created_at), "used": on(one.last_used_at)}
            for one in passkeys_of(user)
        ]
        browsers = [
            {
                "browser": one,
                "is_this": one.digest == here,
                "since": on(one.trusted_at),
                "used": on(one.used_at),
                "until": on(one.trusted_at + period),
            }
            for one in user.trusted_browsers.trusted()
        ]
        return context | {"passkeys": passkeys, "trusted": browsers, "trusted_for": span(period)}


index = private(IndexView.as_view())


@private
@require_POST
def untrust(request: HttpRequest, public_id: str) -> HttpResponse:
    return withdraw(request, person(request).trusted_browsers.filter(public_id=public_id))


@private
@require_POST
def untrust_all(request: HttpRequest) -> HttpResponse:
    return withdraw(request, person(request).trusted_browsers.all())


def withdraw(request: HttpRequest, rows: Any) -> HttpResponse:
    trusted.withdraw(rows, person(request), but=request.session.session_key or "")
    messages.success(request, _("There the second step is asked for again."))
    return redirect(f"{reverse('mfa_index')}#trusted")
