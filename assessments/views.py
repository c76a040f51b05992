"""The scan as a visitor meets it: landing, keys, six pages, the result.

Whoever may open a scan is decided in one place, `ScanQuerySet.visible_to`; everything else is a 404.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import bridge, cookies, own_texts, picture, progress, services, summary, words
from assessments import instrument as questionnaire
from assessments.forms import PageForm
from assessments.instrument import PAGE_COUNT
from assessments.key_pages import LANGUAGES, key_page, slug_anywhere
from assessments.models import Instrument, Scan
from assessments.requests import member, named_scan, open_scan, own_scans
from assessments.result import Result
from assessments.result_panels import Place, panels_of
from assessments.sample import sample_result
from assessments.words import language
from portal import resending
from portal.common import times
from portal.common.http import private
from portal.common.page_cache import kept
from portal.common.panels import Panel
from portal.leads import consent


# ---- public pages -------------------------------------------------------------------------------------
@login_not_required
@require_safe
@kept()
def landing(request: HttpRequest) -> HttpResponse:
    return landing_page(request, Instrument.objects.current().parsed(language()))


def landing_page(request: HttpRequest, instrument: questionnaire.Instrument) -> HttpResponse:
    sample = sample_result(instrument)
    weakest = sample.weakest[0].key
    facts = summary.call_facts()
    context = {
        "instrument": instrument,
        "first_item": instrument.items[0],
        "sample": sample,
        "weakest": weakest,
        "members": bridge.plain_members(instrument.keys, weakest),
        "call": facts.minutes if facts else None,
        "questions": own_texts.questions(),
    }
    return render(request, "assessments/landing.html", context)


@login_not_required
@require_safe
@kept()
def keys(request: HttpRequest) -> HttpResponse:
    instrument = Instrument.objects.current().parsed(language())
    members = bridge.plain_members(instrument.keys)
    context = {"instrument": instrument, "members": members, "here": "keys"}
    return render(request, "assessments/keys.html", context)


@login_not_required
@require_safe
@kept()
def key(request: HttpRequest, slug: str) -> HttpResponse:
    return key_page_of(request, Instrument.objects.current().parsed(language()), slug)


def key_page_of(request: HttpRequest, instrument: questionnaire.Instrument, slug: str) -> HttpResponse:
    try:
        this, page = instrument.key(slug), key_page(slug, language())
    except KeyError:
        raise Http404 from None
    facts = summary.call_facts()
    context = {
        "instrument": instrument,
        "key": this,
        "previous_key": instrument.keys[this.number - 2] if this.number > 1 else None,
        "next_key": instrument.keys[this.number] if this.number < len(instrument.keys) else None,
        "extra": page,
        "call": facts.minutes if facts else None,
        "here": "keys",
    }
    return render(request, "assessments/key.html", context)


@login_not_required
@require_safe
def key_moved(request: HttpRequest, address: str) -> HttpResponse:
    """A key's address of before, or of the other language, leads to the one of this language for good."""
    try:
        target = reverse("assessments:key", args=[slug_anywhere(address)])
    except KeyError:
        raise Http404 from None
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{target}?{query}" if query else target, permanent=True)


# ---- the scan -----------------------------------------------------------------------------------------
@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest, number: int) -> HttpResponse:
    """One page of five items. Every button saves first: next, back and the language switch.

    A form names its scan, and is saved there or nowhere: meanwhile the visitor may be in another one.
    """
    if request.method == "POST":
        current = named_scan(request, request.POST.get("scan", ""))
        return not_open_page(request) if current is None else page_of(request, current, number)
    if name := request.GET.get("scan"):
        current = named_scan(request, name)
        return redirect("assessments:resume") if current is None else page_of(request, current, number)
    current = open_scan(request)
    if current is None:
        messages.info(request, _("There is no scan under way in this browser. You can begin here."))
        return redirect("assessments:landing")
    return page_of(request, current, number)


def page_of(request: HttpRequest, current: Scan, number: int) -> HttpResponse:
    if current.is_completed:
        return redirect("assessments:result", current.public_id)
    if number not in range(1, current.resume_page + 1):
        return to_open_page(request, current, current.resume_page)
    if request.method == "POST":
        return save(request, current, number)
    return show_page(request, current, number, page_form(current, number))


