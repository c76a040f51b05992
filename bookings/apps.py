from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Impact calls")

    def ready(self) -> None:
        from assessments.summary import (  # noqa: PLC0415 - models are loaded only now
            register_agreed,
            register_call_facts,
            register_moments,
        )
        from bookings.admin import (  # noqa: PLC0415
            first_steps,
            mail_matters,
            mail_panels,
            own,
            panels,
            rights,
            waitlist_panel,
        )
        from bookings.calls import exported, holds, measured, retention, told  # noqa: PLC0415
        from bookings.calls.emails import messages, reminders, to_guests  # noqa: PLC0415
        from bookings.connected import recipients  # noqa: PLC0415
        from bookings.visitor import (  # noqa: PLC0415
            code_page,
            hooks,
            sharing_panels,
            waitlist_hooks,
            waitlist_panels,
        )
        from bookings.visitor.panels import (  # noqa: PLC0415
            account_panel,
            agreed_before,
            call_facts,
            calls_since,
        )
        from bookings.waitlist import instead  # noqa: PLC0415
        from bookings.words import coaches, contacts, follow_up, mail_names  # noqa: PLC0415
        from portal import resending  # noqa: PLC0415
        from portal.accounts import hooks as accounts  # noqa: PLC0415
        from portal.accounts import staff  # noqa: PLC0415
        from portal.common import came_from, export, privacy, search, sight, steps  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.common.panels import (  # noqa: PLC0415
            register_account_panel,
            register_admin_panel,
            register_consent_panel,
            register_contact_action,
            register_contact_panel,
            register_link_panel,
        )
        from portal.leads import consent, stages, timeline  # noqa: PLC0415
        from portal.leads.funnel import steps as funnel  # noqa: PLC0415
        from portal.leads.sequences import paragraphs, registry  # noqa: PLC0415
        from portal.mail import names, outbox  # noqa: PLC0415
        from portal.operations import measures  # noqa: PLC0415
        from portal.practice import coach  # noqa: PLC0415
        from portal.practice import first_steps as practice  # noqa: PLC0415
        from portal.webhook import registry as webhook  # noqa: PLC0415

        accounts.on_proven_login(waitlist_hooks.join_pending, order=150)
        accounts.on_proven_login(hooks.confirm_pending, order=200)
        accounts.on_code_sent(hooks.outlive_code)
        accounts.on_code_page(code_page.code_page)
        accounts.on_code_over(hooks.ask_again)
        accounts.on_sign_out(hooks.let_go)
        accounts.on_erase(hooks.erase)
        accounts.on_idle(hooks.has_call_ahead)
        export.register(40, *exported.SECTIONS)
        search.register(20, _("Impact calls"), ["name", "email", "remark"], panels.found_calls)
        kept.register(*retention.RULES)
        privacy.register_recipients(recipients.connected)
        resending.register_reader(hooks.read_fields)
        outbox.register_renderer("bookings/coach_booked", messages.fill_booked_to_coach)
        outbox.register_renderer("bookings/coach_shared", messages.fill_shared_to_coach)
        outbox.register_renderer("bookings/agreed", messages.fill_agreed)
        outbox.register_renderer("bookings/reminder_invitee", reminders.fill_reminder_to_invitee)
        outbox.register_renderer("bookings/reminder_coach", reminders.fill_reminder_to_coach)
        for message in (to_guests.INVITED, to_guests.CHANGED):
            outbox.register_renderer(message, to_guests.fill, foresee=to_guests.foreseen)
        outbox.register_renderer(to_guests.REMINDER, to_guests.fill_reminder)
        outbox.register_renderer(
            "bookings/offer_no_show", instead.fill_missed, foresee=instead.foresee_missed
        )
        names.register(mail_names.OF_A_CALL, mail_matters.calls_of)
        names.register(mail_names.OF_WAITING | mail_names.OTHERS)
        register_account_panel(20, account_panel)
        register_account_panel(25, waitlist_panels.account_panel)
        register_consent_panel(20, sharing_panels.consent_panel)
        register_link_panel(10, sharing_panels.link_panel)
        register_call_facts(call_facts)
        register_agreed(agreed_before)
        register_moments(calls_since)
        register_admin_panel(1, panels.next_call)
        register_admin_panel(4, mail_panels.undelivered)
        register_admin_panel(5, panels.stale_calendars)
        register_admin_panel(6, panels.calls_outside)
        register_admin_panel(8, panels.awaiting_outcome)
        register_admin_panel(7, panels.differing_copies)
        register_admin_panel(9, panels.missing_links)
        register_admin_panel(10, panels.days_ahead)
        register_admin_panel(15, waitlist_panel.waiting)
        register_contact_panel(10, panels.calls_of_contact)
        register_contact_action(10, panels.plan_call)
        steps.register(setup="ensure_first_coach", demo="demo_calls")
        steps.register_restored("times held by somebody who left, free again", holds.release_lapsed_holds)
        staff.register_rights(10, "bookings", rights.OF_PRACTICE, of_coach=rights.OF_COACH)
        for page in rights.PAGES:
            staff.register_page("bookings", *page[:3], before=page[3], instead_of=page[4])
        for model, narrow in own.OWN.items():
            sight.register(model, narrow)
        for stage in contacts.STAGES:
            stages.register(*stage)
        stages.register_proofs(contacts.PROOFS, matter="booking")
        came_from.go_along_to("bookings:slots", "bookings:zone")
        funnel.register(*contacts.FUNNEL)
        timeline.register(contacts.TIMELINE)
        timeline.register_paths(panels.paths_of_events)
        timeline.register(contacts.TIMELINE_BY_COACH, by="host")
        consent.register_methods(contacts.METHODS)
        consent.register_matters(sharing_panels.named)
        consent.register(contacts.SHARING, contacts.SHARING_WORDS, contacts.SHARING_TEXTS)
        registry.register_event(*follow_up.EVENTS)
        registry.register_variables(follow_up.agreement, follow_up.AGREEMENT)
        registry.register_variables(follow_up.booking_link, follow_up.BOOKING_LINK)
        webhook.register(*told.EVENTS)
        measures.register(measured.calls)
        coach.register(name=coaches.name, rename=coaches.rename)
        practice.register(*first_steps.STEPS)
        for kind, words in follow_up.PARAGRAPHS.items():
            paragraphs.register(kind, words)
