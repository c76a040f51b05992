"""The admin site: same door as everybody (a mailed code), and never without a second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from portal.panels import admin_panels


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session itself proved a second factor (allauth's own record of the login)."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


class PortalAdminSite(AdminSite):
    site_header = "Draagkracht"
    site_title = _("Admin")
    index_title = _("Today")
    site_url = "/"
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and has_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the mailed code, or to setting up the second factor; there is no password page."""
        if request.user.is_authenticated and request.user.is_staff:
            return redirect("mfa_index")
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_request_login_code')}?{urlencode({'next': target})}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().index(request, {"panels": admin_panels(request), **(extra_context or {})})
