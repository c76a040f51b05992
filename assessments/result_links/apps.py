from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResultLinksConfig(AppConfig):
    name = "assessments.result_links"
    label = "result_links"
    verbose_name = _("Shown results")

    def ready(self) -> None:
        pass
