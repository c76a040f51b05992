from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PulseConfig(AppConfig):
    name = "assessments.pulse"
    label = "pulse"
    verbose_name = _("Pulse")

    def ready(self) -> None:
        from assessments.pulse import exported, panels, retention  # noqa: PLC0415 - models are loaded only now
        from portal.common import export  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.common.panels import register_account_panel  # noqa: PLC0415

        export.register(31, *exported.SECTIONS)
        kept.register(*retention.RULES)
        register_account_panel(14, panels.account_panel)
