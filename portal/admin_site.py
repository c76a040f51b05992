"""The admin site: same door as everybody (a mailed code), and never without a second factor."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal.accounts import staff
from portal.accounts.allauth_internals import has_second_factor
from portal.common import search
from portal.common.panels import admin_banners, admin_panels

FOLDED = "menu_is_folded"  # in a session


class PortalAdminSite(AdminSite):
    site_header = "Draagkracht"
    site_title = _("Admin")
    index_title = _("Today")
    site_url = "/"
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and has_second_factor(request)

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        target = _inside(request.GET.get("next", ""))
        if self.has_permission(request):
            return redirect(target)
        if not request.user.is_authenticated:
            return _lead_to("account_request_login_code", target)
        if not request.user.is_staff:
            raise PermissionDenied
        if is_mfa_enabled(request.user):
            return _lead_to("mfa_reauthenticate", target)
        return _lead_to("mfa_activate_totp", target)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        banners = admin_banners(request) if context["has_permission"] else []
        return {**context, "banners": banners, "menu_is_folded": request.session.get(FOLDED, False)}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {"panels": admin_panels(request), **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        return [
            path("search/", self.admin_view(self.search), name="search"),
            path("menu/", self.admin_view(self.fold_menu), name="menu"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def fold_menu(self, request: HttpRequest) -> HttpResponse:
        """Fold the menu away, or let it stand, in this browser until the next sign-in."""
        request.session[FOLDED] = request.POST.get("menu") == "fold"
        return redirect(_inside(request.POST.get("next", "")))

    def search(self, request: HttpRequest) -> TemplateResponse:
        """People, calls and notes, as far as this member of staff may see them."""
        text = search.typed(request)
        title = _("Found for ‘%(words)s’") % {"words": text} if text else _("Search")
        context = {**self.each_context(request), "title": title, "searched": text}
        return TemplateResponse(request, "admin/search.html", context | {"kinds": search.hits(request, text)})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """In the order of the menu; what it does not name comes last."""
        menu = staff.menu()

        def place_of(model: dict[str, Any]) -> int:
            return place_in(menu.get(model["model"]._meta.app_label, []), model["model"]._meta.model_name)

        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=place_of)
            pages = [(words, reverse(name)) for words, name in staff.pages(request.user, app["app_label"])]
            for model in app["models"]:
                # addresses that begin as its own do, and are not its own
                model["other_pages"] = [address for _words, address in pages]
            app["models"] += [
                {"name": words, "admin_url": address, "view_only": True, "other_pages": []}
                for words, address in pages
            ]
        return sorted(apps, key=lambda app: place_in([*menu], app["app_label"]))


def place_in(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _inside(target: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return target if is_ours else reverse("admin:index")


def _lead_to(name: str, target: str) -> HttpResponse:
    return redirect(f"{reverse(name)}?{urlencode({'next': target})}")
