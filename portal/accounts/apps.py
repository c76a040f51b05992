from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = _("Access")

    def ready(self) -> None:
        from portal.accounts import (  # noqa: PLC0415 - models are loaded only now
            contact_pages,
            exported,
            known,
            mail_names,
            retention,
            trusted,
        )
        from portal.common import export, privacy, steps  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.common.panels import register_contact_action  # noqa: PLC0415
        from portal.mail import names  # noqa: PLC0415

        export.register(10, *exported.SECTIONS)
        register_contact_action(80, contact_pages.export_action)
        register_contact_action(90, contact_pages.erase_action)
        kept.register(*retention.RULES)
        names.register(mail_names.NAMES)
        privacy.register_cookie(known.described)
        privacy.register_cookie(trusted.described)
        steps.register(demo="demo_people")
