"""A contact whose address gets no mail: said on its page, noted and taken back by the coach."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.common import times
from portal.common.names import clean_line
from portal.common.panels import Action
from portal.leads import services
from portal.leads.contact_pages import PAGE, find, refusal_of
from portal.leads.models import Lead
from portal.leads.timeline import MAIL_ALLOWED, MAIL_REFUSED
from portal.mail import refused

MAY = "mail.change_refusedaddress"


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("For whoever wonders later, such as: asked for it by phone."),
        error_messages={"required": gettext_lazy("Write why, so that a colleague understands it later.")},
    )

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])


def refuse_action(request: HttpRequest, lead: Lead) -> Action | None:
    if not request.user.has_perm(MAY) or refusal_of(request, lead) is not None:
        return None
    return Action(_("No mail to this address"), reverse("admin:leads_lead_no_mail", args=[lead.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason, or, when the address gets no mail already, whether it may again."""
    if not request.user.has_perm(MAY):
        raise PermissionDenied
    lead = find(request, pk)
    if lead is None:
        raise Http404
    row = refused.find(lead.email)
    if request.method != "POST":
        return page(request, lead, row, RefuseForm())
    if "allow" in request.POST:
        return allow(request, lead)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return page(request, lead, row, form, status=422)
    return refuse(request, lead, form.cleaned_data["reason"])


@transaction.atomic
def refuse(request: HttpRequest, lead: Lead, reason: str) -> HttpResponse:
    by = str(request.user)
    if refused.refuse(lead.email, refused.Why.HAND, reason=reason, by=by):
        services.record(lead, MAIL_REFUSED, reason=reason, by_name=by)
        words = _("Nothing leaves to %(name)s any more, but a code they ask for.")
        messages.success(request, words % {"name": lead})
    else:
        messages.warning(request, _("This address got no mail already, or is one of your own."))
    return redirect(PAGE, lead.pk)


@transaction.atomic
def allow(request: HttpRequest, lead: Lead) -> HttpResponse:
    if refused.allow(lead.email):
        services.record(lead, MAIL_ALLOWED, by_name=str(request.user))
        messages.success(request, _("Mail may leave to %(name)s again.") % {"name": lead})
    return redirect(PAGE, lead.pk)


def page(request: HttpRequest, lead: Lead, row: Any, form: RefuseForm, *, status: int = 200) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "lead": lead,
        "refused": row,
        "since": times.short_moment(row.created_at, times.HOST_ZONE) if row else "",
        "title": _("No mail to this address"),
        "subtitle": str(lead),
        "opts": Lead._meta,
        "form": form,
        "has_failed": status != 200,
    }
    return render(request, "admin/leads/lead/no_mail.html", context, status=status)
