from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticeConfig(AppConfig):
    name = "portal.practice"
    label = "practice"
    verbose_name = _("On the site")

    def ready(self) -> None:
        from portal.common import steps  # noqa: PLC0415
        from portal.common.panels import register_admin_panel  # noqa: PLC0415
        from portal.practice import first_steps, who_you_are  # noqa: PLC0415 - models are loaded only now

        register_admin_panel(2, first_steps.panel)
        steps.register(setup="ensure_practice")
        first_steps.register(who_you_are.STEP)
