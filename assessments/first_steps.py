"""The last of a coach's first steps: that leaders come by a link of hers."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.models import Scan
from portal.practice.first_steps import FirstStep


def path(request: HttpRequest) -> str:
    return reverse("admin:assessments_own_site")


def is_done(request: HttpRequest) -> bool:
    """Somebody came by one."""
    return Scan.objects.filter(came_from__has_key="van").exists()


A_LINK = FirstStep(
    70,
    _("A link to share"),
    _(
        "Put the first question of the scan on your own site or below your mails. Done once somebody comes by it."
    ),
    _("Take the links"),
    path,
    is_done,
)
