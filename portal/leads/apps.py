from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "portal.leads"
    label = "leads"
    verbose_name = _("Relations")

    def ready(self) -> None:
        from portal.common import export, search  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.common.panels import register_admin_panel, register_contact_action  # noqa: PLC0415
        from portal.leads import exported, no_mail, retention, searching, told  # noqa: PLC0415 - models are loaded only now
        from portal.leads.panels import due_steps, new_contacts  # noqa: PLC0415
        from portal.mail import names  # noqa: PLC0415
        from portal.webhook import registry  # noqa: PLC0415

        register_admin_panel(9, due_steps)
        register_admin_panel(50, new_contacts)
        export.register(20, *exported.SECTIONS)
        search.register(10, _("Contacts"), ["name", "email", "next_step"], searching.people)
        search.register(30, _("Notes"), ["text"], searching.notes)
        kept.register(*retention.RULES)
        names.register_people(searching.paths_of)
        register_contact_action(70, no_mail.refuse_action)
        registry.register(*told.EVENTS)
