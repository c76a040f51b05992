from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from portal.common.admin import PortalAdmin
from portal.practice import pages
from portal.practice.models import Practice


@admin.register(Practice)
class PracticeAdmin(PortalAdmin):
    """In the menu as any model; there is one, and it has a page of its own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "practice_practice"
        own = [
            path("portrait/", view(pages.portrait), name=f"{name}_portrait"),
            path("text/<slug:key>/", view(pages.text), name=f"{name}_text"),
            path("text/<slug:key>/original/", view(pages.original), name=f"{name}_original"),
            path("first-steps/", view(pages.first_steps), name=f"{name}_first_steps"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return pages.practice(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return redirect(pages.PAGE)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect(pages.PAGE)
