"""The ten statements of a pulse, on one page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assessments.forms import StatementsForm
from assessments.instrument import Item
from assessments.key_pages import LANGUAGES
from assessments.pulse import services
from assessments.pulse.measure import MIN_ANSWERED
from assessments.pulse.models import Pulse
from assessments.scoring import shown
from assessments.words import language
from portal.accounts.models import User
from portal.common import times
from portal.common.http import private
from portal.common.ids import new_public_id

SALT = "assessments.pulse"


@private
@require_http_methods(["GET", "HEAD", "POST"])
def pulse(request: HttpRequest) -> HttpResponse:
    """Looking keeps nothing. Every button saves what is right; only the last one asks for all ten."""
    user = cast(User, request.user)
    if not services.may_take(user):
        messages.info(request, _("A pulse comes after a whole scan: begin with that one."))
        return redirect("assessments:landing")
    if request.method == "POST":
        return save(request, user)
    current = services.open_pulse(user, language())
    return show(request, form_of(current), current)


def save(request: HttpRequest, user: User) -> HttpResponse:
    public_id, started_at = read_key(request.POST.get("form", ""), user)
    form = form_of(services.open_pulse(user, language()), request.POST)
    kept = services.save_pulse(
        user, public_id=public_id, started_at=started_at, language=language(), answers=form.answers
    )
    if kept.is_completed:
        messages.success(request, said_of(kept))
        return redirect(f"{reverse('accounts:account')}#pulse")
    if (code := request.POST.get("to_language")) in LANGUAGES:
        return redirect(translate_url(reverse("assessments:pulse"), code))
    return show(request, form_of(kept, request.POST), kept, status=422)


def said_of(kept: Pulse) -> str:
    if kept.score is None:
        said = ngettext(
            "Your pulse is kept. It has no score: that takes %(number)d answer.",
            "Your pulse is kept. It has no score: that takes %(number)d answers.",
            MIN_ANSWERED,
        )
        return said % {"number": MIN_ANSWERED}
    return _("Your pulse is kept: %(score)d of 100.") % {"score": shown(kept.score)}


def form_of(current: Pulse, data: object = None) -> StatementsForm:
    items = current.instrument.parsed(language()).pulse
    return StatementsForm(data, items=numbered(items), answers=current.answers)


def numbered(items: tuple[Item, ...]) -> list[Item]:
    """With the place they have here, and not that in the scan."""
    return [replace(item, number=number) for number, item in enumerate(items, 1)]


def show(request: HttpRequest, form: StatementsForm, current: Pulse, *, status: int = 200) -> HttpResponse:
    rows = form.rows()
    context = {
        "instrument": current.instrument.parsed(language()),
        "form": form,
        "form_key": make_key(current),
        "rows": rows,
        "bad": [row for row in rows if row["error"]],
        "item_count": len(rows),
        "goes_on": bool(current.pk and current.answers),
        "noindex": True,
    }
    return render(request, "assessments/pulse.html", context, status=status)


def make_key(current: Pulse) -> str:
    """Names the pulse that a form is of before it is there, and when its page was opened: a second press finds it."""
    started_at = current.started_at.isoformat(timespec="seconds")
    return signing.dumps([current.user_id, current.public_id, started_at], salt=SALT)


def read_key(value: str, user: User) -> tuple[str, datetime]:
    """Without a key of this person the answers are kept all the same, in a pulse that begins now."""
    try:
        user_id, public_id, started_at = signing.loads(value, salt=SALT)
    except signing.BadSignature:
        user_id = None
    if user_id != user.pk:
        return new_public_id(), times.now()
    return public_id, datetime.fromisoformat(started_at)
