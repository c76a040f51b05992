"""The pages on which a coach writes sequences and sees who is where."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.common import times
from portal.common.sight import seen_by
from portal.leads.models import Lead
from portal.leads.sequences import numbers, paragraphs, preview, registry, runs
from portal.leads.sequences.editing import ChangedMeanwhileError, changing, take_out
from portal.leads.sequences.forms import ParagraphForm, SequenceForm, StepForm
from portal.leads.sequences.models import OwnParagraph, Run, Sequence, Step
from portal.leads.sequences.places import places

PAGE_SIZE = 50
View = Callable[..., HttpResponse]


def may(verb: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"sequences.{verb}_sequence"):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wrapper

    return decorate


# ---- sequences ---------------------------------------------------------------------------------------------
@may("view")
@require_http_methods(["GET", "HEAD"])
def all_sequences(request: HttpRequest) -> HttpResponse:
    active = Q(runs__ended_at=None, runs__isnull=False, runs__lead__objected_at=None)
    found = Sequence.objects.annotate(
        active_count=Count("runs", filter=active, distinct=True), step_count=Count("steps", distinct=True)
    )
    rows = [{"sequence": one, "starts": registry.event_words(one.starts_on)} for one in found]
    written = {one.kind: one for one in OwnParagraph.objects.all()}
    own = [
        {"kind": kind, "words": words, "text": own_text(written.get(kind))}
        for kind, words in paragraphs.kinds().items()
    ]
    return page(request, "list", _("Mail sequences"), rows=rows, paragraphs=own)


@may("add")
@require_http_methods(["GET", "HEAD", "POST"])
def add_sequence(request: HttpRequest) -> HttpResponse:
    form = SequenceForm(request.POST or None, instance=Sequence())
    if request.method == "POST" and form.is_valid():
        sequence = form.save()
        messages.success(
            request, _("‘%(name)s’ is made. Now write its first mail.") % {"name": sequence.name}
        )
        return redirect("admin:sequences_sequence_step_add", sequence.pk)
    return page(request, "sequence", _("New sequence"), status=422 if form.errors else 200, form=form)


@may("view")
@require_http_methods(["GET", "HEAD", "POST"])
def sequence(request: HttpRequest, pk: int) -> HttpResponse:
    found = sequence_or_404(pk)
    if request.method != "POST":
        return sequence_page(request, found, SequenceForm(instance=found))
    require_change(request)
    form = SequenceForm(request.POST, instance=Sequence.objects.get(pk=found.pk))
    if form.is_valid():
        try:
            with changing(found.pk, form.cleaned_data["version"]) as fresh:
                for name in SequenceForm.Meta.fields:
                    setattr(fresh, name, form.cleaned_data[name])
        except ChangedMeanwhileError as error:
            return sequence_page(
                request, error.sequence, overtaken(form, error.sequence), 409, error.sequence
            )
        messages.success(request, _("Saved. What has not left yet follows it."))
        return redirect("admin:sequences_sequence_change", found.pk)
    return sequence_page(request, found, form, 422)


def sequence_page(
    request: HttpRequest, found: Sequence, form: SequenceForm, status: int = 200, now: Sequence | None = None
) -> HttpResponse:
    steps = list(found.steps.all())
    counted = numbers.per_step(found, steps)
    return page(
        request,
        "sequence",
        found.name,
        status=status,
        sequence=found,
        form=form,
        steps=[
            {"step": step, "subject": step.subject(language()), "numbers": counted[step.pk]} for step in steps
        ],
        starts=registry.event_words(found.starts_on),
        goal=found.goal,
        active_count=Run.objects.active().filter(sequence=found, lead__objected_at=None).count(),
        differences=differences(form, now) if now else [],
    )


# ---- steps -------------------------------------------------------------------------------------------------
@may("change")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, step_pk: int = 0) -> HttpResponse:
    """One mail: writing it, seeing it, mailing it to oneself. Without `step_pk` a new one."""
    found = sequence_or_404(pk)
    there = Step.objects.filter(pk=step_pk, sequence=found).first() if step_pk else None
    if step_pk and there is None and request.method != "POST":
        raise Http404
    typed = Step.objects.get(pk=there.pk) if there else Step(sequence=found, **next_moment(found))
    form = StepForm(request.POST if request.method == "POST" else None, instance=typed)
    if not form.is_bound:
        form.initial["version"] = found.version
        return step_page(request, found, there, form)
    if "preview" in request.POST or "fragment" in request.POST:
        return step_page(request, found, there, form, fragment="fragment" in request.POST)
    if not form.is_valid():
        return step_page(request, found, there, form, 422)
    if "test" in request.POST:
        return mail_test(request, found, there, form)
    if step_pk and there is None:
        form.add_error(
            None, _("Somebody took this mail out meanwhile. What you wrote is here; saving adds it again.")
        )
        return step_page(request, found, None, overtaken(form, found), 409)
    try:
        with changing(found.pk, form.cleaned_data["version"]):
            form.save()
    except ChangedMeanwhileError as error:
        now = Step.objects.filter(pk=step_pk).first()
        return step_page(request, error.sequence, now, overtaken(form, error.sequence), 409, now=now)
    messages.success(request, _("Saved. What has not left yet follows it."))
    return redirect("admin:sequences_sequence_step", found.pk, form.instance.pk)


def step_page(
    request: HttpRequest,
    found: Sequence,
    there: Step | None,
    form: StepForm,
    status: int = 200,
    *,
    now: Step | None = None,
    fragment: bool = False,
) -> HttpResponse:
    address = str(form["contact"].value() or "").strip()
    lead = contact_of(request, address)
    shown = {
        "previews": [preview.of_step(form.typed_step, one, lead) for one in registry.LANGUAGES],
        "for_whom": lead,
        "is_unknown": bool(address) and lead is None,
        "longest": 120,
    }
    if fragment:
        return render(request, "admin/sequences/_previews.html", shown)
    title = there.subject(language()) if there else _("New mail")
    action = "step" if there else "step_add"
    where = [found.pk, there.pk] if there else [found.pk]
    variables = [
        {"names": [f"{{{one.name[code]}}}" for code in registry.LANGUAGES], "meaning": one.meaning}
        for one in registry.variables()
    ]
    return page(
        request,
        "step",
        title,
        status=status,
        sequence=found,
        step=there,
        form=form,
        variables=variables,
        action=reverse(f"admin:sequences_sequence_{action}", args=where),
        differences=differences(form, now) if now else [],
        **shown,
    )


def mail_test(request: HttpRequest, found: Sequence, there: Step | None, form: Any) -> HttpResponse:
    user: Any = request.user
    lead = contact_of(request, form.cleaned_data["contact"])
    key = f"{user.pk}:{form.cleaned_data['key']}"
    preview.mail_test(form.typed_step, lead, to=user.email, to_name=user.name, key=key)
    messages.success(
        request,
        _("The test mail, in both languages, is on its way to %(address)s. Nothing was saved.")
        % {"address": user.email},
    )
    form.data = form.data.copy()
    form.data["key"] = StepForm().fields["key"].initial
    return step_page(request, found, there, form)


@may("change")
@require_http_methods(["GET", "HEAD", "POST"])
def take_step_out(request: HttpRequest, pk: int, step_pk: int) -> HttpResponse:
    found = sequence_or_404(pk)
    there = Step.objects.filter(pk=step_pk, sequence=found).first()
    if there is None:
        return redirect("admin:sequences_sequence_change", found.pk)
    if request.method == "POST":
        typed = request.POST.get("version", "")
        try:
            take_out(there, int(typed) if typed.isdecimal() and len(typed) < 10 else 0)
        except ChangedMeanwhileError:
            messages.error(
                request, _("Somebody changed this sequence meanwhile. Look once more before you take it out.")
            )
            return redirect("admin:sequences_sequence_step", found.pk, step_pk)
        messages.success(request, _("Taken out. What had not left of it is cancelled."))
        return redirect("admin:sequences_sequence_change", found.pk)
    waiting, subject = runs.waiting_of(there).count(), there.subject(language())
    title = _("Take this mail out")
    return page(request, "take_out", title, sequence=found, step=there, waiting=waiting, subject=subject)


# ---- the coach's own paragraph in a service mail -----------------------------------------------------------
@may("change")
@require_http_methods(["GET", "HEAD", "POST"])
def own_paragraph(request: HttpRequest, kind: str) -> HttpResponse:
    words = paragraphs.kinds().get(kind)
    if words is None:
        raise Http404
    there = OwnParagraph.objects.filter(kind=kind).first() or OwnParagraph(kind=kind)
    form: Any = ParagraphForm(request.POST if request.method == "POST" else None, instance=there)
    status, now = 200, None
    if form.is_bound and form.is_valid():
        texts = {name: form.cleaned_data[name] for name in ("text_nl", "text_en")}
        try:
            paragraphs.write(kind, form.cleaned_data["version"], **texts)
        except paragraphs.ParagraphChangedError as error:
            status, now = 409, error.now
            form = overtaken(form, now)
        else:
            messages.success(
                request, _("Saved. It stands in every mail of this kind that is written from now on.")
            )
            return redirect("admin:sequences_sequence_changelist")
    elif form.is_bound:
        status = 422
    shown = differences(form, now) if now else []
    return page(request, "paragraph", words, status=status, form=form, differences=shown)


# ---- who is where ------------------------------------------------------------------------------------------
@may("view")
@require_http_methods(["GET", "HEAD"])
def people(request: HttpRequest, pk: int) -> HttpResponse:
    found = sequence_or_404(pk)
    with_ended = "all" in request.GET
    there = Run.objects.filter(sequence=found, lead__objected_at=None).select_related("lead", "sequence")
    shown = Paginator(there if with_ended else there.active(), PAGE_SIZE).get_page(request.GET.get("page"))
    return page(
        request,
        "people",
        _("Who is where"),
        sequence=found,
        places=places(shown.object_list),
        listing=shown,
        with_ended=with_ended,
        may_change=request.user.has_perm("sequences.change_sequence"),
    )


@may("change")
@require_http_methods(["GET", "HEAD", "POST"])
def change_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One person in one sequence. `?back=contact` leads back to the page of the contact, whose own form could
    hold no other."""
    run = Run.objects.select_related("lead", "sequence").filter(pk=pk).first()
    if run is None:
        raise Http404
    if request.method != "POST":
        (place,) = places([run])
        back = "contact" if request.GET.get("back") == "contact" else ""
        return page(request, "run", str(run.lead), run=run, place=place, back=back, may_change=True)
    done = request.POST.get("do", "")
    if done in ("pause", "answered"):
        runs.hold(run, Run.Held.PAUSED if done == "pause" else Run.Held.ANSWERED)
        words = _("Nothing leaves to %(name)s until you let it go on.")
    elif done == "go_on":
        runs.release(run)
        words = _("The sequence goes on for %(name)s.")
    elif done == "stop":
        runs.stop(run)
        words = _("Stopped for %(name)s. What had not left is cancelled.")
    else:
        messages.error(request, _("Choose what should happen."))
        words = ""
    if words:
        messages.success(request, words % {"name": run.lead})
    if request.POST.get("back") == "contact":
        return redirect("admin:leads_lead_change", run.lead_id)
    return redirect("admin:sequences_sequence_people", run.sequence_id)


