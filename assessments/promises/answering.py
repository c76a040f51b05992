"""Answering for a week, by the link of a mail or in the account; ending the mails, or the promise. Looking changes
nothing: mail programs open links too."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.promises import services, weeks
from assessments.promises.emails import ANSWER, STOP
from assessments.promises.forms import AnswerForm
from assessments.promises.models import FridayAnswer, Promise, today
from assessments.promises.said import friday_words, told
from assessments.requests import member
from portal.common import tokens
from portal.common.http import private

PAGE, STOP_PAGE = "assessments/promises/answer.html", "assessments/promises/stop.html"


@private
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str, week: int) -> HttpResponse:
    return one_week(request, own(request, public_id), week, f"{reverse('accounts:account')}#belofte")


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, public_id: str, week: int, token: str) -> HttpResponse:
    """Of that one week, and of no other."""
    if not tokens.is_valid(token, ANSWER, public_id, week):
        return render(request, PAGE, {"is_broken": True, "noindex": True}, status=404)
    promise = Promise.objects.with_scan().filter(public_id=public_id).first()
    if promise is None:
        return render(request, PAGE, {"is_gone": True, "noindex": True}, status=410)
    return one_week(request, promise, week, request.path)


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def stop_by_link(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    if not tokens.is_valid(token, STOP, public_id):
        return render(request, STOP_PAGE, {"is_broken": True, "noindex": True}, status=404)
    promise = Promise.objects.filter(public_id=public_id).first()
    if promise is not None and request.method == "POST":
        services.stop_mails(promise)
        return redirect(request.path)
    context = {"asks": promise is not None and promise.by_mail and promise.stands, "noindex": True}
    return render(request, STOP_PAGE, context)


@private
@require_POST
def mails(request: HttpRequest, public_id: str) -> HttpResponse:
    promise = own(request, public_id)
    if request.POST.get("mails") != "on":
        services.stop_mails(promise)
        messages.success(request, _("We mail you no more on Fridays. Your promise stands."))
    elif services.ask_for_mails(promise):
        messages.success(request, _("We mail you on the Fridays that are left."))
    else:
        messages.info(request, _("This promise has ended, so there is nothing left to ask."))
    return to_account()


@private
@require_POST
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    services.end(own(request, public_id), Promise.Why.DONE)
    messages.success(request, _("Ended. Your answers stay in your account."))
    return to_account()


# ---- what these share ---------------------------------------------------------------------------------
def own(request: HttpRequest, public_id: str) -> Promise:
    user = member(request)
    promise = Promise.objects.with_scan().filter(user=user, public_id=public_id).first() if user else None
    if promise is None:
        raise Http404
    return promise


def to_account() -> HttpResponse:
    return redirect(f"{reverse('accounts:account')}#belofte")


def one_week(request: HttpRequest, promise: Promise, week: int, target: str) -> HttpResponse:
    """The same page by the link and in the account; `target` is where it leads once the answer is kept."""
    if week not in range(1, weeks.WEEKS + 1):
        raise Http404
    if not promise.can_answer(week):
        return closed(request, promise, week)
    kept = promise.answers.filter(week=week).first()
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        can_finish=promise.stands,
        initial=chosen(request, kept),
    )
    if request.method != "POST":
        return show(request, promise, week, form, kept)
    if not form.is_valid():
        return show(request, promise, week, form, kept, status=422)
    given, finish = form.cleaned_data["answer"], form.cleaned_data.get("finish", False)
    try:
        services.answer(promise, week, given=given, words=form.cleaned_data["words"], finish=finish)
    except services.WeekClosedError:  # ended or erased meanwhile
        return closed(request, promise, week)
    messages.success(request, ended_words() if finish else kept_words())
    return redirect(target)


def chosen(request: HttpRequest, kept: FridayAnswer | None) -> dict[str, Any]:
    """The answer of the link that was followed, else the one that is kept."""
    asked = request.GET.get("answer", "")
    given = asked if asked in FridayAnswer.Answer.values else kept.answer if kept else ""
    return {"answer": given, "words": kept.words if kept else ""}


def kept_words() -> str:
    return _("Kept. You can change it here for four weeks.")


def ended_words() -> str:
    return _("Kept, and the promise is ended. You get no more mails about it.")


def show(
    request: HttpRequest,
    promise: Promise,
    week: int,
    form: AnswerForm,
    kept: FridayAnswer | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "promise": told(promise),
        "week": week,
        "weeks": weeks.WEEKS,
        "friday": friday_words(weeks.friday_of(promise.first_on, week)),
        "form": form,
        "kept": kept,
        "noindex": True,
    }
    return render(request, PAGE, context, status=status)


def closed(request: HttpRequest, promise: Promise, week: int) -> HttpResponse:
    friday = weeks.friday_of(promise.first_on, week)
    is_early = friday > today() and promise.ended_at is None
    context = {
        "promise": told(promise),
        "week": week,
        "weeks": weeks.WEEKS,
        "friday": friday_words(friday),
        "is_closed": True,
        "is_early": is_early,
        "has_ended": promise.ended_on is not None and friday > promise.ended_on,
        "noindex": True,
    }
    return render(request, PAGE, context, status=200 if is_early else 410)
