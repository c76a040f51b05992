"""{% load practice %}: a text of the page, the coach's or ours, as its paragraphs."""

from __future__ import annotations

from django import template

from portal.practice import texts

register = template.Library()


@register.simple_tag
def own_text(key: str) -> list[str]:
    return texts.paragraphs(texts.text(key))
