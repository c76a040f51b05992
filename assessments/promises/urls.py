"""Addresses of promises. Joined by `assessments/urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from assessments.promises import answering, making

urlpatterns: list[URLPattern] = [
    path(_("result/<public_id:public_id>/promise/"), making.new, name="promise"),
    path(_("promise/<public_id:public_id>/<int:week>/"), answering.answer, name="promise_answer"),
    path(_("promise/<public_id:public_id>/mails/"), answering.mails, name="promise_mails"),
    path(_("promise/<public_id:public_id>/end/"), answering.end, name="promise_end"),
    # by the link of a mail
    path(_("promise/<str:public_id>/<int:week>/<str:token>/"), answering.by_link, name="promise_link"),
    path(_("promise/<str:public_id>/stop/<str:token>/"), answering.stop_by_link, name="promise_stop"),
]
