from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from portal.common.admin import PortalAdmin
from portal.leads.sequences import pages
from portal.leads.sequences.models import Sequence


@admin.register(Sequence)
class SequenceAdmin(PortalAdmin):
    """In the menu as any model; every page is our own. One that comes with the portal, or that somebody was in,
    is switched off and not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Sequence | None = None) -> bool:
        is_free = obj is None or (obj.shipped_as is None and not obj.runs.exists())
        return is_free and super().has_delete_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "sequences_sequence"
        own = [
            path("<int:pk>/mail/", view(pages.step), name=f"{name}_step_add"),
            path("<int:pk>/mail/<int:step_pk>/", view(pages.step), name=f"{name}_step"),
            path("<int:pk>/mail/<int:step_pk>/out/", view(pages.take_step_out), name=f"{name}_step_out"),
            path("<int:pk>/people/", view(pages.people), name=f"{name}_people"),
            path("paragraph/<slug:kind>/", view(pages.own_paragraph), name=f"{name}_paragraph"),
            path("run/<int:pk>/", view(pages.change_run), name=f"{name}_run"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return pages.all_sequences(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return pages.add_sequence(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        return pages.sequence(request, int(object_id))