def save(request: HttpRequest, current: Scan, number: int) -> HttpResponse:
    """Keep what is valid, then go where the button says. Only 'next' asks for a complete page."""
    form = page_form(current, number, request.POST)
    try:
        current = services.save_page(current, number, form.answers)
    except services.ScanClosedError:
        return scan(request, number)  # look again: it is finished by now, or not open any more
    if (code := request.POST.get("to_language")) in LANGUAGES:
        target = translate_url(page_address(current, number), code)
        return remember(request, redirect(target), current)
    if "back" in request.POST:
        return to_page(request, current, max(number - 1, 1))
    if not form.is_valid():
        return remember(request, show_page(request, current, number, form, status=422), current)
    if number < PAGE_COUNT:
        return to_page(request, current, number + 1)
    return finish(request, current)


def finish(request: HttpRequest, current: Scan) -> HttpResponse:
    try:
        done = services.complete_scan(current)
    except services.ScanUnfinishedError as error:
        return to_open_page(request, current, error.page)
    except services.ScanClosedError:
        return redirect("assessments:resume")
    return remember(request, redirect("assessments:result", done.public_id), done)


def not_open_page(request: HttpRequest) -> HttpResponse:
    """The answers of a form whose scan is not, or no longer, open to this visitor; and the ways on."""
    newest = open_scan(request)
    context = {
        **resending.sent(request),
        "goes_on": newest is not None and not newest.is_completed,
        "noindex": True,
    }
    return render(request, "assessments/not_open.html", context, status=409)


@login_not_required
@private
@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    current = open_scan(request)
    if current is None:
        return redirect("assessments:landing")
    if current.is_completed:
        return redirect("assessments:result", current.public_id)
    return redirect("assessments:scan", current.resume_page)


def page_form(current: Scan, number: int, data: object = None) -> PageForm:
    instrument = current.instrument.parsed(language())
    return PageForm(data, instrument=instrument, page=number, answers=current.answers)


