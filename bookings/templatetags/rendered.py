"""Pieces of a page that are the same for everybody who sees the same."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from bookings.pages import Listing

register = template.Library()


@register.simple_tag
def days(listing: Listing, back: str = "", zone_query: str = "") -> SafeString:
    """The days with free starts, as `bookings/_days.html` writes them.

    Writing eighty radios is half of the page's own work, and visitors mostly see the same ones. All that the
    template reads is in the arguments and the language, so what was written once is never out of date.
    """
    return _days(get_language(), listing, back, zone_query)


@lru_cache(maxsize=128)
def _days(_language: str | None, listing: Listing, back: str, zone_query: str) -> SafeString:
    context = {"listing": listing, "back": back, "zone_query": zone_query}
    return render_to_string("bookings/_days.html", context)
