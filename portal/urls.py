"""The site map. Apps are named as strings only: the platform imports none of them."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, register_converter
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal import views
from portal.common.ids import PublicIdConverter
from portal.sitemaps import SITEMAPS

register_converter(PublicIdConverter, "public_id")

portal_urls = (
    [
        path(_("privacy/"), views.privacy, name="privacy"),
        path(_("accessibility/"), views.accessibility, name="accessibility"),
    ],
    "portal",
)

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
urlpatterns = [
    # for machines
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("", include("portal.operations.urls")),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", login_not_required(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("", include("portal.practice.urls")),
    path("", include("portal.leads.urls")),
    path("", include(import_string("bookings.urls.feeds"))),
    # for people, Dutch at / and English at /en/
    *i18n_patterns(
        path("", include("assessments.urls")),
        path("", include("bookings.urls")),
        path("", include("portal.accounts.urls")),
        path("", include("portal.accounts.door_urls")),
        path("", include(portal_urls)),
        path(settings.ADMIN_PATH, admin.site.urls),
        prefix_default_language=False,
    ),
]
if settings.LOCAL_MODE:
    urlpatterns += i18n_patterns(path("local/", include("portal.local.urls")), prefix_default_language=False)
