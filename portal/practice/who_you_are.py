"""The first of the first steps: the practice itself."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.practice.facts import still_demo
from portal.practice.first_steps import FirstStep


def path(request: HttpRequest) -> str:
    return reverse("admin:practice_practice_changelist")


def is_done(request: HttpRequest) -> bool:
    return not still_demo()


STEP = FirstStep(
    10,
    _("You"),
    _("Your name, address and KvK number: without them visitors read who does not run this site."),
    _("Say who you are"),
    path,
    is_done,
)
