"""What a member of a team sees: why, thirty statements, thanks.

Nothing of it is kept on the server before the last press: what was answered travels in the form, whatever button is
pressed, and no session is begun. Who answers is nobody here; the secret in the address says only that it may be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import translate_url
from django.views.decorators.http import require_http_methods, require_safe

from assessments import cookies, progress
from assessments.forms import NOT_APPLICABLE, PageForm
from assessments.instrument import PAGE_COUNT, VALUES, Instrument
from assessments.key_pages import LANGUAGES
from assessments.mirror import days, errors, services
from assessments.mirror.models import INVITATION, LINK, Invitation, Round
from assessments.mirror.wording import as_team
from assessments.requests import member
from assessments.words import language
from portal.accounts import known
from portal.common import ids, tokens
from portal.common.http import private

INTRO = 0  # the page before the six
NOTHING, NA = "-", "n"
SIGNS: Mapping[str, int | None] = {NA: None, **{str(value): value for value in VALUES}}


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def by_invitation(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    if not tokens.is_valid(token, INVITATION, public_id):
        return not_open(request, "unknown")
    invitation = services.find_invitation(public_id)
    if invitation is None:
        return not_open(request, "gone")
    if invitation.used:
        return not_open(request, "answered", invitation.round)
    return answering(request, invitation.round, invitation)


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    round_ = services.find_round(public_id)
    if round_ is None:
        return not_open(request, "gone")
    if not round_.has_link or not tokens.is_valid(token, LINK, public_id, round_.link_generation):
        return not_open(request, "unknown")
    return answering(request, round_, None)


@login_not_required
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "assessments/team/thanks.html", {"noindex": True})


# ---- thirty statements ----------------------------------------------------------------------------------
@dataclass
class Sheet:
    """What a member has filled in so far, as it travels in the form: a sign for each item, in their order."""

    instrument: Instrument
    given: dict[str, int | None] = field(default_factory=dict)

    @classmethod
    def read(cls, instrument: Instrument, text: str) -> Sheet:
        signs = zip(instrument.items, text, strict=False)  # whatever does not belong to an item is nothing
        return cls(instrument, {item.id: SIGNS[sign] for item, sign in signs if sign in SIGNS})

    def __str__(self) -> str:
        return "".join(self._sign(item.id) for item in self.instrument.items)

    def _sign(self, item_id: str) -> str:
        if item_id not in self.given:
            return NOTHING
        value = self.given[item_id]
        return NA if value is None else str(value)

    @property
    def first_open_page(self) -> int | None:
        return next((item.page for item in self.instrument.items if item.id not in self.given), None)


def answering(request: HttpRequest, round_: Round, invitation: Invitation | None) -> HttpResponse:
    if not round_.is_open:
        return not_open(request, "closed", round_)
    if is_of_leader(request, round_):
        return not_open(request, "leader", round_)
    instrument = as_team(round_.instrument(language()), round_.min_n)
    if request.method != "POST":
        return show_intro(request, round_, invitation, Sheet(instrument))
    sheet = Sheet.read(instrument, request.POST.get("given", ""))
    number = page_number(request.POST.get("page", ""))
    go = request.POST.get("go", "next")
    if number == INTRO:
        if go == "next":
            return show_page(request, round_, 1, sheet)
        return show_intro(request, round_, invitation, sheet)
    form = page_form(sheet, number, request.POST)
    sheet.given |= form.answers
    if go == "stay":
        return show_page(request, round_, number, sheet)
    if go == "back":
        previous = number - 1
        if previous == INTRO:
            return show_intro(request, round_, invitation, sheet)
        return show_page(request, round_, previous, sheet)
    if not form.is_valid():
        return show_page(request, round_, number, sheet, form)
    if number < PAGE_COUNT:
        return show_page(request, round_, number + 1, sheet)
    return finish(request, round_, invitation, sheet)


def finish(request: HttpRequest, round_: Round, invitation: Invitation | None, sheet: Sheet) -> HttpResponse:
    if (left := sheet.first_open_page) is not None:  # somebody began half-way, or a hidden field was changed
        return show_page(request, round_, left, sheet, page_form(sheet, left, {}))
    try:
        services.answer(round_, sheet.given, invitation=invitation, once=once_of(request))
    except errors.AnsweredError:
        return not_open(request, "answered", round_)
    except errors.RoundGoneError:
        return not_open(request, "gone")
    except errors.RoundClosedError:
        return not_open(request, "closed", round_)
    except errors.RoundFullError:
        return not_open(request, "full", round_)
    return redirect("assessments:team_thanks")


def once_of(request: HttpRequest) -> str:
    """What makes two presses of one form behind the link for everybody the same: a random id that the form carries."""
    return request.POST.get("once", "") or ids.new_public_id()


def page_number(text: str) -> int:
    """1 to 6; anything else is the page before them."""
    return int(text) if text in {str(number) for number in range(1, PAGE_COUNT + 1)} else INTRO


def page_form(sheet: Sheet, number: int, data: Any) -> PageForm:
    return PageForm(data, instrument=sheet.instrument, page=number, answers=sheet.given)


def is_of_leader(request: HttpRequest, round_: Round) -> bool:
    """This is the account whose round it is, or a browser in which it signed in or did the scan. Whoever means to gets
    around it with another one: the public page of the round says so."""
    user = member(request)
    return (
        (user is not None and user.pk == round_.user_id)
        or known.is_known(request, round_.user.email)
        or round_.scan.public_id in cookies.browser_scans(request)
    )


# ---- pages ----------------------------------------------------------------------------------------------
def show_intro(
    request: HttpRequest, round_: Round, invitation: Invitation | None, sheet: Sheet
) -> HttpResponse:
    context = {**shared(request, round_, sheet), "is_by_link": invitation is None}
    return render(request, "assessments/team/intro.html", context)


def show_page(
    request: HttpRequest, round_: Round, number: int, sheet: Sheet, form: PageForm | None = None
) -> HttpResponse:
    """With the `form` of this page when it was refused."""
    rows = (form or page_form(sheet, number, None)).rows()
    context = {
        **shared(request, round_, sheet),
        "number": number,
        "page_count": PAGE_COUNT,
        "item_count": len(sheet.instrument.items),
        "minutes_left": max(1, sheet.instrument.minutes * (PAGE_COUNT - number + 1) // PAGE_COUNT),
        "marks": progress.marks(sheet.instrument, sheet.given),
        "answered": len(sheet.given),
        "rows": rows,
        "bad": [row for row in rows if row["error"]],
        "errors": list(form.non_field_errors()) if form else [],
    }
    return render(request, "assessments/team/page.html", context, status=422 if form else 200)


def shared(request: HttpRequest, round_: Round, sheet: Sheet) -> dict[str, Any]:
    return {
        "round": round_,
        "leader": round_.user.name or round_.user.email,
        "last_day": days.last_day(round_.closes_at),
        "instrument": sheet.instrument,
        "sheet": str(sheet),
        "once": once_of(request),
        "not_applicable_value": NOT_APPLICABLE,
        "own_path": request.path,
        "languages": [
            (code, name, translate_url(request.path, code))
            for code, name in zip(LANGUAGES, NAMES, strict=True)
        ],
        "noindex": True,
    }


NAMES = ("Nederlands", "English")
STATUS = {"unknown": 404, "gone": 410, "answered": 410, "closed": 410, "leader": 403, "full": 410}


def not_open(request: HttpRequest, why: str, round_: Round | None = None) -> HttpResponse:
    """`why` is a key of STATUS; the page words it."""
    context: dict[str, Any] = {"why": why, "noindex": True}
    if round_ is not None:
        context |= {"round": round_, "last_day": days.last_day(round_.closes_at)}
    return render(request, "assessments/team/not_open.html", context, status=STATUS[why])
