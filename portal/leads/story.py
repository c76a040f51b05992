"""All that happened with a contact in one line of time: events, words about consent, notes, mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.common import times
from portal.common.sight import seen_by
from portal.leads import timeline
from portal.leads.models import ConsentEvent, Lead, Note
from portal.mail import shown
from portal.mail.models import OutboundEmail

MOST = 200  # lines of a page
CURSOR = re.compile(r"(\d{1,18})\.([0-3])\.(\d{1,18})", re.ASCII)
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True, order=True)
class Place:
    """Of a line in the story, which no other has: its moment, its kind (0 to 3) and its row."""

    at: datetime
    kind: int
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}.{self.kind}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        found = CURSOR.fullmatch(text)
        if found is None:
            return None
        with suppress(OverflowError):
            return cls(EPOCH + int(found[1]) * MICROSECOND, int(found[2]), int(found[3]))
        return None


@dataclass(frozen=True, kw_only=True)
class Line:
    place: Place
    words: str
    path: str = ""  # where it can be read
    note: str = ""  # what the coach wrote, or why
    said_by: str = ""
    text: str = ""  # the exact words, to unfold

    @property
    def moment(self) -> str:
        return times.short_moment(self.place.at, times.HOST_ZONE)


def lines(request: HttpRequest, lead: Lead, before: Place | None = None) -> tuple[list[Line], Place | None]:
    """The newest first, what is planned on top; or those before a place. With the place before which there are
    more. As many queries whatever there is."""
    found = [
        *_events(request, lead, before),
        *_consents(request, lead, before),
        *_notes(request, lead, before),
        *_mails(request, lead, before),
    ]
    found.sort(key=attrgetter("place"), reverse=True)
    return found[:MOST], found[MOST - 1].place if len(found) > MOST else None


def _older(rows: QuerySet[Any], kind: int, before: Place | None) -> QuerySet[Any]:
    """Of these rows, which have a moment `line_at`, those before that place: as many as a page may need."""
    if before is not None:
        older = Q(line_at__lt=before.at)
        if kind < before.kind:
            older = Q(line_at__lte=before.at)
        elif kind == before.kind:
            older |= Q(line_at=before.at, pk__lt=before.pk)
        rows = rows.filter(older)
    return rows.order_by("-line_at", "-pk")[: MOST + 1]


def _events(request: HttpRequest, lead: Lead, before: Place | None) -> Iterator[Line]:
    events = list(
        _older(seen_by(request.user, lead.events.all()).annotate(line_at=F("created_at")), 0, before)
    )
    paths = timeline.paths(events)
    for event in events:
        yield Line(
            place=Place(event.created_at, 0, event.pk),
            words=timeline.words(event),
            path=paths.get(event.pk, ""),
            note=event.data.get("reason", ""),
            said_by=event.data.get("by_name", ""),
        )


def _consents(request: HttpRequest, lead: Lead, before: Place | None) -> Iterator[Line]:
    proofs = seen_by(request.user, lead.consents.all()).annotate(line_at=F("created_at"))
    for proof in _older(proofs, 1, before):
        given = proof.action == ConsentEvent.Action.GIVEN
        words = _("Yes to %(what)s, %(how)s") if given else _("No longer a yes to %(what)s, %(how)s")
        yield Line(
            place=Place(proof.created_at, 1, proof.pk),
            words=words % {"what": proof.purpose_words, "how": proof.method_words},
            path=reverse("admin:leads_consentevent_change", args=[proof.pk]),
        )


def _notes(request: HttpRequest, lead: Lead, before: Place | None) -> Iterator[Line]:
    notes = seen_by(request.user, lead.notes.select_related("author", "changed_by"))
    for note in _older(notes.annotate(line_at=F("created_at")), 2, before):
        by = _name(note.author)
        if note.changed_at:
            facts = {
                "moment": times.short_moment(note.changed_at, times.HOST_ZONE),
                "name": _name(note.changed_by),
            }
            by = f"{by}, {_('changed %(moment)s by %(name)s') % facts}"
        place = Place(note.created_at, 2, note.pk)
        yield Line(place=place, words=_("Note"), path=_page_of(note), note=note.text, said_by=by)


def _mails(request: HttpRequest, lead: Lead, before: Place | None) -> Iterator[Line]:
    mails = seen_by(request.user, OutboundEmail.objects.filter(to_email=lead.email))
    mails = mails.defer("html", "calendar", "headers", "data").annotate(line_at=Coalesce("sent_at", "due_at"))
    for mail in _older(mails, 3, before):
        yield Line(
            place=Place(mail.sent_at or mail.due_at, 3, mail.pk),
            words=_("Mail, %(state)s: %(what)s") % {"state": shown.state(mail), "what": shown.what(mail)},
            path=reverse("admin:mail_outboundemail_change", args=[mail.pk]),
            text=shown.text(mail),
        )


def _page_of(note: Note) -> str:
    return reverse("admin:leads_lead_note", args=[note.lead_id, note.public_id])


def _name(user: object) -> str:
    return str(user) if user else _("somebody who left")
