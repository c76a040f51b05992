"""All that happened with a contact in one line of time: events, words about consent, notes, mails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.common import times
from portal.common.sight import seen_by
from portal.leads import timeline
from portal.leads.models import ConsentEvent, Lead, Note
from portal.mail import shown
from portal.mail.models import OutboundEmail

MOST = 200  # of each kind


@dataclass(frozen=True, kw_only=True)
class Line:
    at: datetime
    words: str
    path: str = ""  # where it can be read
    note: str = ""  # what the coach wrote, or why
    said_by: str = ""
    text: str = ""  # the exact words, to unfold

    @property
    def moment(self) -> str:
        return times.short_moment(self.at, times.HOST_ZONE)


def lines(request: HttpRequest, lead: Lead) -> list[Line]:
    """The newest first; what is planned stands on top."""
    found = [*_events(lead), *_consents(lead), *_notes(request, lead), *_mails(request, lead)]
    return sorted(found, key=attrgetter("at"), reverse=True)


def _events(lead: Lead) -> Iterator[Line]:
    events = list(lead.events.all()[:MOST])
    paths = timeline.paths(events)
    for event in events:
        yield Line(
            at=event.created_at,
            words=timeline.words(event),
            path=paths.get(event.pk, ""),
            note=event.data.get("reason", ""),
            said_by=event.data.get("by_name", ""),
        )


def _consents(lead: Lead) -> Iterator[Line]:
    for proof in lead.consents.order_by("-created_at", "-pk")[:MOST]:
        given = proof.action == ConsentEvent.Action.GIVEN
        words = _("Yes to %(what)s, %(how)s") if given else _("No longer a yes to %(what)s, %(how)s")
        yield Line(
            at=proof.created_at,
            words=words % {"what": proof.purpose_words, "how": proof.method_words},
            path=reverse("admin:leads_consentevent_change", args=[proof.pk]),
        )


def _notes(request: HttpRequest, lead: Lead) -> Iterator[Line]:
    notes = seen_by(request.user, lead.notes.select_related("author", "changed_by"))
    for note in notes[:MOST]:
        by = _name(note.author)
        if note.changed_at:
            facts = {
                "moment": times.short_moment(note.changed_at, times.HOST_ZONE),
                "name": _name(note.changed_by),
            }
            by = f"{by}, {_('changed %(moment)s by %(name)s') % facts}"
        yield Line(at=note.created_at, words=_("Note"), path=_page_of(note), note=note.text, said_by=by)


def _mails(request: HttpRequest, lead: Lead) -> Iterator[Line]:
    mails = seen_by(request.user, OutboundEmail.objects.filter(to_email=lead.email))
    for mail in mails.defer("html", "calendar", "headers", "data")[:MOST]:
        yield Line(
            at=mail.sent_at or mail.due_at,
            words=_("Mail, %(state)s: %(what)s") % {"state": shown.state(mail), "what": shown.what(mail)},
            path=reverse("admin:mail_outboundemail_change", args=[mail.pk]),
            text=shown.text(mail),
        )


def _page_of(note: Note) -> str:
    return reverse("admin:leads_lead_note", args=[note.lead_id, note.public_id])


def _name(user: object) -> str:
    return str(user) if user else _("somebody who left")
