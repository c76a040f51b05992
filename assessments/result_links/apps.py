from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResultLinksConfig(AppConfig):
    name = "assessments.result_links"
    label = "result_links"
    verbose_name = _("Shown results")

    def ready(self) -> None:
        from assessments import result_panels  # noqa: PLC0415 - models are loaded only now
        from assessments.result_links import exported, panels, retention  # noqa: PLC0415
        from portal.common import export  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415

        result_panels.register_result_panel("after", 40, panels.on_result)
        export.register(34, *exported.SECTIONS)
        kept.register(*retention.RULES)
