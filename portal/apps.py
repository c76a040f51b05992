from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal import checks  # noqa: F401, PLC0415 - registers the system checks


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.PortalAdminSite"
