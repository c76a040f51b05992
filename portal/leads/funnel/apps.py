from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FunnelConfig(AppConfig):
    name = "portal.leads.funnel"
    label = "funnel"
    verbose_name = _("Figures")

    def ready(self) -> None:
        from portal.leads import hooks  # noqa: PLC0415 - models are loaded only now
        from portal.leads.funnel import following  # noqa: PLC0415

        hooks.on_event(following.follow)
