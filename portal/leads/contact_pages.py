"""The page of one contact: who, what is next, all that happened, and what the coach can do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.common import times
from portal.common.panels import contact_actions, contact_panels
from portal.common.sight import seen_by
from portal.leads import consent, notes, services, story
from portal.leads.contact_forms import FactsForm, NoteChangeForm, NoteForm, StepForm
from portal.leads.models import ConsentEvent, Lead, Note
from portal.mail import refused
from portal.mail.models import RefusedAddress

PAGE = "admin:leads_lead_change"
CHANGE = "leads.change_lead"
REFUSAL = "refusal_of_contact"  # on a request
View = Callable[..., HttpResponse]


def find(request: HttpRequest, pk: Any) -> Lead | None:
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        return None
    found: Lead | None = (
        seen_by(request.user, Lead.objects.shown()).select_related("user").filter(pk=pk).first()
    )
    return found


def acts(view: View) -> View:
    """For who may change contacts; a look leads to the page of the contact."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def checked(request: HttpRequest, pk: int, **others: Any) -> HttpResponse:
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        lead = find(request, pk)
        if lead is None:
            raise Http404
        return (
            unless_gone(view, request, lead, **others)
            if request.method == "POST"
            else redirect(PAGE, lead.pk)
        )

    return checked


def unless_gone(view: View, request: HttpRequest, lead: Lead, **others: Any) -> HttpResponse:
    """Whoever is erased while it is written down is found no more."""
    try:
        return view(request, lead, **others)
    except Lead.DoesNotExist as error:
        raise Http404 from error


def show(
    request: HttpRequest, lead: Lead, *, failed: str = "", status: int = 200, **forms: Any
) -> HttpResponse:
    """`forms` are those that were sent and not taken: facts, step or note."""
    model_admin = admin.site._registry[Lead]
    before = story.Place.read(request.GET.get("before", ""))
    lines, older = story.lines(request, lead, before)
    context = {
        **admin.site.each_context(request),
        "title": Lead._meta.verbose_name,
        "subtitle": str(lead),
        "opts": Lead._meta,
        "lead": lead,
        "may_change": request.user.has_perm(CHANGE),
        "known": [
            (name, label_for_field(name, Lead, model_admin), lookup_field(name, lead, model_admin)[2])
            for name in model_admin.readonly_fields
        ],
        "facts": forms.get("facts") or FactsForm(lead=lead),
        "step": forms.get("step") or StepForm(lead=lead),
        "note": forms.get("note") or NoteForm(),
        "failed": failed,
        "has_failed": bool(failed),
        "sent": next(iter(forms), ""),
        "refused": refusal_of(request, lead),
        "may_allow": request.user.has_perm("mail.change_refusedaddress"),
        "actions": contact_actions(request, lead),
        "panels": contact_panels(request, lead),
        "timeline": lines,
        "is_older": before is not None,
        "older": older,
        "consents": last_words(request, lead),
        "gets_tips": services.has_consent(lead, consent.TIPS),
    }
    return render(request, "admin/leads/lead/page.html", context, status=status)


def last_words(request: HttpRequest, lead: Lead) -> list[tuple[ConsentEvent, str, str]]:
    """What holds now: the newest proof about each purpose and matter, with its day and the matter in words."""
    newest = list(seen_by(request.user, ConsentEvent.objects.filter(lead=lead)).last_words())
    matters = consent.matters({proof.about for proof in newest})
    return [
        (proof, times.short_date(proof.created_at, times.HOST_ZONE), matters.get(proof.about, ""))
        for proof in newest
    ]


def refusal_of(request: HttpRequest, lead: Lead) -> RefusedAddress | None:
    """Why this address gets no mail, asked once."""
    if not hasattr(request, REFUSAL):
        setattr(request, REFUSAL, refused.find(lead.email))
    found: RefusedAddress | None = getattr(request, REFUSAL)
    return found


def later(request: HttpRequest, lead: Lead, **forms: Any) -> HttpResponse:
    """Somebody else saved first: what is kept now stands beside what was typed, which another send keeps."""
    lead.refresh_from_db()
    words = _(
        "Somebody else changed this contact meanwhile, so nothing was saved. What you typed is still here."
    )
    for form in forms.values():
        form.data = form.data.copy()
        form.data["was"] = form.__class__(lead=lead).initial["was"]
    return show(request, lead, failed=words, status=409, **forms)


def not_taken(request: HttpRequest, lead: Lead, **forms: Any) -> HttpResponse:
    return show(request, lead, failed=wrong(), status=422, **forms)


def wrong() -> str:
    return _("Not saved. Everything you filled in is still here.")


