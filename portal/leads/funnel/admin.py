from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.common.read_only import ReadOnlyAdmin
from portal.leads.funnel import pages
from portal.leads.funnel.models import Tally


@admin.register(Tally)
class TallyAdmin(ReadOnlyAdmin):
    """In the menu as any model; its list is our own page, and no number has a page of its own."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return pages.funnel(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return redirect("admin:funnel_tally_changelist")
