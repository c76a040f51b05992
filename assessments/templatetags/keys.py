"""{% load keys %}: a key inside a sentence, held together as the words it is; and its picture elsewhere."""

from __future__ import annotations

from django import template
from django.templatetags.static import static

from assessments import words

register = template.Library()
register.filter("key", words.key_span)


@register.simple_tag
def share_card(name: str) -> str:
    """The picture that a shared link shows: of a key by its slug, the 'site' or the 'call'; see draw_share_cards."""
    return static(f"assessments/cards/{name}-{words.language()}.png")
