"""The pages of the site as a content makes them: what visitors would see, with a result that is nobody's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from csp.constants import SELF
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments import views
from assessments.editor.fields import GENERAL, ORDER, PATTERNS, SCALE
from assessments.forms import PageForm
from assessments.instrument import KEY_COUNT, PAGE_COUNT, parse
from assessments.instrument import Instrument as Questionnaire
from assessments.key_pages import LANGUAGES
from assessments.models import Instrument, Scan
from assessments.result import build
from assessments.result_panels import Place
from assessments.sample import SUMS
from assessments.scoring import KeyScore, Scores
from portal.common import times
from portal.common.panels import Panel

MIDDLE, LOW = 60.0, 35.0  # scores of a made-up result: at least, and of the keys it is about
HREF: Final = re.compile(r'(<a\b[^>]*?)\s+href="[^"]*"')
SCRIPT: Final = re.compile(r"<script\b.*?</script>", re.DOTALL)
SUBMIT: Final = re.compile(r'\btype="submit"')


@dataclass(frozen=True)
class Page:
    slug: str
    words: str | Promise


LANDING = Page("landing", _("Home page"))
RESULT = Page("result", _("Result"))
KEY = Page("key", _("Page of this key"))
STATEMENTS = Page("statements", _("Statements"))
EACH_PAGE = tuple(Page(f"page-{number}", _("Page %(number)d")) for number in range(1, PAGE_COUNT + 1))
EACH_PATTERN = tuple(
    Page(f"pattern-{number}", _("Pattern %(number)d")) for number in range(1, KEY_COUNT // 2 + 1)
)


def pages(section: str) -> list[tuple[str, str]]:
    """On which pages of the site a section shows: the name of each and its words."""
    chosen = {
        GENERAL: (STATEMENTS, LANDING, RESULT),
        SCALE: (STATEMENTS, RESULT),
        PATTERNS: EACH_PATTERN,
        ORDER: EACH_PAGE,
    }.get(section, (RESULT, KEY, STATEMENTS))
    return [(one.slug, str(one.words) % {"number": number}) for number, one in enumerate(chosen, start=1)]


def show(
    request: HttpRequest, content: Mapping[str, Any], section: str, page: str, code: str
) -> HttpResponse:
    """One page of the site, in which nothing can be pressed. Raises what `parse` raises for what has no shape."""
    code = code if code in LANGUAGES else LANGUAGES[0]
    known = [slug for slug, _words in pages(section)]
    page = page if page in known else known[0]
    with translation.override(code):
        questionnaire = parse(content, code)
        response = _render(request, questionnaire, section, page)
    response.content = still(response.text)
    response.headers["Content-Security-Policy"] = build_policy(replace={"frame-ancestors": [SELF]})
    return response


def still(html: str) -> str:
    return SUBMIT.sub('type="button"', HREF.sub(r"\1", SCRIPT.sub("", html)))


def _render(request: HttpRequest, of: Questionnaire, section: str, page: str) -> HttpResponse:
    if page == LANDING.slug:
        return views.landing_page(request, of)
    if page == KEY.slug:
        return views.key_page_of(request, of, section)
    if page == RESULT.slug:
        return _result(request, of, (section,))
    if page.startswith("pattern-"):
        return _result(request, of, of.patterns[int(page.removeprefix("pattern-")) - 1].keys)
    return _statements(request, of, _number(of, section, page))


def _number(of: Questionnaire, section: str, page: str) -> int:
    if page.startswith("page-"):
        return int(page.removeprefix("page-"))
    slugs = [key.slug for key in of.keys]
    return of.key(section).items[0].page if section in slugs else 1


def _statements(request: HttpRequest, of: Questionnaire, number: int) -> HttpResponse:
    form = PageForm(instrument=of, page=number, answers={})
    rows = form.rows()
    context = {
        "scan": Scan(language=of.language),
        "instrument": of,
        "number": number,
        "page_count": PAGE_COUNT,
        "item_count": len(of.items),
        "minutes_left": max(1, of.minutes * (PAGE_COUNT - number + 1) // PAGE_COUNT),
        "marks": [],
        "answered": 0,
        "form": form,
        "rows": rows,
        "bad": [],
        "noindex": True,
    }
    return render(request, "assessments/scan.html", context)


def _result(request: HttpRequest, of: Questionnaire, low: tuple[str, ...]) -> HttpResponse:
    """A made-up one, in which the keys of `low` carry least."""
    keys = []
    for key in of.keys:
        score = (SUMS.get(key.slug, 9) - 3) / 12 * 100
        if any(one.slug in low for one in of.keys):
            score = LOW if key.slug in low else max(score, MIDDLE)
        keys.append(KeyScore(key.slug, score, 3))
    shown = build(of, Scores(tuple(keys), sum(key.score or 0 for key in keys) / len(keys)))
    scan = Scan(
        language=of.language,
        instrument=Instrument(slug=of.slug, version=of.version),
        status=Scan.Status.COMPLETED,
        completed_at=times.now(),
    )
    empty: Mapping[Place, list[Panel]] = {"score": [], "this_week": [], "after": []}
    return views.result_page(request, scan, shown, None, times.HOST_ZONE, empty)
