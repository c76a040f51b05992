"""Addresses of the pulse. Joined by `assessments/urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from assessments.pulse import views

urlpatterns: list[URLPattern] = [path(_("pulse/"), views.pulse, name="pulse")]
