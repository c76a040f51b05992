"""The pages on which a coach says who runs this portal, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.practice import changing, coach, texts
from portal.practice.changing import ChangedMeanwhileError
from portal.practice.facts import free
from portal.practice.forms import PortraitForm, PracticeForm, ProcessorForms, TextForm
from portal.practice.models import OwnText, Practice

PAGE = "admin:practice_practice_changelist"
View = Callable[..., HttpResponse]


def may_change(view: View) -> View:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("practice.change_practice"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapper


# ---- who it is ------------------------------------------------------------------------------------------
@may_change
@require_http_methods(["GET", "HEAD", "POST"])
def practice(request: HttpRequest) -> HttpResponse:
    row = row_of()
    if request.method != "POST":
        return practice_page(request, row, PracticeForm(row=row), ProcessorForms(row=row))
    form, lines = PracticeForm(request.POST, row=row), ProcessorForms(request.POST, row=row)
    if not (form.is_valid() & lines.is_valid()):
        return practice_page(request, row, form, lines, 422)
    values = {name: form.cleaned_data[name] for name in Practice.FIELDS if name != "processors"}
    values["processors"] = lines.told
    try:
        changing.save(
            values, coach_name=form.cleaned_data.get("coach_name", ""), was=form.cleaned_data["was"]
        )
    except ChangedMeanwhileError:
        return later(request, values, lines)
    messages.success(request, _("Saved. Pages and mails say it within a few seconds."))
    return redirect(PAGE)


def later(request: HttpRequest, typed: dict[str, Any], lines: ProcessorForms) -> HttpResponse:
    """Somebody else saved first: what is kept now stands beside what was filled in, which another send keeps."""
    row, data = row_of(), request.POST.copy()
    data["was"] = row.seen_as(coach.name())
    form = PracticeForm(data, row=row)
    form.is_valid()
    now = row.values | {"coach_name": coach.name()}
    mine = {**typed, "coach_name": form.cleaned_data.get("coach_name", now["coach_name"])}
    found = [
        {
            "label": _("Who works for you") if name == "processors" else form[name].label,
            "words": said(now[name]),
        }
        for name in ("coach_name", *Practice.FIELDS)
        if now[name] != mine[name]
    ]
    return practice_page(request, row, form, lines, 409, differences=found)


def said(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(", ".join(filter(None, one.values())) for one in value) or "–"
    return str(value or "–")


def practice_page(
    request: HttpRequest,
    row: Practice,
    form: PracticeForm,
    lines: ProcessorForms,
    status: int = 200,
    differences: Any = (),
) -> HttpResponse:
    own = {one.key: one for one in OwnText.objects.all()}
    context = {
        "form": form,
        "lines": lines,
        "row": row,
        "portrait": reverse("practice:portrait", args=[row.portrait_digest]) if row.portrait_digest else "",
        "texts": [
            {"text": one, "is_own": one.key in own and bool(own[one.key].text_nl or own[one.key].text_en)}
            for one in texts.every()
        ],
        "free": {code: free(code) for code, _name in settings.LANGUAGES},
        "has_failed": bool(form.errors or lines.total_error_count()),
        "differences": differences,
    }
    return page(request, "page", _("Practice"), status=status, **context)


# ---- portrait -------------------------------------------------------------------------------------------
@may_change
@require_http_methods(["GET", "HEAD", "POST"])
def portrait(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return portrait_page(request, PortraitForm(initial={"was": row_of().portrait_digest}))
    is_removed = "remove" in request.POST
    form = PortraitForm(request.POST, request.FILES)
    if not is_removed and not form.is_valid():
        return portrait_page(request, form, 422)
    try:
        changing.put_portrait(
            None if is_removed else form.cleaned_data["portrait"], was=request.POST.get("was", "")
        )
    except ChangedMeanwhileError:
        fresh = PortraitForm(initial={"was": row_of().portrait_digest})
        return portrait_page(request, fresh, 409, is_overtaken=True)
    said_so = _("Your portrait is off the page.") if is_removed else _("Your portrait stands on the page.")
    messages.success(request, said_so)
    return redirect("admin:practice_practice_portrait")


def portrait_page(
    request: HttpRequest, form: PortraitForm, status: int = 200, *, is_overtaken: bool = False
) -> HttpResponse:
    digest = row_of().portrait_digest
    context = {
        "form": form,
        "portrait": reverse("practice:portrait", args=[digest]) if digest else "",
        "coach_name": coach.name(),
        "is_overtaken": is_overtaken,
    }
    return page(request, "portrait", _("Portrait"), status=status, **context)


# ---- texts ----------------------------------------------------------------------------------------------
@may_change
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, key: str) -> HttpResponse:
    found = text_or_404(key)
    kept = OwnText.objects.filter(key=key).first() or OwnText(key=key)
    if request.method != "POST":
        return text_page(request, found, kept, TextForm(instance=kept))
    form = TextForm(request.POST, instance=OwnText(pk=kept.pk, key=key))
    if not form.is_valid():
        return text_page(request, found, kept, form, 422)
    try:
        typed = {name: form.cleaned_data[name] for name in TextForm.Meta.fields}
        changing.write_text(key, **typed, was=form.cleaned_data["was"])
    except ChangedMeanwhileError:
        now = OwnText.objects.get(key=key)
        data = request.POST.copy()
        data["was"] = now.seen
        overtaken = TextForm(data, instance=OwnText(pk=now.pk, key=key))
        overtaken.is_valid()
        return text_page(request, found, now, overtaken, 409, is_overtaken=True)
    messages.success(request, _("Saved. The page says it within a few seconds."))
    return redirect("admin:practice_practice_text", key)


def text_page(
    request: HttpRequest,
    found: texts.Text,
    kept: OwnText,
    form: TextForm,
    status: int = 200,
    *,
    is_overtaken: bool = False,
) -> HttpResponse:
    sides = [
        {
            "code": code,
            "field": form[f"text_{code}"],
            "ours": texts.paragraphs(found.original(code)),
            "now": kept.text(code) if is_overtaken else "",
        }
        for code, _name in settings.LANGUAGES
    ]
    context = {
        "text": found,
        "form": form,
        "sides": sides,
        "is_own": bool(kept.text_nl or kept.text_en),
        "is_overtaken": is_overtaken,
        "shown_at": shown_at(found),
    }
    return page(request, "text", str(found.words), status=status, **context)


@may_change
@require_http_methods(["GET", "HEAD", "POST"])
def original(request: HttpRequest, key: str) -> HttpResponse:
    """Asks first: what she wrote is kept nowhere else."""
    found = text_or_404(key)
    kept = OwnText.objects.filter(key=key).first()
    if kept is None or not (kept.text_nl or kept.text_en):
        return redirect("admin:practice_practice_text", key)
    if request.method == "POST":
        try:
            changing.write_text(key, text_nl="", text_en="", was=request.POST.get("was", ""))
        except ChangedMeanwhileError:
            messages.warning(
                request, _("Somebody changed this text meanwhile, so it still stands. This is it now.")
            )
            return redirect("admin:practice_practice_original", key)
        messages.success(request, _("Our text is back."))
        return redirect("admin:practice_practice_text", key)
    sides = [
        {
            "code": code,
            "yours": texts.paragraphs(kept.text(code)),
            "ours": texts.paragraphs(found.original(code)),
        }
        for code, _name in settings.LANGUAGES
    ]
    return page(request, "original", _("Back to our text?"), text=found, sides=sides, was=kept.seen)


# ---- first steps ----------------------------------------------------------------------------------------
@may_change
@require_POST
def first_steps(request: HttpRequest) -> HttpResponse:
    hidden = "show" not in request.POST
    changing.hide_first_steps(hidden=hidden)
    if hidden:
        messages.success(request, _("Put away. On the page ‘Practice’ you get the list back."))
    return redirect("admin:index")


# ---- helpers --------------------------------------------------------------------------------------------
def row_of() -> Practice:
    """As it is now, not as this process knew it; before the set-up, as the environment says."""
    return Practice.objects.defer("portrait").first() or Practice(pk=Practice.ONLY, **changing.first_values())


def text_or_404(key: str) -> texts.Text:
    found = texts.find(key)
    if found is None:
        raise Http404
    return found


def shown_at(found: texts.Text) -> list[tuple[str, str, str]]:
    """In each language: its code, its name, the address of the page."""
    shown = []
    for code, name in settings.LANGUAGES:
        with translation.override(code):
            shown.append((code, str(name), reverse(found.page) + found.place))
    return shown


def page(request: HttpRequest, name: str, title: str, *, status: int = 200, **context: Any) -> HttpResponse:
    shared = {**admin.site.each_context(request), "title": title, "opts": Practice._meta}
    return render(request, f"admin/practice/{name}.html", shared | context, status=status)
