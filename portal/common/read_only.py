"""Admin pages on which nobody changes anything."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.common.admin import PortalAdmin


class ReadOnlyAdmin(PortalAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
