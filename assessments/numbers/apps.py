from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NumbersConfig(AppConfig):
    name = "assessments.numbers"
    label = "numbers"
    verbose_name = _("Figures of the scan")

    def ready(self) -> None:
        from assessments.numbers import panels  # noqa: PLC0415 - models are loaded only now
        from assessments.result_panels import register_result_panel  # noqa: PLC0415
        from portal.accounts import staff  # noqa: PLC0415

        register_result_panel("score", 50, panels.beside_the_score)
        staff.register_rights(41, "numbers", {"figures": ["view"]})
