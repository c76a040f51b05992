from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SequencesConfig(AppConfig):
    name = "portal.leads.sequences"
    label = "sequences"
    verbose_name = _("Follow-up")

    def ready(self) -> None:
        from portal.common import export, steps  # noqa: PLC0415 - models are loaded only now
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.common.panels import register_contact_panel  # noqa: PLC0415
        from portal.leads import hooks  # noqa: PLC0415
        from portal.leads.sequences import exported, matters, panels, registry, retention, runs, sending  # noqa: PLC0415
        from portal.mail import names, outbox  # noqa: PLC0415

        hooks.on_event(runs.follow)
        hooks.on_withdrawal(runs.withdraw)
        hooks.on_consent(runs.take_in)
        outbox.register_renderer(runs.MESSAGE, sending.fill_step, foresee=sending.foresee)
        names.register(matters.NAMES, matters.steps_of)
        registry.register_variables(registry.own_values, *registry.OWN)
        register_contact_panel(20, panels.runs_of_contact)
        kept.register(*retention.RULES)
        export.register(25, *exported.SECTIONS)
        steps.register(setup="ensure_sequences")
