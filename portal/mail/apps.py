from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "portal.mail"
    label = "mail"
    verbose_name = _("Post")

    def ready(self) -> None:
        from portal.common import export  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.mail import exported, retention  # noqa: PLC0415 - models are loaded only now

        export.register(50, *exported.SECTIONS)
        kept.register(*retention.RULES)
