from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromisesConfig(AppConfig):
    name = "assessments.promises"
    label = "promises"
    verbose_name = _("Promises")

    def ready(self) -> None:
        pass
