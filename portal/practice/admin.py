from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from portal.common.admin import OnePageAdmin
from portal.practice import pages
from portal.practice.models import Practice


@admin.register(Practice)
class PracticeAdmin(OnePageAdmin):
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
