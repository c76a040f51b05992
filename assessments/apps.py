from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Trust self-scan")

    def ready(self) -> None:
        from assessments import (  # noqa: PLC0415 - models are loaded only now
            contacts,
            cookies,
            counting,
            emails,
            exported,
            first_steps,
            follow_up,
            hooks,
            key_pages,
            own_texts,
            retention,
            services,
            told,
        )
        from assessments.history import panels  # noqa: PLC0415
        from assessments.models import Instrument  # noqa: PLC0415
        from assessments.steps import STEPS  # noqa: PLC0415
        from portal import resending, sitemaps  # noqa: PLC0415
        from portal.accounts import hooks as accounts  # noqa: PLC0415
        from portal.accounts import staff  # noqa: PLC0415
        from portal.common import export, privacy, sight, steps  # noqa: PLC0415
        from portal.common import panels as portal_panels  # noqa: PLC0415
        from portal.common import retention as kept  # noqa: PLC0415
        from portal.leads import consent, stages, timeline  # noqa: PLC0415
        from portal.leads.funnel import following  # noqa: PLC0415
        from portal.leads.funnel import steps as funnel  # noqa: PLC0415
        from portal.leads.sequences import defaults, paragraphs, registry  # noqa: PLC0415
        from portal.mail import names, outbox  # noqa: PLC0415
        from portal.practice import first_steps as practice  # noqa: PLC0415
        from portal.practice import texts  # noqa: PLC0415
        from portal.webhook import registry as webhook  # noqa: PLC0415

        accounts.on_proven_login(hooks.attach_at_login, order=50)
        accounts.on_sign_out(cookies.forget)
        accounts.on_erase(services.forget_person)
        portal_panels.register_account_panel(10, panels.history)
        resending.register_reader(hooks.read_answers)
        outbox.register_renderer(emails.DAY2_TIP, emails.day2_tip, foresee=emails.foresee_day2_tip)
        names.register(emails.NAMES)
        export.register(30, *exported.SECTIONS)
        kept.register(*retention.RULES)
        privacy.register_cookie(cookies.described)
        steps.register(setup="load_instrument", demo="demo_scans")
        staff.register_rights(
            40, "assessments", {"instrument": ["view", "change"]}, of_coach={"instrument": ["view"]}
        )
        sight.register_shared(Instrument)
        staff.register_page(
            "assessments", _("On your own site"), "admin:assessments_own_site", "assessments.view_instrument"
        )
        stages.register(10, contacts.SCANNED, contacts.SCANNED_WORDS)
        stages.register_proofs(contacts.PROOFS)
        timeline.register(contacts.TIMELINE)
        consent.register(consent.TIPS, _("tips by mail"), contacts.TIPS_TEXTS, one_mail=contacts.ONE_TIP)
        for kind, words in follow_up.PARAGRAPHS.items():
            paragraphs.register(kind, words)
        registry.register_event(*follow_up.EVENTS)
        registry.register_variables(emails.scan_values, *emails.SCAN_VARIABLES)
        registry.register_variables(emails.scan_link, emails.SCAN_LINK)
        defaults.register(follow_up.AFTER_A_SCAN)
        funnel.register(*STEPS)
        following.register(counting.settle)
        webhook.register(*told.EVENTS)
        texts.register(*own_texts.TEXTS)
        practice.register(first_steps.A_LINK)
        sitemaps.add_page("assessments:landing")
        sitemaps.add_page("assessments:keys")
        for slug in key_pages.slugs():
            sitemaps.add_page("assessments:key", slug=slug)
