"""What somebody said yes or no to, on one page, and changing it there (GDPR 7(3))."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.models import User
from portal.common import times
from portal.common.http import private
from portal.common.panels import Panel, consent_panels
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead

SAID_BEFORE = 50


@dataclass(frozen=True)
class Said:
    """One yes or no of somebody, as the page tells it."""

    proof: ConsentEvent
    on: str
    matter: str  # the call it was about, say; empty for all


@private
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    lead = leads.contact(user.email, user_id=user.pk)
    context = {
        "here": "account",
        "panels": [tips_panel(lead, user.time_zone), *consent_panels(request)],
        "said": said_before(lead, user.time_zone),
    }
    return render(request, "accounts/yes_and_no.html", context)


def tips_panel(lead: Lead, zone: str) -> Panel:
    last = leads.last_word(lead, consent.TIPS)
    context = {
        "last": last,
        "is_on": last is not None and last.is_given,
        "is_reworded": last is not None
        and last.is_given
        and last.text_version != consent.CURRENT[consent.TIPS],
        "on": times.full_date(last.created_at, zone) if last else "",
        "asked": consent.text(consent.TIPS, get_language() or "nl"),
        "objected": lead.objected_at is not None,
    }
    return Panel("accounts/_tips.html", context)


def said_before(lead: Lead, zone: str) -> list[Said]:
    """The newest first."""
    proofs = list(lead.consents.order_by("-created_at", "-pk")[:SAID_BEFORE])
    matters = consent.matters({proof.about for proof in proofs}, to_themselves=True)
    return [
        Said(proof, times.full_date(proof.created_at, zone), matters.get(proof.about, "")) for proof in proofs
    ]


@private
@require_POST
def tips(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    lead = leads.contact(user.email, user_id=user.pk)
    if request.POST.get("tips") == "on":
        leads.give_consent(
            lead,
            purpose=consent.TIPS,
            language=get_language() or "nl",
            method="account page",
            source_path=request.path,
        )
        messages.success(request, _("Tips by e-mail are on."))
    else:
        leads.withdraw_consent(lead, purpose=consent.TIPS, method="account page")
        messages.success(request, _("Tips by e-mail are off."))
    return redirect("accounts:yes_and_no")
