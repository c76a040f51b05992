"""{% load demo %}: the mark beside the name of somebody of `make demo`, by the address."""

from __future__ import annotations

from django import template

from portal.common.demo import mark

register = template.Library()
register.filter("demo_mark", mark)
