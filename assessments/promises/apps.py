from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromisesConfig(AppConfig):
    name = "assessments.promises"
    label = "promises"
    verbose_name = _("Promises")

    def ready(self) -> None:
        from assessments import result_panels, summary  # noqa: PLC0415 - models are loaded only now
        from assessments.promises import emails, exported, hooks, panels, retention  # noqa: PLC0415
        from portal.accounts import hooks as accounts  # noqa: PLC0415
        from portal.common import export, steps  # noqa: PLC0415
        from portal.common import panels as portal_panels  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.mail import names, outbox  # noqa: PLC0415

        accounts.on_proven_login(hooks.make_pending, order=60)  # after the scans of the browser are attached
        result_panels.register_result_panel("this_week", 10, panels.on_result)
        portal_panels.register_account_panel(11, panels.on_account)
        summary.register_moments(panels.moments)
        outbox.register_renderer(emails.FRIDAY, emails.fill_friday, foresee=emails.foresee_friday)
        names.register(emails.NAMES, emails.matters_of)
        export.register(32, *exported.SECTIONS)
        kept.register(*retention.RULES)
        steps.register(demo="demo_promises")
