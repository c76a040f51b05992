"""{% load keys %}: a key inside a sentence, held together as the words it is."""

from __future__ import annotations

from django import template

from assessments import words

register = template.Library()
register.filter("key", words.key_span)
