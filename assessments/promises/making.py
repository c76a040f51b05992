"""The page on which somebody promises themselves something. Who has no account keeps the result first: the code that
is typed for it makes the promise too."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import services as scans
from assessments.instrument import Key
from assessments.models import Scan
from assessments.promises import hooks, services, weeks
from assessments.promises.beside import two_lowest
from assessments.promises.forms import PromiseForm
from assessments.promises.models import Promise, today
from assessments.promises.said import friday_words
from assessments.requests import member, own_scans
from assessments.result import Result
from assessments.summary import result_of
from assessments.words import language
from portal.accounts import services as accounts
from portal.accounts import typed, waiting
from portal.accounts.door import one_at_a_time
from portal.accounts.models import User
from portal.common.http import private
from portal.common.names import clean_line

ANY = "any"  # of the two lowest keys, as chance has it


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
@one_at_a_time
def new(request: HttpRequest, public_id: str) -> HttpResponse:
    """`?key=`: of which key. Another key is a button of the form, so that what was typed goes along."""
    scan = own_scans(request).completed().filter(public_id=public_id).first()
    if scan is None:
        raise Http404
    result = result_of(scan, language())
    if request.method != "POST":
        return ask(request, scan, result)
    if (slug := request.POST.get("to_key")) is not None:
        return show(request, scan, result, typed_so_far(request, key_of(result, chosen(result, slug))))
    form = PromiseForm(
        request.POST, key=key_of(result, request.POST.get("key", "")), is_member=member(request) is not None
    )
    if not form.is_valid():
        return show(request, scan, result, form, status=422)
    user = member(request)
    return (
        keep_first(request, scan, result, form) if user is None else make(request, scan, result, form, user)
    )


def ask(request: HttpRequest, scan: Scan, result: Result) -> HttpResponse:
    slug = request.GET.get("key", "")
    if slug == ANY:
        address = reverse("assessments:promise", args=[scan.public_id])
        return redirect(f"{address}?{urlencode({'key': chosen(result, ANY)})}")
    kept = typed.find(request, hooks.PROMISE) or {}
    initial = kept if kept.get("scan") == scan.public_id else {}
    key = key_of(result, slug or initial.get("key", ""))
    return show(request, scan, result, PromiseForm(key=key, is_member=is_member(request), initial=initial))


def make(request: HttpRequest, scan: Scan, result: Result, form: PromiseForm, user: User) -> HttpResponse:
    if scan.user_id is None and (kept := scans.attach_scan(scan.public_id, user)) is not None:
        scan = kept
    try:
        promise = services.make(user, scan, **said_in(form), replaces=form.cleaned_data["replaces"])
    except services.PersonGoneError:
        return redirect("accounts:deleted")
    except services.PromiseStandsError as error:
        form.say(replaces=error.standing.public_id)
        return show(request, scan, result, form, status=409)
    typed.drop(request, hooks.PROMISE)
    facts = {"friday": friday_words(promise.first_on)}
    messages.success(request, _("Written down. The first Friday is %(friday)s.") % facts)
    return redirect(f"{reverse('accounts:account')}#belofte")


def keep_first(request: HttpRequest, scan: Scan, result: Result, form: PromiseForm) -> HttpResponse:
    """Ask for the code once per form: the second click of a double click finds the page of the first."""
    email = form.cleaned_data["email"]
    said = said_in(form) | {"scan": scan.public_id}
    if waiting.find(request, email, hooks.PROMISE) == said and typed.SIGNING_IN in request.session:
        return redirect("account_confirm_login_code")
    waits = {accounts.KEEP: True, hooks.PROMISE: said}
    try:
        return accounts.request_code(request, email, waits=waits)
    except ValidationError as refused:
        form.add_error("email", refused)
        return show(request, scan, result, form, status=429)


def said_in(form: PromiseForm) -> dict[str, Any]:
    """As `services.make` and a session take it."""
    return {
        "key": form.initial["key"],
        "action": int(form.cleaned_data["action"]),
        "moment": form.cleaned_data["moment"],
        "by_mail": form.cleaned_data["by_mail"],
        "language": language(),
    }


# ---- what these share ---------------------------------------------------------------------------------
def is_member(request: HttpRequest) -> bool:
    return member(request) is not None


def key_of(result: Result, slug: str) -> Key:
    """The key with this slug, or the one that carries least."""
    lowest = result.weakest_first[0].key if result.weakest_first else result.instrument.keys[0]
    return next((key for key in result.instrument.keys if key.slug == slug), lowest)


def chosen(result: Result, slug: str) -> str:
    lowest = two_lowest(result)
    return secrets.choice(lowest).key.slug if slug == ANY and lowest else slug


def typed_so_far(request: HttpRequest, key: Key) -> PromiseForm:
    """Without the action, which was of another key."""
    names = ("moment", "email", "replaces")
    initial: dict[str, Any] = {name: clean_line(request.POST.get(name, ""))[:300] for name in names}
    initial["by_mail"] = "by_mail" in request.POST
    return PromiseForm(key=key, is_member=is_member(request), initial=initial)


def show(
    request: HttpRequest, scan: Scan, result: Result, form: PromiseForm, *, status: int = 200
) -> HttpResponse:
    user = member(request)
    open_one = Promise.objects.with_scan().filter(user=user, ended_at=None).first() if user else None
    standing = open_one if open_one is not None and open_one.stands else None
    if standing is not None and not form.is_bound:
        form.initial["replaces"] = standing.public_id
    key = key_of(result, form.initial["key"])
    context = {
        "here": "account" if user else "",
        "scan": scan,
        "form": form,
        "key": key,
        "row": next(row for row in result.rows if row.key.slug == key.slug),
        "others": [row for row in (*result.weakest_first, *result.missing) if row.key.slug != key.slug],
        "two_lowest": two_lowest(result),
        "standing": standing and {"phrase": standing.key_in(language()).phrase, "moment": standing.moment},
        "first_friday": friday_words(weeks.first_friday(today())),
        "hour": f"{weeks.HOUR:%H:%M}",
        "noindex": True,
    }
    return render(request, "assessments/promises/new.html", context, status=status)
