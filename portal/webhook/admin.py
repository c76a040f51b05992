from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from portal.common.admin import OnePageAdmin
from portal.webhook import pages
from portal.webhook.models import Webhook


@admin.register(Webhook)
class WebhookAdmin(OnePageAdmin):
    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "webhook_webhook"
        own = [
            path("secret/", view(pages.new_secret), name=f"{name}_secret"),
            path("test/", view(pages.send_test), name=f"{name}_test"),
            path("again/", view(pages.send_again), name=f"{name}_again_all"),
            path("again/<public_id:public_id>/", view(pages.send_again), name=f"{name}_again"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return pages.webhook(request)
