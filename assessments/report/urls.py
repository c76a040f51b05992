"""Addresses of the report. Joined by `assessments/urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from assessments.report import views

urlpatterns: list[URLPattern] = [
    path(_("result/<public_id:public_id>/report.pdf"), views.report, name="report"),
]
