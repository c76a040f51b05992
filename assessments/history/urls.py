"""Addresses of the history. Joined by `assessments/urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from assessments.history import views

urlpatterns: list[URLPattern] = [path(_("account/course/"), views.course, name="course")]
