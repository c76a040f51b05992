"""The visitor's own pages: account, profile, keep a result, sign out, delete."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import codes, hooks, known, services, sessions, staff, typed
from portal.accounts.allauth_internals import CodePage, new_code
from portal.accounts.door import accept_repeats, one_at_a_time
from portal.accounts.forms import WRONG_CODE, CodeForm, KeepForm, ProfileForm, RequestCodeForm
from portal.accounts.models import User
from portal.common import times
from portal.common.http import private
from portal.common.panels import Panel, account_panels
from portal.common.retention import span
from portal.leads import consent
from portal.leads import services as leads

PAUSE = timedelta(seconds=30)  # between two codes for one address
DELETE_CODE_LIFE = timedelta(minutes=10)


def person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


# ---- the door ---------------------------------------------------------------------------------------
@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def request_code(request: HttpRequest) -> HttpResponse:
    """Ask for a code. Known and unknown addresses get the same page and the same mail."""
    next_url = safe_next(request)
    if request.user.is_authenticated:
        return redirect(next_url or "accounts:account")
    form = RequestCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return services.request_code(request, form.cleaned_data["email"], next_url=next_url)
        except ValidationError as error:
            form.add_error("email", error)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "next_url": next_url, "to_admin": next_url.startswith(reverse("admin:index"))}
    return render(request, "account/request_login_code.html", context, status=status)


class ConfirmCodeView(CodePage):
    """What the code is for, an app may say: then the page is that app's."""

    @cached_property
    def for_app(self) -> Panel | None:
        return hooks.code_page(self.request, self.email)

    def get_template_names(self) -> list[str]:
        names: list[str] = super().get_template_names()
        return [self.for_app.template, *names] if self.for_app else names

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        return initial | {"code": typed.find(self.request, typed.CODE) or ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        typed.drop(self.request, typed.CODE)
        return context | (self.for_app.context if self.for_app else {})

    def form_valid(self, form: Form) -> HttpResponse:
        """A new code is mailed only when there may be one; until then the old one keeps working."""
        if self.asks_for_another and (refusal := self.refuse_resend()):
            messages.error(self.request, refusal)
            again: HttpResponse = redirect(self.passthrough_next_url(self.request.path))
            return again
        done: HttpResponse = super().form_valid(form)
        if self.asks_for_another:
            hooks.run_code_sent(self.request)
        return done

    def refuse_resend(self) -> str:
        if codes.just_mailed(self.email, PAUSE):
            return _("The last code is on its way. Wait half a minute before you ask for a new one.")
        try:
            codes.allow(self.request, self.email)
        except codes.TooManyCodesError as error:
            return str(error.messages[0])
        return ""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Only a code that is wrong costs a try, not a text in which none could be read."""
        if form.has_error("code") and not form.has_error("code", WRONG_CODE):
            shown: HttpResponse = self.render_to_response(self.get_context_data(form=form))
            return shown
        answer: HttpResponse = super().form_invalid(form)
        return answer


def type_code(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = ConfirmCodeView.as_view()(request)
    is_over = answer.headers.get("Location") == reverse("account_request_login_code")
    target = hooks.code_over(request) if is_over else None
    return redirect(target) if target else answer


confirm_code = login_not_required(private(one_at_a_time(accept_repeats(type_code))))


@private
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "account/logout.html")
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    hooks.run_sign_out(request, response)
    logout(request)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


# ---- keep a result ----------------------------------------------------------------------------------
@login_not_required
@private
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    form = KeepForm(request.POST)
    if form.is_valid():
        waits = {services.KEEP: True}
        if form.cleaned_data["tips"]:
            waits |= services.asked_for_tips(request)
        try:
            return services.request_code(request, form.cleaned_data["email"], waits=waits)
        except ValidationError as error:
            form.add_error("email", error)
    return render(request, "accounts/keep.html", {"form": form, "tips_text": tips_text()}, status=422)


def tips_text() -> str:
    return consent.text(consent.TIPS, translation.get_language() or "nl")


# ---- the account ------------------------------------------------------------------------------------
@private
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    lead = leads.contact(person(request).email, user_id=person(request).pk)
    panels = account_panels(request)
    next_panel = next((panel for panel in panels if panel.has_next_step), None)
    context = {
        "here": "account",
        "panels": [(panel, panel is next_panel) for panel in panels],
        "profile_form": ProfileForm(instance=person(request)),
        "objected": lead.objected_at is not None,
        "tips_on": leads.has_consent(lead, consent.TIPS),
        "signed_in": signed_in(request),
        "unused": span(timedelta(seconds=settings.SESSION_COOKIE_AGE)),
        "longest": span(sessions.longest(person(request))),
    }
    return render(request, "accounts/account.html", context)


@private
@require_POST
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST, instance=person(request))
    if not form.is_valid():
        return render(request, "accounts/profile.html", {"profile_form": form}, status=422)
    user = form.save()
    messages.success(request, _("Saved."))
    with translation.override(user.language):
        return redirect("accounts:account")


# ---- where one is signed in --------------------------------------------------------------------------
def signed_in(request: HttpRequest) -> list[dict[str, Any]]:
    zone = person(request).time_zone

    def moment(at: datetime) -> str:
        return f"{times.short_moment(at, zone)}, {times.zone_label(at, zone)}"

    return [
        {
            "session": session,
            "is_this": session.session_key == request.session.session_key,
            "moment": moment(session.seen_at),
        }
        for session in person(request).sessions.open()
    ]


@private
@require_POST
def end_session(request: HttpRequest, public_id: str) -> HttpResponse:
    person(request).sessions.filter(public_id=public_id).delete()
    messages.success(request, _("Signed out there."))
    return redirect("accounts:account")


@private
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    staff.end_sessions(person(request))
    return sign_out(request)


# ---- erasing ----------------------------------------------------------------------------------------
@private
@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """Object to being a contact of the coach (GDPR 21), or take that back."""
    lead = leads.contact(person(request).email, user_id=person(request).pk)
    if request.POST.get("contact") == "off":
        leads.object_to_contact(lead)
        messages.success(request, _("You are no contact of the coach any more."))
    else:
        leads.take_back_objection(lead)
        messages.success(request, _("You are a contact of the coach again."))
    return redirect("accounts:account")


@private
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account: first what will happen, then a mailed code, then it is gone."""
    if request.method == "POST":
        user = person(request)
        code = new_code()
        try:
            codes.allow(request, user.email)
        except codes.TooManyCodesError as error:
            messages.error(request, error.messages[0])
            return redirect("accounts:delete")
        codes.mail(user.email, code, message="accounts/delete_code")
        request.session["delete"] = {
            "code": services.digest(code),
            "tries": 0,
            "until": (times.now() + DELETE_CODE_LIFE).timestamp(),
        }
        return redirect("accounts:delete_confirm")
    return render(request, "accounts/delete.html")


@private
@require_http_methods(["GET", "HEAD", "POST"])
@one_at_a_time
def delete_confirm(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("accounts:deleted")  # the second half of a double click: it is already done
    state = request.session.get("delete")
    if not state or state["until"] < times.now().timestamp() or state["tries"] >= 3:
        request.session.pop("delete", None)
        messages.error(request, _("That code no longer works. Ask for a new one."))
        return redirect("accounts:delete")
    if request.method != "POST":
        return render(request, "accounts/delete_confirm.html", {"form": CodeForm()})
    form = CodeForm(request.POST, expected=state["code"])
    if not form.is_valid():
        if form.has_error("code", WRONG_CODE):
            request.session["delete"] = {**state, "tries": state["tries"] + 1}
        return render(request, "accounts/delete_confirm.html", {"form": form}, status=422)
    response = redirect("accounts:deleted")
    user = person(request)
    hooks.run_sign_out(request, response)
    try:
        services.erase(User.objects.get(pk=user.pk))
    except hooks.EraseLaterError:
        messages.error(request, _("We are busy for a moment; nothing was changed. Try again."))
        return redirect("accounts:delete_confirm")
    logout(request)
    known.forget(response)
    return response


@login_not_required
@private
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/deleted.html")


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an own path only, never elsewhere and never a link that acts."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target == reverse("account_logout") or not target.startswith("/"):
        return ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else ""
