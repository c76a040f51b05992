from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from assessments import views

app_name = "assessments"
urlpatterns = [
    path("", views.landing, name="landing"),
    # the ten keys
    path(_("keys/"), views.keys, name="keys"),
    path(_("keys/<slug:slug>/"), views.key, name="key"),
    # the scan
    path(_("start/"), views.start, name="start"),
    path(_("scan/"), views.resume, name="resume"),
    path(_("scan/<int:number>/"), views.scan, name="scan"),
    path(_("scan/again/"), views.again, name="again"),
    # the result
    path(_("result/"), views.latest_result, name="result"),
    path(_("result/<public_id:public_id>/"), views.result, name="result"),
]
