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
from django.views.decorators.http import require_safe

from assessments import own_site
from assessments.editor import file_pages, pages
from assessments.models import Instrument
from assessments.words import language
from portal.common import came_from
from portal.common.admin import PortalAdmin
from portal.common.qr import qr_code
from portal.common.read_only import ReadOnlyAdmin


@admin.register(Instrument)
class InstrumentAdmin(ReadOnlyAdmin):
    """In the menu as any model; every page is one of the editor's (`assessments/editor/`)."""

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "assessments_instrument"
        own = [
            path("own-site/", view(own_site_page), name="assessments_own_site"),
            path("own-site/qr.svg", view(own_site_qr), name="assessments_own_site_qr"),
            path("upload/", view(file_pages.upload), name=f"{name}_upload"),
            path("<int:pk>/file/", view(file_pages.download), name=f"{name}_file"),
            path("<int:pk>/section/<slug:slug>/", view(pages.section), name=f"{name}_section"),
            path("<int:pk>/section/<slug:slug>/show/", view(pages.show), name=f"{name}_show"),
            path("<int:pk>/differences/", view(pages.compare), name=f"{name}_differences"),
            path("<int:pk>/clone/", view(pages.clone), name=f"{name}_clone"),
            path("<int:pk>/number/", view(pages.renumber), name=f"{name}_number"),
            path("<int:pk>/publish/", view(pages.publish), name=f"{name}_publish"),
            path("<int:pk>/discard/", view(pages.discard), name=f"{name}_discard"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return pages.versions(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        return pages.version(request, int(object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who made, published or took in a version; its words have no history."""
        row = self.get_object(request, object_id)
        named = {"title": __("Who did what with it"), "called": pages.said_version(row)} if row else {}
        return PortalAdmin.history_view(self, request, object_id, named)


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
