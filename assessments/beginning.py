"""A scan begins: from the start page, from a link elsewhere with its first answer, or once more."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import translate_url
from django.views.decorators.http import require_http_methods, require_POST

from assessments import services
from assessments.forms import CHOICES, PageForm, sent_answers, stored
from assessments.instrument import PAGE_COUNT
from assessments.key_pages import LANGUAGES
from assessments.models import Instrument, Scan
from assessments.requests import member, open_scan
from assessments.views import page_address, page_form, remember, show_page, to_page
from assessments.words import language
from portal.common import came_from
from portal.common.http import private

ANSWER = "a"  # of the first statement, in the address of a link elsewhere


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin with the answers that were sent, or go on with the open scan: nothing in it is overwritten."""
    if request.method != "POST":
        return redirect("assessments:landing")
    scan = take_in(request, open_or_new(request), PAGE_COUNT)
    return to_page(request, scan, scan.resume_page)


@login_not_required
@private
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    scan = open_or_new(request)
    return to_page(request, scan, scan.resume_page)


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Page 1 with the answer of a link chosen. Nothing is kept before somebody presses."""
    if request.method == "POST":
        return begin_with_page(request)
    scan = open_scan(request)
    begins = scan is None or scan.is_completed
    if scan is None or begins:
        scan = Scan(instrument=Instrument.objects.current(), language=language())
    instrument = scan.instrument.parsed(language())
    first = instrument.items[0].id
    if first in scan.answers:
        return redirect(page_address(scan, scan.resume_page))
    answer = request.GET.get(ANSWER, "")
    chosen = {first: stored(answer)} if answer in CHOICES else {}
    form = PageForm(instrument=instrument, page=1, answers={**scan.answers, **chosen})
    return show_page(request, scan, 1, form, begins=begins)


def begin_with_page(request: HttpRequest) -> HttpResponse:
    scan = take_in(request, open_or_new(request), 1)
    if (code := request.POST.get("to_language")) in LANGUAGES:
        return remember(request, redirect(translate_url(page_address(scan, 1), code)), scan)
    form = page_form(scan, 1, request.POST)
    if not form.is_valid():
        return remember(request, show_page(request, scan, 1, form, status=422), scan)
    return to_page(request, scan, scan.resume_page)


def open_or_new(request: HttpRequest) -> Scan:
    scan = open_scan(request)
    if scan is not None and not scan.is_completed:
        return scan
    return services.start_scan(language=language(), user=member(request), came_from=came_from.sent(request))


def take_in(request: HttpRequest, scan: Scan, pages: int) -> Scan:
    """Keep what was sent of the first so many pages, wherever nothing is filled in yet."""
    for number, items in enumerate(scan.instrument.parsed(language()).pages[:pages], 1):
        unanswered = [item for item in items if item.id not in scan.answers]
        if answers := sent_answers(request.POST, unanswered):
            scan = services.save_page(scan, number, answers)
    return scan
