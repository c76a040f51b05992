from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Impact calls")

    def ready(self) -> None:
        from assessments.summary import register_call_facts  # noqa: PLC0415 - models are loaded only now
        from bookings import admin_panels, emails, hooks, offer_hooks, offer_panels, panels  # noqa: PLC0415
        from portal import resending  # noqa: PLC0415
        from portal.accounts import hooks as accounts  # noqa: PLC0415
        from portal.mail import outbox  # noqa: PLC0415
        from portal.panels import (  # noqa: PLC0415
            register_account_panel,
            register_admin_panel,
            register_contact_panel,
        )

        accounts.on_proven_login(offer_hooks.join_pending, order=150)
        accounts.on_proven_login(hooks.confirm_pending, order=200)
        accounts.on_code_sent(hooks.outlive_code)
        accounts.on_sign_out(hooks.let_go)
        accounts.on_erase(hooks.erase)
        resending.register_reader(hooks.read_fields)
        outbox.register_renderer("bookings/reminder_invitee", emails.fill_reminder_to_invitee)
        outbox.register_renderer("bookings/reminder_coach", emails.fill_reminder_to_coach)
        register_account_panel(20, panels.account_panel)
        register_account_panel(25, offer_panels.account_panel)
        register_call_facts(panels.call_facts)
        register_admin_panel(5, admin_panels.stale_calendars)
        register_admin_panel(6, admin_panels.calls_outside)
        register_admin_panel(8, admin_panels.awaiting_outcome)
        register_admin_panel(7, admin_panels.differing_copies)
        register_admin_panel(10, admin_panels.days_ahead)
        register_admin_panel(15, offer_panels.waiting)
        register_contact_panel(10, admin_panels.calls_of_contact)
