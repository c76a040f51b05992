from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NumbersConfig(AppConfig):
    name = "assessments.numbers"
    label = "numbers"
    verbose_name = _("Figures of the scan")

    def ready(self) -> None:
        pass
