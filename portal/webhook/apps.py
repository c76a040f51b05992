from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhookConfig(AppConfig):
    name = "portal.webhook"
    label = "webhook"
    verbose_name = _("Other programs")

    def ready(self) -> None:
        from portal.common import export, privacy  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.common.panels import register_admin_panel  # noqa: PLC0415
        from portal.mail import names  # noqa: PLC0415
        from portal.webhook import emails, exported, panels, recipients, retention  # noqa: PLC0415 - models are loaded only now

        register_admin_panel(4, panels.webhook_banner)
        names.register(emails.NAMES)
        export.register(60, *exported.SECTIONS)
        kept.register(*retention.RULES)
        privacy.register_recipients(recipients.connected)
