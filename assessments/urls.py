from __future__ import annotations

from django.urls import path, register_converter
from django.utils.translation import gettext_lazy as _

from assessments import beginning, views
from assessments.history import urls as history
from assessments.key_pages import key_page, slug_at
from assessments.mirror import urls as mirror
from assessments.promises import urls as promises
from assessments.pulse import urls as pulse
from assessments.report import urls as report
from assessments.result_links import urls as result_links
from assessments.words import language


class KeyConverter:
    """`<key:slug>`: the key's own slug in code, its address in the language of the page outside."""

    regex = "[-a-z]+"

    def to_python(self, value: str) -> str:
        try:
            return slug_at(value, language())
        except KeyError:
            raise ValueError from None  # no match: the next path may know it

    def to_url(self, value: str) -> str:
        try:
            return key_page(value, language()).address
        except KeyError:
            raise ValueError from None


register_converter(KeyConverter, "key")

app_name = "assessments"
urlpatterns = [
    path("", views.landing, name="landing"),
    # the ten keys
    path(_("keys/"), views.keys, name="keys"),
    path(_("keys/<key:slug>/"), views.key, name="key"),
    path(_("keys/<slug:address>/"), views.key_moved, name="key_moved"),
    # the scan
    path(_("begin/"), beginning.begin, name="begin"),
    path(_("start/"), beginning.start, name="start"),
    path(_("scan/"), views.resume, name="resume"),
    path(_("scan/<int:number>/"), views.scan, name="scan"),
    path(_("scan/again/"), beginning.again, name="again"),
    # the result
    path(_("result/"), views.latest_result, name="result"),
    path(_("result/<public_id:public_id>/"), views.result, name="result"),
    path(_("result/<public_id:public_id>/answers/"), views.answers, name="answers"),
    path(_("result/<public_id:public_id>/picture.png"), views.save_picture, name="picture"),
    # the rooms beside it
    *history.urlpatterns,
    *report.urlpatterns,
    *result_links.urlpatterns,
    *promises.urlpatterns,
    *pulse.urlpatterns,
    *mirror.urlpatterns,
]
