"""Addresses of the report. Joined by `assessments/urls.py`."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
