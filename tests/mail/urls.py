from __future__ import annotations

from django.urls import include, path, register_converter

from portal.common.ids import PublicIdConverter

register_converter(PublicIdConverter, "public_id")
urlpatterns = [path("", include("portal.leads.urls"))]
