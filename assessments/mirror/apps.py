from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MirrorConfig(AppConfig):
    name = "assessments.mirror"
    label = "mirror"
    verbose_name = _("Team mirror")

    def ready(self) -> None:
        pass
