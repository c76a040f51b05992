"""Public pages for search engines, in both languages; apps add theirs in `AppConfig.ready()`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

PAGES: list[tuple[str, dict[str, str]]] = [("portal:privacy", {}), ("portal:accessibility", {})]


def add_page(name: str, **kwargs: str) -> None:
    PAGES.append((name, kwargs))


class PublicPages(Sitemap):
    i18n = True
    alternates = True
    x_default = True
    protocol = "https" if settings.HTTPS else "http"

    def items(self) -> list[tuple[str, dict[str, str]]]:
        return PAGES

    def location(self, item: Any) -> str:
        name, kwargs = item
        return reverse(name, kwargs=kwargs)

    def get_domain(self, site: Any = None) -> str:
        return settings.SITE_URL.split("://", 1)[1]


SITEMAPS = {"pages": PublicPages}
