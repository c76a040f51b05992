from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MirrorConfig(AppConfig):
    name = "assessments.mirror"
    label = "mirror"
    verbose_name = _("Team mirror")

    def ready(self) -> None:
        from assessments.mirror import (  # noqa: PLC0415 - models are loaded only now
            emails,
            exported,
            measured,
            panels,
            retention,
            services,
        )
        from assessments.result_panels import register_result_panel  # noqa: PLC0415
        from portal.accounts import hooks as accounts  # noqa: PLC0415
        from portal.common import export, steps  # noqa: PLC0415
        from portal.common import panels as portal_panels  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.mail import names, outbox  # noqa: PLC0415
        from portal.operations import measures, request_log  # noqa: PLC0415

        accounts.on_erase(services.forget_person)
        outbox.register_renderer(emails.INVITED, emails.fill_invitation, foresee=emails.foresee_invitation)
        outbox.register_renderer(emails.CLOSED, emails.fill_closed)
        names.register(emails.NAMES)
        register_result_panel("after", 30, panels.below_result)
        portal_panels.register_account_panel(12, panels.rounds)
        steps.register(demo="demo_rounds")
        export.register(40, *exported.SECTIONS)
        kept.register(*retention.RULES)
        measures.register(measured.rounds)
        request_log.leave_out(*measured.PAGES_OF_MEMBERS)
