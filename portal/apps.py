from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from celery.signals import task_prerun  # noqa: PLC0415 - as below
        from django.conf import settings  # noqa: PLC0415

        from portal import checks, logs  # noqa: F401, PLC0415 - registers the system checks
        from portal.common.panels import register_admin_banner, register_admin_panel  # noqa: PLC0415 - as above
        from portal.mail import names  # noqa: PLC0415
        from portal.mail.panels import mail_banner, mail_is_behind  # noqa: PLC0415 - models are ready only now
        from portal.operations import (  # noqa: PLC0415
            checks_of_settings,  # noqa: F401
            checks_outside,
            error_mail,
            measures,
            metrics,
            signs,
        )
        from portal.resending import read_model, read_person, register_reader  # noqa: PLC0415 - as above

        register_admin_banner(mail_is_behind)
        register_admin_panel(1, mail_banner)
        register_reader(read_person)
        register_reader(read_model)
        names.register(error_mail.NAMES | checks_outside.NAMES)
        measures.register(metrics.of_platform)
        task_prerun.connect(signs.note_work)
        if settings.ERROR_MAIL:
            logs.ToSomebody.tell = staticmethod(error_mail.tell)


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.PortalAdminSite"

    def ready(self) -> None:
        """Find every app's pages, then put away those that libraries bring: they show secrets of sign-ins."""
        super().ready()
        from allauth.account.models import EmailAddress  # noqa: PLC0415 - models are loaded only now
        from allauth.mfa.models import Authenticator  # noqa: PLC0415
        from django.contrib import admin  # noqa: PLC0415
        from django.contrib.auth.models import Group  # noqa: PLC0415

        admin.site.unregister([EmailAddress, Authenticator, Group])
