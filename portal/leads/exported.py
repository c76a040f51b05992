"""What a copy of everything holds of a contact."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.common.export import Section, unsaid
from portal.leads import timeline, touches
from portal.leads.models import ConsentEvent, Lead, LeadEvent, LeadQuerySet, Note


def contacts(email: str) -> LeadQuerySet:
    return Lead.objects.filter(email=email)


SECTIONS = (
    Section(
        name="contact",
        words=_("contact"),
        rows=contacts,
        for_coach=contacts,
        left_out={"public_id": "random"},
        said=lambda rows: {
            "first_touch": lambda lead: touches.one(lead.first_touch) if lead.first_touch else "",
            "last_touch": lambda lead: touches.one(lead.last_touch) if lead.last_touch else "",
        },
        called={"first_touch": _("first came by"), "last_touch": _("last came by")},
    ),
    Section(
        name="timeline",
        words=_("timeline"),
        rows=lambda email: LeadEvent.objects.filter(lead__email=email),
        for_coach=lambda email: LeadEvent.objects.filter(lead__email=email),
        said=lambda rows: {"kind": timeline.words, "data": unsaid},
    ),
    Section(
        name="consents",
        words=_("consents"),
        rows=lambda email: ConsentEvent.objects.filter(lead__email=email),
        for_coach=lambda email: ConsentEvent.objects.filter(lead__email=email),
        left_out={"subject": "a digest of the address", "text_sha256": "of our words"},
        said=lambda rows: {
            "purpose": lambda event: event.purpose_words,
            "method": lambda event: event.method_words,
            "about": unsaid,
        },
    ),
    Section(
        name="notes",
        words=_("notes of the coach"),
        rows=lambda email: Note.objects.filter(lead__email=email),
        for_coach=lambda email: Note.objects.filter(lead__email=email),
        left_out={"public_id": "random", "version": "how often it was changed"},
    ),
)
