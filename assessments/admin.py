"""Versions of the questionnaire, and its links for the coach's own site. Scans are not here on purpose: nobody reads
another's answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from assessments import own_site
from assessments.models import SELF_SCAN, Instrument
from assessments.words import language
from portal.common import came_from
from portal.common.qr import qr_code
from portal.common.read_only import ReadOnlyAdmin


@admin.register(Instrument)
class InstrumentAdmin(ReadOnlyAdmin):
    list_display = ["name", "status", "published_at"]
    list_filter = ["status"]
    fields = ["version", "status", "published_at"]

    @admin.display(description=_("name"), ordering="version")
    def name(self, instrument: Instrument) -> str:
        return self.called(instrument)

    def called(self, row: Instrument) -> str:
        name = _("Trust self-scan") if row.slug == SELF_SCAN else row.slug
        return f"{name} {row.version}"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("own-site/", self.admin_site.admin_view(own_site_page), name="assessments_own_site"),
            path("own-site/qr.svg", self.admin_site.admin_view(own_site_qr), name="assessments_own_site_qr"),
        ]
        return [*own, *super().get_urls()]


@require_safe
def own_site_page(request: HttpRequest) -> HttpResponse:
    code, van = asked(request)
    try:
        piece = own_site.piece(Instrument.objects.current().parsed(code), code, van)
    except Instrument.DoesNotExist:
        raise Http404 from None
    context = {
        **admin.site.each_context(request),
        "title": __("On your own site"),
        "piece": piece,
        "language": code,
        "languages": settings.LANGUAGES,
        "van": van,
        "words": ["site", "blog", "linkedin", __("newsletter"), __("signature")],
        "forms": forms(piece),
        "qr": f"{reverse('admin:assessments_own_site_qr')}?{urlencode({'language': code, 'van': van})}",
        "qr_address": own_site.address(code, {"van": van}),
    }
    return render(request, "admin/assessments/own_site.html", context)


@require_safe
def own_site_qr(request: HttpRequest) -> HttpResponse:
    code, van = asked(request)
    return HttpResponse(qr_code(own_site.address(code, {"van": van})), content_type="image/svg+xml")


def asked(request: HttpRequest) -> tuple[str, str]:
    """The language and the word of the links: as asked for, or the usual ones."""
    if not request.user.has_perm("assessments.view_instrument"):
        raise PermissionDenied
    code = request.GET.get("language")
    van = came_from.cleaned({"van": request.GET.get("van")}).get("van", own_site.USUAL_WORD)
    return code if code in dict(settings.LANGUAGES) else language(), van


def forms(piece: own_site.Piece) -> list[dict[str, Any]]:
    return [
        {
            "name": "text",
            "title": __("As text"),
            "hint": __("For a post or a mail: a link in it is made by the program itself."),
            "copy": __("Copy the text"),
            "text": piece.text,
            "rows": 11,
        },
        {
            "name": "html",
            "title": __("As HTML"),
            "hint": __(
                "For a page of your site: paste it into a block for HTML, in WordPress ‘Custom HTML’."
            ),
            "copy": __("Copy the HTML"),
            "text": piece.html,
            "rows": 14,
        },
        {
            "name": "markdown",
            "title": __("As Markdown"),
            "hint": __("For a newsletter or site that is written in Markdown."),
            "copy": __("Copy the Markdown"),
            "text": piece.markdown,
            "rows": 11,
        },
    ]
