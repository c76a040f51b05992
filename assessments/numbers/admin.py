from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, re_path

from assessments.numbers import pages
from assessments.numbers.models import Figures
from portal.common.read_only import ReadOnlyAdmin


@admin.register(Figures)
class FiguresAdmin(ReadOnlyAdmin):
    """In the menu as any model; its list is our own page, and no row has a page of its own."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("work-out/", view(pages.work_out_now), name="numbers_figures_work_out"),
            re_path(
                r"^(?P<version>[0-9.]{1,20})/answers\.csv$",
                view(pages.answers),
                name="numbers_figures_answers",
            ),
            re_path(
                r"^(?P<version>[0-9.]{1,20})/covariances\.csv$",
                view(pages.covariances),
                name="numbers_figures_covariances",
            ),
            re_path(
                r"^(?P<version>[0-9.]{1,20})/codebook\.csv$",
                view(pages.codebook),
                name="numbers_figures_codebook",
            ),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return pages.numbers(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return redirect(pages.PAGE)
