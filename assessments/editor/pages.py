"""The pages on which the next version of the scan is written: versions, one version, one section of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from csp.utils import build_policy
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.checks import problems
from assessments.editor import differences, drafts, fields, preview, said
from assessments.editor.drafts import ChangedMeanwhileError, NoDraftError
from assessments.editor.forms import FLAGS, OrderForm, SectionForm, form_of
from assessments.instrument import InstrumentError
from assessments.key_pages import LANGUAGES
from assessments.models import SELF_SCAN, Instrument
from assessments.words import language
from portal.common import times
from portal.common.sight import sees_practice

NAME = "admin:assessments_instrument"
View = Callable[..., HttpResponse]


def may(verb: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"assessments.{verb}_instrument"):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wrapper

    return decorate


# ---- versions ------------------------------------------------------------------------------------------------
@may("view")
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    done = Count("scans", filter=Q(scans__status="completed")) if sees_practice(request.user) else None
    found = Instrument.objects.filter(slug=SELF_SCAN).defer("content")
    rows = sorted(found.annotate(done=done) if done else found, key=lambda row: row.number, reverse=True)
    published = [row for row in rows if row.status == Instrument.Status.PUBLISHED]
    context: dict[str, Any] = {
        "drafts": [row for row in rows if row.status == Instrument.Status.DRAFT],
        "published": [{"row": row, "on": day_of(row)} for row in published],
        "counts": done is not None,
    }
    return page(request, "versions", capfirst(str(Instrument._meta.verbose_name_plural)), **context)


@may("view")
@require_safe
def version(request: HttpRequest, pk: int) -> HttpResponse:
    return version_page(request, row_or_404(pk))


def version_page(request: HttpRequest, row: Instrument, status: int = 200) -> HttpResponse:
    other = drafts.compared_with(row)
    is_draft = row.status == Instrument.Status.DRAFT
    changes = [*differences.changes(other.content, row.content)]
    wrong = [said.problem(one, row.content) for one in drafts.wrong_with(row)] if is_draft else []
    beyond = differences.beyond_words(other.content, row.content)
    context = {
        "row": row,
        "other": other if other.pk != row.pk else None,
        "is_draft": is_draft,
        "on": day_of(row),
        "is_current": not is_draft and row.pk == Instrument.objects.current().pk,
        "wrong": wrong,
        "sections": [
            {
                "slug": slug,
                "name": said.section(slug, row.content),
                "changed": sum(one.section == slug for one in changes),
                "wrong": sum(one.section == slug for one in wrong),
            }
            for slug in fields.SECTIONS
        ],
        "changed": len(changes),
        "beyond": said.beyond(beyond, row.content),
        "is_major": row.number[0] != other.number[0],
        "numbered_too_low": is_draft and row.number <= other.number,
        "next_minor": drafts.next_version(SELF_SCAN, other.number[0]),
        "next_major": drafts.next_version(SELF_SCAN),
    }
    return page(request, "version", said_version(row), status=status, **context)


# ---- a section -----------------------------------------------------------------------------------------------
@may("view")
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    row = row_or_404(pk)
    section_or_404(slug)
    if request.method != "POST":
        return section_page(request, row, slug, form_of(row.content, slug))
    if not request.user.has_perm("assessments.change_instrument"):
        raise PermissionDenied
    form = form_of(row.content, slug, request.POST)
    is_right = form.is_valid()
    if row.status != Instrument.Status.DRAFT:
        form.add_error(None, closed_words())
        return section_page(request, row, slug, form, 409)
    if not is_right:
        return section_page(request, row, slug, form, 422)
    try:
        drafts.save(row.pk, slug, form.write, was=form.cleaned_data["was"])
    except ChangedMeanwhileError as error:
        data = request.POST.copy()
        data["was"] = drafts.seen_of(error.row.content, slug)
        again = form_of(error.row.content, slug, data)
        again.is_valid()
        return section_page(request, error.row, slug, again, 409, overtaken_by=error.row.content)
    except NoDraftError:
        form.add_error(None, closed_words())
        return section_page(request, row, slug, form, 409)
    messages.success(request, _("Saved. Visitors see it once this version is published."))
    on = fields.SECTIONS.index(slug) + 1
    if "next" in request.POST and on < len(fields.SECTIONS):
        return redirect(f"{NAME}_section", row.pk, fields.SECTIONS[on])
    return redirect(f"{NAME}_section", row.pk, slug)


def closed_words() -> str:
    return _(
        "This version was published or thrown away meanwhile, so it does not change any more. What you wrote is still "
        "here: copy what you want to keep, and put it in a new draft."
    )


def section_page(
    request: HttpRequest,
    row: Instrument,
    slug: str,
    form: SectionForm | OrderForm,
    status: int = 200,
    *,
    overtaken_by: fields.Content | None = None,
) -> HttpResponse:
    typed = form.typed
    other = drafts.compared_with(row)
    now = overtaken_by or other.content
    wrong = [said.problem(one, typed) for one in problems(typed)]
    place = fields.SECTIONS.index(slug)
    can_change = request.user.has_perm("assessments.change_instrument")
    context: dict[str, Any] = {
        "row": row,
        "slug": slug,
        "form": form,
        "is_open": can_change and row.status == Instrument.Status.DRAFT,
        "groups": groups(form, typed, now) if isinstance(form, SectionForm) else [],
        "flags": [form[name] for name in FLAGS if name in form.fields],
        "order": order_rows(form, row.content) if isinstance(form, OrderForm) else [],
        "wrong": [one for one in wrong if one.section == slug],
        "other": other,
        "is_overtaken": overtaken_by is not None,
        "pages": preview.pages(slug),
        "languages": [(code, said.in_language(code)) for code in LANGUAGES],
        "before": fields.SECTIONS[place - 1] if place else "",
        "after": fields.SECTIONS[place + 1] if place + 1 < len(fields.SECTIONS) else "",
    }
    for name in ("before", "after"):
        context[f"{name}_name"] = said.section(context[name], row.content) if context[name] else ""
    response = page(request, "section", said.section(slug, row.content), status=status, **context)
    response.headers["Content-Security-Policy"] = build_policy(replace={"frame-src": [SELF]})
    return response


def groups(form: SectionForm, typed: fields.Content, other: fields.Content) -> list[dict[str, Any]]:
    """The texts under their headings, each with both fields and what `other` has in its place."""
    changed = {(one.text.path, one.language): one.parts for one in differences.changes(other, typed)}
    found: list[dict[str, Any]] = []
    for text in form.texts:
        if not found or found[-1]["name"] != text.group:
            found.append({"name": text.group, "words": said.group(text), "texts": []})
        sides = [
            {"code": code, "field": form[text.field(code)], "parts": changed.get((text.path, code), ())}
            for code in LANGUAGES
        ]
        found[-1]["texts"].append({"words": said.text(text), "sides": sides})
    return found


def order_rows(form: OrderForm, content: fields.Content) -> list[dict[str, Any]]:
    about = {
        item["id"]: (item, said.key(key["slug"], content)) for key in content["keys"] for item in key["items"]
    }
    code = language()
    rows = []
    for place, item_id in enumerate(form.order):
        item, key = about.get(item_id, ({"self": {}, "reverse": False}, item_id))
        words = item["self"].get(code) or item["self"].get("nl") or item_id
        rows.append(
            {
                "field": form[f"place-{place}"],
                "page": place // 5 + 1 if place % 5 == 0 else 0,
                "words": words,
                "key": key,
                "is_reversed": item["reverse"],
            }
        )
    return rows


@may("view")
@xframe_options_sameorigin
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A page of the site as a section makes it: as it is kept, or as it is typed right now."""
    row = row_or_404(pk)
    section_or_404(slug)
    typed, asked = row.content, request.GET
    if request.method == "POST":
        typed, asked = form_of(row.content, slug, request.POST).typed, request.POST
    name, _dash, code = asked.get("show", "").rpartition(".")
    try:
        return preview.show(request, typed, slug, name, code)
    except (LookupError, TypeError):
        return render(request, "admin/assessments/editor/no_preview.html", status=422)


