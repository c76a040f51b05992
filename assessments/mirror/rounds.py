"""What a leader does with a round: open it, guess, invite, withdraw it, and read what came of it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.mirror import days, errors, services, shown
from assessments.mirror.forms import GuessForm, InviteForm, OpenForm
from assessments.mirror.models import LINK, Round
from assessments.models import Scan
from assessments.requests import member
from assessments.words import language
from portal.accounts.models import User
from portal.common import times, tokens
from portal.common.http import absolute_reverse, private
from portal.common.qr import qr_code


@private
@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request: HttpRequest, public_id: str) -> HttpResponse:
    """From one's own completed scan. Who has an open round, or had one lately, reads so in the place of the form."""
    user = person(request)
    scan = Scan.objects.for_user(user.pk).completed().with_instrument().filter(public_id=public_id).first()
    if scan is None:
        raise Http404
    form = OpenForm(request.POST or None, language=language())
    if form.is_bound and form.is_valid():
        try:
            return opened(request, user, scan, form.cleaned_data)
        except errors.CannotOpenError as refused:
            form.add_error(None, str(refused))
    opens_at = services.next_round_at(user)
    context = {
        "scan": scan,
        "full_day": times.full_date(scan.done_at, user.time_zone),
        "form": form,
        "under_way": Round.objects.for_user(user.pk).open().first(),
        "next_day": times.full_date(opens_at, user.time_zone) if opens_at and times.now() < opens_at else "",
        "min_n": services.minimum(),
        "here": "account",
        "noindex": True,
    }
    return render(request, "assessments/team/open.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def opened(request: HttpRequest, user: User, scan: Scan, chosen: dict[str, Any]) -> HttpResponse:
    """The round and its first invitations, or neither."""
    round_ = services.open_round(
        user,
        scan,
        closes_at=days.end_of(chosen["closes_on"]),
        language=chosen["language"],
        council_agreed=chosen["council"],
        has_link=chosen["has_link"],
    )
    if chosen["emails"]:
        say_invited(request, services.invite(round_, chosen["emails"]))
    return redirect("assessments:team_guess", round_.public_id)


@private
@require_safe
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """The guess comes first: whoever was not asked yet when the round closed is asked before the first figure."""
    round_ = own_round(request, public_id)
    if not round_.is_closed:
        return open_page(request, round_)
    if round_.guess is None and round_.is_enough:
        return redirect("assessments:team_guess", round_.public_id)
    return closed_page(request, round_)


@private
@require_POST
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    round_ = own_round(request, public_id)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return open_page(request, round_, form)
    try:
        say_invited(request, services.invite(round_, form.cleaned_data["emails"]))
    except errors.RoundClosedError:
        messages.warning(request, _("This round has closed. Nobody can be invited any more."))
    return redirect("assessments:team_round", round_.public_id)


@private
@require_POST
def renew_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """For a link that went too far. What was answered through the old one stays: nobody can tell which that is."""
    round_ = own_round(request, public_id)
    if round_.has_link:
        try:
            services.renew_link(round_)
        except errors.RoundClosedError:
            messages.warning(request, _("This round has closed. Nobody can be invited any more."))
        else:
            messages.success(request, _("There is a new link. The one before does not work any more."))
    return redirect("assessments:team_round", round_.public_id)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def guess(request: HttpRequest, public_id: str) -> HttpResponse:
    round_ = own_round(request, public_id)
    keys = round_.instrument(language()).keys
    if request.method == "POST":
        given = {} if "skip" in request.POST else GuessForm(request.POST, keys=keys, guess=None).guessed
        try:
            services.save_guess(round_, given)
        except errors.RoundClosedError:
            messages.warning(request, _("The figures are there to see, so a guess would come too late."))
        return redirect("assessments:team_round", round_.public_id)
    if round_.is_closed and not (round_.guess is None and round_.is_enough):
        return redirect("assessments:team_round", round_.public_id)
    context = {
        "round": round_,
        "instrument": round_.instrument(language()),
        "rows": GuessForm(keys=keys, guess=round_.guess).rows(),
        "here": "account",
        "noindex": True,
    }
    return render(request, "assessments/team/guess.html", context)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks first: nothing of it can be had back."""
    round_ = own_round(request, public_id)
    if request.method == "POST" and not round_.is_closed:
        try:
            services.withdraw_round(round_)
        except errors.RoundClosedError:
            round_.refresh_from_db()
        else:
            messages.success(request, _("The round is withdrawn. What your team answered is gone, unread."))
            return redirect("accounts:account")
    if round_.is_closed:
        messages.info(request, _("This round has closed by itself."))
        return redirect("assessments:team_round", round_.public_id)
    context = {
        "round": round_,
        "last_day": days.last_day(round_.closes_at),
        "here": "account",
        "noindex": True,
    }
    return render(request, "assessments/team/withdraw.html", context)


# ---- what they share --------------------------------------------------------------------------------------
def person(request: HttpRequest) -> User:
    user = member(request)
    assert user is not None  # these pages are for whoever signed in
    return user


def own_round(request: HttpRequest, public_id: str) -> Round:
    round_ = Round.objects.for_user(person(request).pk).with_scan().filter(public_id=public_id).first()
    if round_ is None:
        raise Http404
    return round_


def open_page(request: HttpRequest, round_: Round, form: InviteForm | None = None) -> HttpResponse:
    if not round_.is_open:  # while whoever closes it has not come by yet
        context: dict[str, Any] = {"is_closing": True}
    else:
        invited = len(round_.invited)
        left = services.MAX_INVITED - invited
        link = link_of(round_)
        context = {
            "invited": invited,
            "left": left,
            "form": (form or InviteForm()) if left > 0 else None,
            "status": services.status(round_),
            "link": link,
            "qr": drawn(link) if link else "",
        }
    context |= {
        "round": round_,
        "last_day": days.last_day(round_.closes_at),
        "here": "account",
        "noindex": True,
    }
    return render(request, "assessments/team/round.html", context, status=422 if form else 200)


def closed_page(request: HttpRequest, round_: Round) -> HttpResponse:
    view = shown.of(round_, language())
    user = round_.user
    context = {
        "round": round_,
        "scan": round_.scan,
        "view": view,
        "scan_day": times.full_date(round_.scan.done_at, user.time_zone),
        "last_day": days.last_day(round_.closes_at),
        "here": "account",
        "noindex": True,
    }
    name = "result" if round_.is_enough else "below"
    return render(request, f"assessments/team/{name}.html", context)


def link_of(round_: Round) -> str:
    if not round_.has_link:
        return ""
    token = tokens.make(LINK, round_.public_id, round_.link_generation)
    return absolute_reverse("assessments:team_link", round_.public_id, token)


def drawn(text: str) -> str:
    """In the page itself: an image of its own would be one more place for the secret."""
    return f"data:image/svg+xml;base64,{b64encode(qr_code(text)).decode()}"


WHY_NOT: dict[services.Refusal, str] = {
    "own": gettext_noop("%(address)s is your own address. You answered in your scan."),
    "double": gettext_noop("%(address)s was invited before. Perhaps the mail lies among the unwanted ones."),
    "refused": gettext_noop("Mail to %(address)s comes back. Is it written well?"),
    "full": gettext_noop("%(address)s does not fit any more: thirty in a round, sixty in a day."),
}


def say_invited(request: HttpRequest, done: services.Invited) -> None:
    if count := len(done.invited):
        said = ngettext("One invitation is on its way.", "%(count)d invitations are on their way.", count)
        messages.success(request, said % {"count": count})
    for address, why in done.refused:
        messages.warning(request, _(WHY_NOT[why]) % {"address": address})
