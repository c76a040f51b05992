"""Addresses of results that are shown by a link. Joined by `assessments/urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from assessments.result_links import views

urlpatterns: list[URLPattern] = [
    path(_("result/<public_id:public_id>/links/"), views.links, name="links"),
    path(_("result/links/<public_id:public_id>/withdraw/"), views.withdraw, name="link_withdraw"),
    path(_("shown/<public_id:public_id>/<str:token>/"), views.shown_result, name="shown_result"),
]