def show_page(
    request: HttpRequest,
    current: Scan,
    number: int,
    form: PageForm,
    *,
    status: int = 200,
    begins: bool = False,
) -> HttpResponse:
    """`begins`: nothing of this scan is kept yet, its page was only looked at."""
    instrument = current.instrument.parsed(language())
    rows = form.rows()
    context = {
        "scan": current,
        "begins": begins,
        "instrument": instrument,
        "number": number,
        "page_count": PAGE_COUNT,
        "item_count": len(instrument.items),
        "minutes_left": max(1, instrument.minutes * (PAGE_COUNT - number + 1) // PAGE_COUNT),
        "marks": progress.marks(instrument, current.answers),
        "answered": len(current.answers),
        "form": form,
        "rows": rows,
        "bad": [row for row in rows if row["error"]],
        "noindex": True,
    }
    return render(request, "assessments/scan.html", context, status=status)


def to_page(request: HttpRequest, current: Scan, number: int) -> HttpResponse:
    return remember(request, redirect(page_address(current, number)), current)


def page_address(current: Scan, number: int) -> str:
    address = reverse("assessments:scan", args=[number])
    return f"{address}?scan={current.public_id}" if current.is_beside else address


def to_open_page(request: HttpRequest, current: Scan, number: int) -> HttpResponse:
    said = _("Page %(page)d still has a statement to answer. Carry on there.") % {"page": number}
    messages.info(request, said)
    return to_page(request, current, number)


def remember(request: HttpRequest, response: HttpResponse, current: Scan) -> HttpResponse:
    """Name the scan in this browser's cookie while it belongs to nobody."""
    if current.user_id is None:
        cookies.remember(request, response, current.public_id)
    return response


# ---- the result ---------------------------------------------------------------------------------------
@login_not_required
@private
@require_safe
def latest_result(request: HttpRequest) -> HttpResponse:
    newest = own_scans(request).completed().latest_first().first()
    if newest is None:
        messages.info(request, _("There is no result in this browser. It takes seven minutes to make one."))
        return redirect("assessments:landing")
    return redirect("assessments:result", newest.public_id)


@login_not_required
@private
@require_safe
def result(request: HttpRequest, public_id: str) -> HttpResponse:
    current = own_scans(request).completed().filter(public_id=public_id).first()
    if current is None:
        raise Http404
    user = member(request)
    time_zone = user.time_zone if user else times.HOST_ZONE
    previous = summary.previous_scan(current)
    shown = summary.result_of(current, language(), previous)
    return result_page(request, current, shown, previous, time_zone, panels_of(request, current, shown))


def result_page(
    request: HttpRequest,
    current: Scan,
    shown: Result,
    previous: Scan | None,
    time_zone: str,
    panels: Mapping[Place, Sequence[Panel]],
) -> HttpResponse:
    others = [row.key for row in shown.weakest[1:]]
    context = {
        "scan": current,
        "result": shown,
        "verdict": [words.marked(sentence, shown.instrument.keys) for sentence in words.verdict(shown)],
        "feedback": words.feedback(shown),
        "members": bridge.members(shown.rows),
        "groups": words.beam_groups(shown),
        "main": shown.weakest[0] if shown.weakest else None,
        "also_weakest": "" if shown.is_even else words.marked(words.phrases(others), others),
        "expectation": words.expectation(shown.weakest[0]) if shown.weakest else "",
        "overall_needed": words.overall_needed(),
        "overall_change": words.signed(shown.overall.change),
        "overall_change_words": words.change_words(shown.overall),
        "pattern_names": words.marked(words.phrases(shown.pattern_keys), shown.pattern_keys),
        "previous_day": times.near_date(previous.done_at, time_zone) if previous else "",
        "previous_full_day": times.full_date(previous.done_at, time_zone) if previous else "",
        "reworded": words.reworded(current.instrument.version, previous.instrument.version)
        if previous
        else "",
        "long_day": words.sentence_start(times.long_date(current.done_at, time_zone)),
        "full_day": times.full_date(current.done_at, time_zone),
        "clock": times.clock(current.done_at, time_zone),
        "printed_day": times.full_date(times.now(), time_zone),
        "agreed": summary.agreed_before(current),
        "is_kept": current.user_id is not None,
        "call": call_line(time_zone),
        "panels": panels,
        "tips_text": consent.text(consent.TIPS, language()),
        "noindex": True,
    }
    return render(request, "assessments/result.html", context)


@login_not_required
@private
@require_safe
def answers(request: HttpRequest, public_id: str) -> HttpResponse:
    """One's own answers, statement by statement: the only page that shows them, to this person alone."""
    current = own_scans(request).completed().filter(public_id=public_id).first()
    if current is None:
        raise Http404
    user = member(request)
    instrument = current.instrument.parsed(language())
    labels = {option.value: option.label for option in (*instrument.options, instrument.not_applicable)}
    context = {
        "scan": current,
        "instrument": instrument,
        "full_day": times.full_date(current.done_at, user.time_zone if user else times.HOST_ZONE),
        "rows": [
            {"item": item, "answer": labels[current.answers[item.id]] if item.id in current.answers else "–"}
            for item in instrument.items
        ],
        "noindex": True,
    }
    return render(request, "assessments/answers.html", context)


@login_not_required
@private
@require_safe
def save_picture(request: HttpRequest, public_id: str) -> HttpResponse:
    """Bridge and headline as a PNG, for the owner to keep: nobody else can open this address."""
    current = own_scans(request).completed().filter(public_id=public_id).first()
    shown = summary.result_of(current, language()) if current else None
    if shown is None or not shown.weakest:
        raise Http404
    png = picture.draw(words.verdict(shown), bridge.members(shown.rows))
    name = _("my-bridge.png")
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
    return HttpResponse(png, content_type="image/png", headers=headers)


def call_line(time_zone: str) -> dict[str, object] | None:
    facts = summary.call_facts()
    if facts is None:
        return None
    first = facts.find_first_start()
    span = f"{times.long_date(first, time_zone)}, {times.clock(first, time_zone)}" if first else ""
    return {"minutes": facts.minutes, "first": span}
