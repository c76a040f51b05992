"""What the coach does on request of a contact: a copy of what is kept, and erasing it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import hooks, own_data, services
from portal.common import export
from portal.common.names import is_mailbox
from portal.common.panels import Action
from portal.common.sight import seen_by
from portal.leads.models import Lead

MAY = "leads.delete_lead"  # the practice: what goes, or goes along, is of every coach
LIST = "admin:leads_lead_changelist"


def export_action(request: HttpRequest, lead: Lead) -> Action | None:
    path = reverse("admin:accounts_user_copy_of_contact", args=[lead.pk])
    return Action(_("Copy of what is kept"), path) if request.user.has_perm(MAY) else None


def erase_action(request: HttpRequest, lead: Lead) -> Action | None:
    path = reverse("admin:accounts_user_erase_contact", args=[lead.pk])
    return Action(_("Erase everything"), path, is_final=True) if request.user.has_perm(MAY) else None


@require_safe
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    lead = _find(request, pk)
    if lead is None:
        raise Http404
    copied = list(export.copy_of(lead.email, viewer=request.user))
    if request.GET.get("as") == "json":
        return own_data.as_file(lead.email, copied)
    return _page(request, "copy.html", lead, title=_("Copy of what is kept"), copied=copied)


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks twice: first what goes, then the address, typed. A second click finds nobody, and that is well."""
    lead = _find(request, pk)
    title = _("Erase everything")
    if lead is None:
        if request.method != "POST":
            raise Http404
        return redirect(LIST)
    if request.method != "POST":
        return _page(request, "erase.html", lead, title=title)
    typed = request.POST.get("email", "")
    if not is_mailbox(typed.strip().lower(), lead.email):
        has_failed = "email" in request.POST
        status = 422 if has_failed else 200
        return _page(
            request, "erase.html", lead, status, title=title, is_sure=True, typed=typed, has_failed=has_failed
        )
    try:
        services.erase_contact(lead)
    except hooks.EraseLaterError:
        messages.error(request, _("We are busy for a moment; nothing was changed. Try again."))
        return redirect("admin:accounts_user_erase_contact", lead.pk)
    messages.success(request, _("Everything of this contact is erased."))
    return redirect(LIST)


def _find(request: HttpRequest, pk: int) -> Lead | None:
    if not request.user.has_perm(MAY):
        raise PermissionDenied
    found: Lead | None = seen_by(request.user, Lead.objects.shown()).filter(pk=pk).first()
    return found


def _page(request: HttpRequest, name: str, lead: Lead, status: int = 200, **facts: object) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "opts": Lead._meta,
        "subtitle": str(lead),
        "lead": lead,
        "path": reverse("admin:leads_lead_change", args=[lead.pk]),
        **facts,
    }
    return render(request, f"admin/leads/lead/{name}", context, status=status)