# ---- differences, number, publishing, throwing away ----------------------------------------------------------
@may("view")
@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(pk)
    other = drafts.compared_with(row)
    shown = compared(other.content, row.content)
    return page(request, "differences", _("What differs"), row=row, other=other, **shown)


def compared(was: Any, now: Any) -> dict[str, Any]:
    """For `_differences.html`."""
    found: list[dict[str, Any]] = []
    for change in differences.changes(was, now):
        if not found or found[-1]["slug"] != change.section:
            found.append({"slug": change.section, "name": said.section(change.section, now), "changes": []})
        where = [said.group(change.text)] if change.text.group.startswith("pattern-") else []
        words = ", ".join([*where, said.text(change.text)])
        found[-1]["changes"].append({"words": words, "language": change.language, "parts": change.parts})
    beyond = said.beyond(differences.beyond_words(was, now), now)
    return {"differing": found, "beyond": beyond, "count": sum(len(one["changes"]) for one in found)}


@may("change")
@require_POST
def clone(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(pk)
    if row.status != Instrument.Status.PUBLISHED:
        return redirect(f"{NAME}_change", row.pk)
    made, is_new = drafts.clone(row.pk)
    if is_new:
        log(request, made, _("Draft of version %(version)s made") % {"version": row.version})
        messages.success(
            request, _("Version %(version)s is a draft. Nobody sees it yet.") % {"version": made.version}
        )
    else:
        messages.info(request, _("This draft was there already, and nothing is changed in it yet."))
    return redirect(f"{NAME}_change", made.pk)


@may("change")
@require_POST
def renumber(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(pk)
    try:
        made = drafts.renumber(row.pk, major="major" in request.POST)
    except NoDraftError:
        return gone(request, pk)
    messages.success(request, _("This is version %(version)s now.") % {"version": made.version})
    return redirect(f"{NAME}_change", made.pk)


@may("change")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first: what is published never changes."""
    row = row_or_404(pk)
    if row.status != Instrument.Status.DRAFT:
        return redirect(f"{NAME}_change", row.pk)
    if request.method == "POST":
        try:
            made = drafts.publish(row.pk, was=request.POST.get("was", ""))
        except NoDraftError:
            return gone(request, pk)
        except InstrumentError:
            messages.error(request, _("It is not published yet: this is still missing."))
            return version_page(request, row_or_404(pk), 409)
        except ChangedMeanwhileError as error:
            messages.error(
                request, _("Somebody changed this draft meanwhile. Look once more at what you publish.")
            )
            return publish_page(request, error.row, 409)
        log(request, made, _("Published"))
        words = _("Version %(version)s is published. New scans get it within a few seconds.")
        messages.success(request, words % {"version": made.version})
        return redirect(f"{NAME}_change", made.pk)
    return publish_page(request, row)


def publish_page(request: HttpRequest, row: Instrument, status: int = 200) -> HttpResponse:
    other = drafts.compared_with(row)
    wrong = [said.problem(one, row.content) for one in drafts.wrong_with(row)]
    if wrong:
        messages.info(request, _("It can be published once nothing is missing any more."))
        return redirect(f"{NAME}_change", row.pk)
    context = {
        "row": row,
        "other": other,
        "is_major": row.number[0] != other.number[0],
        "open_count": other.scans.in_progress().count(),
        **compared(other.content, row.content),
    }
    title = _("Publish version %(version)s?") % {"version": row.version}
    return page(request, "publish", title, status=status, **context)


@may("change")
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first: a draft is kept nowhere else."""
    row = row_or_404(pk)
    if row.status != Instrument.Status.DRAFT:
        messages.info(request, _("A published version stays: scans were done with it."))
        return redirect(f"{NAME}_change", row.pk)
    status = 200
    if request.method == "POST":
        try:
            gone_row = drafts.discard(row.pk, was=request.POST.get("was", ""))
        except NoDraftError:
            return gone(request, pk)
        except ChangedMeanwhileError as error:
            messages.error(request, _("Somebody changed this draft meanwhile, so it is still there."))
            row, status = error.row, 409
        else:
            admin.site._registry[Instrument].log_deletions(request, [gone_row])  # type: ignore[arg-type]
            messages.success(request, _("Draft %(version)s is thrown away.") % {"version": gone_row.version})
            return redirect(f"{NAME}_changelist")
    shown = compared(drafts.compared_with(row).content, row.content)
    title = _("Throw draft %(version)s away?") % {"version": row.version}
    return page(request, "discard", title, status=status, row=row, **shown)


# ---- helpers -------------------------------------------------------------------------------------------------
def row_or_404(pk: int) -> Instrument:
    row = Instrument.objects.filter(slug=SELF_SCAN, pk=pk).first()
    if row is None:
        raise Http404
    return row


def section_or_404(slug: str) -> None:
    if slug not in fields.SECTIONS:
        raise Http404


def gone(request: HttpRequest, pk: int) -> HttpResponse:
    messages.info(request, _("This draft was published or thrown away meanwhile."))
    is_there = Instrument.objects.filter(pk=pk).exists()
    return redirect(f"{NAME}_change", pk) if is_there else redirect(f"{NAME}_changelist")


def said_version(row: Instrument) -> str:
    words = _("Draft %(version)s") if row.status == Instrument.Status.DRAFT else _("Version %(version)s")
    return words % {"version": row.version}


def day_of(row: Instrument) -> str:
    return times.full_date(row.published_at, times.HOST_ZONE) if row.published_at else ""


def log(request: HttpRequest, row: Instrument, words: str) -> None:
    admin.site._registry[Instrument].log_change(request, row, words)


def page(request: HttpRequest, name: str, title: str, *, status: int = 200, **context: Any) -> HttpResponse:
    shared = {**admin.site.each_context(request), "title": title, "opts": Instrument._meta}
    return render(request, f"admin/assessments/editor/{name}.html", shared | context, status=status)