def change(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Name and stage."""
    if request.method != "POST":
        return show(request, lead)
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    form = FactsForm(request.POST, lead=lead)
    if not form.is_valid():
        return not_taken(request, lead, facts=form)
    said = {name: form.cleaned_data[name] for name in ("name", "stage", "reason", "was")}
    try:
        notes.set_facts(lead, by=str(request.user), **said)
    except notes.ChangedMeanwhileError:
        return later(request, lead, facts=form)
    admin.site._registry[Lead].log_change(request, lead, [])
    messages.success(request, _("Saved."))
    return redirect(PAGE, lead.pk)


@acts
def write_note(request: HttpRequest, lead: Lead) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return not_taken(request, lead, note=form)
    notes.write_note(lead, form.cleaned_data["text"], by=request.user, key=form.cleaned_data["key"])
    messages.success(request, _("The note is kept."))
    return redirect(PAGE, lead.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, pk: int, public_id: str) -> HttpResponse:
    """A note by itself, to read and to change."""
    lead = find(request, pk)
    row = seen_by(request.user, Note.objects.filter(lead=lead, public_id=public_id)).first() if lead else None
    if lead is not None and row is None and request.method == "POST" and "erase" in request.POST:
        return redirect(PAGE, lead.pk)  # a second click finds nothing, and that is well
    if lead is None or row is None:
        raise Http404
    if request.method != "POST":
        return note_page(request, lead, row, NoteChangeForm(note=row))
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    form = NoteChangeForm(request.POST, note=row)
    is_erasing = "erase" in request.POST
    if not form.is_valid() and not (is_erasing and form.cleaned_data.get("version") is not None):
        return note_page(request, lead, row, form, failed=wrong(), status=422)
    version = form.cleaned_data["version"] or 0
    try:
        if is_erasing:
            notes.erase_note(row, version=version)
        else:
            notes.change_note(row, form.cleaned_data["text"], by=request.user, version=version)
    except notes.ChangedMeanwhileError:
        return note_later(request, lead, row, form)
    messages.success(request, _("The note is erased.") if is_erasing else _("The note is kept."))
    return redirect(PAGE, lead.pk)


def note_later(request: HttpRequest, lead: Lead, row: Note, form: NoteChangeForm) -> HttpResponse:
    """The colleague's text is shown beside the own one. A note that is gone meanwhile is written anew."""
    kept = Note.objects.filter(pk=row.pk).first()
    if kept is None:
        words = _(
            "Somebody else erased this note meanwhile. What you typed is still here: send it as a new note."
        )
        anew = NoteForm({"text": request.POST.get("text", "")})
        return show(request, lead, failed=words, status=409, note=anew)
    form.data = {**form.data, "text": request.POST.get("text", ""), "version": str(kept.version)}
    words = _(
        "Somebody else changed this note meanwhile, so nothing was saved. Their text stands below yours."
    )
    return note_page(request, lead, kept, form, failed=words, kept=kept.text, status=409)


def note_page(
    request: HttpRequest,
    lead: Lead,
    row: Note,
    form: NoteChangeForm,
    *,
    failed: str = "",
    kept: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Note"),
        "subtitle": str(lead),
        "opts": Lead._meta,
        "lead": lead,
        "note": row,
        "form": form,
        "failed": failed,
        "has_failed": bool(failed),
        "kept": kept,
        "may_change": request.user.has_perm(CHANGE),
    }
    return render(request, "admin/leads/lead/note.html", context, status=status)


@acts
def plan_step(request: HttpRequest, lead: Lead) -> HttpResponse:
    """`done` says that the step that was shown is done, whatever else was typed."""
    form = StepForm(request.POST, lead=lead)
    is_valid = form.is_valid()
    is_done = "done" in request.POST
    if not is_valid and not is_done:
        return not_taken(request, lead, step=form)
    try:
        if is_done:
            notes.finish_step(lead, was=form.cleaned_data.get("was", ""))
        else:
            notes.plan_step(
                lead, form.cleaned_data["step"], form.cleaned_data["on"], was=form.cleaned_data["was"]
            )
    except notes.ChangedMeanwhileError:
        return later(request, lead, step=form)
    messages.success(request, _("Done. It stands on the timeline.") if is_done else _("Saved."))
    return redirect(PAGE, lead.pk)


@acts
def stop_tips(request: HttpRequest, lead: Lead) -> HttpResponse:
    services.withdraw_consent(lead, purpose=consent.TIPS, method="by the coach")
    messages.success(
        request, _("%(name)s gets no more tips. Only they can turn them on again.") % {"name": lead}
    )
    return redirect(PAGE, lead.pk)
