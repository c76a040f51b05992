"""A version as a file: taken along, and brought back as a draft after a look at what differs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.checks import problems
from assessments.editor import drafts, files, said
from assessments.editor.forms import FileForm
from assessments.editor.pages import NAME, compared, log, may, page, row_or_404
from assessments.models import Instrument, checksum_of


@may("view")
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(pk)
    name = f"{row.slug}-{row.version}.yaml"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
    return HttpResponse(
        files.written(row.content), content_type="application/yaml; charset=utf-8", headers=headers
    )


@may("change")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """A file is looked at first; only the second press makes a draft of it. Nothing is kept in between: its text
    comes back with that press, and is read once more."""
    if request.method != "POST":
        return page(request, "upload", _("Take in a file"), form=FileForm())
    form = FileForm(request.POST, request.FILES)
    current = Instrument.objects.current()
    content = None
    if form.is_valid():
        try:
            content = files.read(form.cleaned_data["text"], current.content)
        except files.FileError as error:
            form.add_error("file", error.lines)
    if content is None:
        return page(request, "upload", _("Take in a file"), status=422, form=form)
    if "take_in" in request.POST:
        row, is_new = drafts.take_in(content)
        if is_new:
            log(request, row, _("Taken in from a file"))
            messages.success(
                request, _("Version %(version)s is a draft. Nobody sees it yet.") % {"version": row.version}
            )
        else:
            messages.info(request, _("What is in this file is a draft already."))
        return redirect(f"{NAME}_change", row.pk)
    wrong = [said.problem(one, content) for one in problems(content)]
    context = {
        "text": form.cleaned_data["text"],
        "checksum": checksum_of(content),
        "other": current,
        "version": content["meta"]["version"],
        "wrong": wrong,
        **compared(current.content, content),
    }
    return page(request, "take_in", _("What is in this file"), **context)