# ---- helpers -----------------------------------------------------------------------------------------------
def sequence_or_404(pk: int) -> Sequence:
    found = Sequence.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def require_change(request: HttpRequest) -> None:
    if not request.user.has_perm("sequences.change_sequence"):
        raise PermissionDenied


def contact_of(request: HttpRequest, address: str) -> Lead | None:
    known = seen_by(request.user, Lead.objects.shown())
    return known.filter(email=address.strip().lower()).first() if address.strip() else None


def own_text(found: OwnParagraph | None) -> str:
    if found is None:
        return ""
    return found.text_en if language() == "en" else found.text_nl


def next_moment(found: Sequence) -> dict[str, Any]:
    """A new mail comes some days after the last one, at the same hour."""
    last = found.steps.last()
    return {"delay_days": min(last.delay_days + 3, 365), "at": last.at} if last else {}


def overtaken(form: Any, found: Sequence | OwnParagraph) -> Any:
    """The same form, to be saved over what somebody else changed once it was seen."""
    form.data = form.data.copy()
    form.data["version"] = found.version
    if not form.non_field_errors():
        at = times.near_clock(found.changed_at, times.HOST_ZONE)
        form.add_error(
            None,
            _(
                "Somebody changed this meanwhile, at %(at)s. What you filled in is still here. Look at what differs; "
                "saving once more puts yours in its place."
            )
            % {"at": at},
        )
    return form


def differences(form: Any, now: Any) -> list[dict[str, Any]]:
    """What stands there now, of the fields that read otherwise in the form."""
    fresh = type(form)(instance=type(now).objects.get(pk=now.pk))
    found = []
    for name in form.Meta.fields:
        theirs, mine = fresh[name].value(), form.cleaned_data.get(name, form[name].value())
        if theirs != mine:
            found.append({"label": form[name].label, "words": shown_value(fresh[name])})
    return found


def shown_value(field: Any) -> str:
    value, choices = field.value(), dict(getattr(field.field, "choices", ()))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(choices.get(one, one)) for one in value) or "–"
    if hasattr(value, "strftime"):
        return str(value.strftime("%H:%M"))
    return str(choices.get(value, value))


def language() -> str:
    return "en" if (get_language() or "").startswith("en") else "nl"


def page(request: HttpRequest, name: str, title: str, *, status: int = 200, **context: Any) -> HttpResponse:
    shared = {**admin.site.each_context(request), "title": title, "opts": Sequence._meta}
    return render(request, f"admin/sequences/{name}.html", shared | context, status=status)
