"""The page that says what the figures of a version are worth, and its files. It reads what was put away, no scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.models import SELF_SCAN, Instrument
from assessments.numbers import files, shown
from assessments.numbers.models import Figures
from assessments.numbers.ranks import LEAST as LEAST_FOR_RANKS
from assessments.numbers.sizes import FIRM, LEAST, RESCAN_AFTER_DAYS, REST_LOW, SHOWN
from assessments.words import language
from portal.common import spreadsheet, times
from portal.common.sight import seen_by
from portal.common.waking import wake

PAGE = "admin:numbers_figures_changelist"
MAY = "numbers.view_figures"
TASK = "assessments.work_out_numbers"
Response = TypeVar("Response", bound=HttpResponseBase)


def may_see(view: Callable[..., Response]) -> Callable[..., Response]:
    @wraps(view)
    def checked(request: HttpRequest, **named: Any) -> Response:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        return view(request, **named)

    return checked


@may_see
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    version, code, is_known = asked(request)
    rows = by_version(request)
    choices = sorted(rows, key=lambda row: row.number, reverse=True)
    row = next((one for one in choices if one.version == version), choices[0] if choices else None)
    is_known = is_known and (not version or (row is not None and row.version == version))
    of_version = rows[row] if row else {}
    figures = of_version.get(code) or of_version.get("")
    context = {
        **admin.site.each_context(request),
        "title": capfirst(str(Figures._meta.verbose_name_plural)),
        "opts": Figures._meta,
        "is_known": is_known,
        "row": row,
        "choices": choices,
        "languages": [("", _("all together")), *settings.LANGUAGES],
        "language": code,
        "is_apart": bool(figures and figures.language == code),
        "sizes": {"least": LEAST, "shown": SHOWN, "firm": FIRM, "ranks": LEAST_FOR_RANKS, "rest": REST_LOW,
                  "days": RESCAN_AFTER_DAYS, "lately": settings.RETENTION["anonymous_scans"].days},
        "figures": figures,
        **(shown_of(row, figures, of_version[""]) if row and figures else {}),
    }  # fmt: skip
    return render(request, "admin/numbers/page.html", context)


def asked(request: HttpRequest) -> tuple[str, str, bool]:
    """Version and language, and whether that language can be asked."""
    code = request.GET.get("language", "")
    is_known = code in ("", *dict(settings.LANGUAGES))
    return request.GET.get("version", "")[:20].replace("\0", ""), code if is_known else "", is_known


def by_version(request: HttpRequest) -> dict[Instrument, dict[str, Figures]]:
    """The published versions, each with its figures by language. Two queries, however many scans there are."""
    published = Instrument.objects.filter(slug=SELF_SCAN, status=Instrument.Status.PUBLISHED).defer("content")
    found: dict[Instrument, dict[str, Figures]] = {row: {} for row in published}
    by_key = {row.pk: of_version for row, of_version in found.items()}
    for figures in seen_by(request.user, Figures.objects.filter(instrument__in=by_key)):
        by_key[figures.instrument_id][figures.language] = figures
    return found


def shown_of(row: Instrument, figures: Figures, whole: Figures) -> dict[str, Any]:
    """`whole`: of all languages; who stopped and who came back are said of those alone."""
    instrument, content = row.parsed(language()), figures.content
    keys = shown.keys(instrument, content)
    rescans = whole.content.get("rescans", {})
    return {
        "content": content,
        "used": shown.Measured(figures.used),
        "computed": {
            "day": times.full_date(figures.computed_at, times.HOST_ZONE),
            "clock": times.clock(figures.computed_at, times.HOST_ZONE),
        },
        "left_out": content["completed"] - figures.used,
        "flags": shown.flags(content),
        "items": shown.items(instrument, content),
        "keys": keys,
        "overall": shown.Measured(content.get("overall", {}).get("n", content["complete"])),
        "stops": (stops := shown.stops(whole.content)),
        "stops_sum": shown.sum_of(stops),
        "still_open": shown.at_least(whole.content.get("reached", {}).get("open", 0)),
        "rescans": rescans,
        "pairs": shown.Measured(rescans.get("pairs", 0)),
        "returned": share(rescans),
        "norms": shown.norms(shown.keys(instrument, whole.content), whole.content),
        "has_ranks": whole.norm is not None,
    }


def share(rescans: dict[str, Any]) -> int | None:
    """Per cent of those whose time it was that came back; None while one of the two groups is too small."""
    returned, stayed = (rescans.get(name, {}) for name in ("returned", "stayed"))
    if "mean" not in returned:
        return None
    return int(100 * returned["n"] / (returned["n"] + stayed["n"]) + 0.5)


# ---- working it out, and taking it along --------------------------------------------------------------
@may_see
@require_POST
def work_out_now(request: HttpRequest) -> HttpResponse:
    """Only asks: a worker does it. Twice is once more the same."""
    wake(TASK)
    messages.success(request, _("It is being worked out. Look again in half a minute."))
    version, code, _is_known = asked(request)
    query = {name: value for name, value in (("version", version), ("language", code)) if value}
    return redirect(f"{redirect(PAGE).url}{'?' if query else ''}{urlencode(query)}")


Rows = Callable[[Instrument, Figures], Iterable[Iterable[Any]]]


def file(name: str, rows: Rows) -> Callable[..., HttpResponseBase]:
    @may_see
    @require_safe
    def give(request: HttpRequest, version: str) -> HttpResponseBase:
        whole = Figures.objects.filter(instrument__slug=SELF_SCAN, instrument__version=version, language="")
        figures = seen_by(request.user, whole).select_related("instrument").first()
        if figures is None:
            raise Http404
        return spreadsheet.answer(f"{SELF_SCAN}-{version}-{name}.csv", rows(figures.instrument, figures))

    return give


answers = file("answers", files.answers)
covariances = file("covariances", files.covariances)
codebook = file("codebook", lambda instrument, _figures: files.codebook(instrument))
