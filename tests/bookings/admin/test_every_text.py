"""Markup in every text that the database can hold, whoever typed it, and then every page: T15.

Columns and words within documents are found, not listed, so that a new one is in by itself; what holds no words stands
in APART, by the name of its column.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.editor import drafts
from assessments.editor.fields import SECTIONS
from assessments.models import Instrument, Scan
from assessments.promises.models import Promise
from portal.accounts.models import TrustedBrowser, User
from portal.leads.funnel.models import Source
from portal.leads.models import Lead, Note
from portal.leads.sequences.models import OwnParagraph
from portal.mail import refused
from portal.mail.imap import Account
from portal.mail.models import BounceMailbox, OutboundEmail
from portal.practice.models import Practice
from tests import pages
from tests.bookings.admin.every_page import open_all
from tests.browsers import as_member
from tests.factories.bookings import BlockSeriesFactory
from tests.factories.mail import OutboundEmailFactory
from tests.factories.practice import OwnTextFactory, PracticeFactory
from tests.factories.promises import FridayAnswerFactory

SCRIPTS = ("<script>alert(1)</script><img src=x onerror=alert(2)>\"'", "<img src=x onerror=a>", "<img src=x>")
RAW = re.compile(r"<script>alert|<img src=x")
SHOWN = "&lt;img src=x"
OURS = ("portal.", "assessments.", "bookings.")
APART = {
    # chosen from what there is, and refused otherwise by every form
    "language", "time_zone", "kind", "starts_on", "type", "purpose", "shipped_as", "value",
    # names of ours, which no form takes
    "message", "version", "slug", "text_version", "calendar_method", "headers",
    # JSON that we wrote; a full house has markup in one
    "body",
    # random, or made of what was typed: nobody reads it
    "public_id", "key", "box", "digest", "visitor", "client", "leads.ConsentEvent.subject", "checksum", "session_key",
    "session_data", "portrait_digest", "text_sha256", "request_hash", "etag", "there_etag", "written_digest",
    "uid_digest", "password", "shared_scan", "redirect_to", "session_digest", "code_digest", "ics_uid", "file_name",
    "about", "sending",
}  # fmt: skip
# A number, and documents of numbers, ids and names of ours.
WITHOUT_WORDS = {
    "bookings.Booking.phone",  # digits, says the database
    "assessments.Scan.answers", "assessments.Scan.page_saved_at", "assessments.Scan.scores", "bookings.Booking.topics",
    "bookings.CalendarSource.unknown_zones", "leads.LeadEvent.data", "mail.OutboundEmail.data", "mirror.Round.guess",
    "mirror.Round.invited", "mirror.Round.result", "mirror.TeamAnswer.scores", "numbers.Figures.content",
    "numbers.Figures.norm", "pulse.Pulse.answers", "result_links.ResultLink.keys", "sequences.Run.context",
}  # fmt: skip
WAYS = {"first_touch", "last_touch", "came_from"}  # each word of these was in somebody's link


def poisoned(value: Any, *, is_way: bool = False) -> Any:
    """The document with markup in every sentence of it; single words are names of ours."""
    if isinstance(value, dict):
        return {name: one if name == "at" else poisoned(one, is_way=is_way) for name, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, is_way=is_way) for one in value]
    return f"{SCRIPTS[0]} {value}" if isinstance(value, str) and (is_way or " " in value) else value


def columns() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields if model.__module__.startswith(OURS) else ():
            is_word = isinstance(field, models.CharField | models.TextField | models.JSONField)
            is_checked = isinstance(field, models.EmailField | models.SlugField | models.URLField)
            is_apart = {field.name, f"{model._meta.label}.{field.name}"} & APART or field.name.startswith(
                "sealed_"
            )
            if is_word and not (is_checked or field.choices or field.unique or is_apart):
                yield model, field


def write_markup() -> tuple[set[str], set[str]]:
    """Into every row. Returns the columns that took it and those that the database keeps free of it."""
    took, refused = set(), set()
    for model, field in columns():
        table, column = model._meta.db_table, field.column
        name = f"{model._meta.label}.{field.name}"
        if isinstance(field, models.JSONField):
            for row in model._base_manager.exclude(**{field.name: None}):
                kept = getattr(row, field.name)
                if (marked := poisoned(kept, is_way=field.name in WAYS)) != kept:
                    run(
                        f'UPDATE "{table}" SET "{column}" = %s::jsonb WHERE id = %s',
                        json.dumps(marked),
                        row.pk,
                    )
                    took.add(name)
            continue
        script = next(one for one in SCRIPTS if not field.max_length or len(one) <= field.max_length)
        for where in ("", f""" WHERE "{column}" <> ''"""):  # some go only with something beside them
            try:
                with transaction.atomic():
                    is_there = run(f'UPDATE "{table}" SET "{column}" = %s{where}', script)
            except IntegrityError:
                continue
            took |= {name} if is_there else set()
            break
        else:
            refused.add(name)
    return took, refused


def run(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL session_replication_role = replica"
        )  # proof of consent is guarded by a trigger
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@pytest.fixture
def addresses(full_house: Scan) -> dict[str, str]:
    """Of the site, with things of whoever did the scan of the house."""
    user = full_house.user
    assert user
    User.objects.filter(pk=user.pk).update(proven_at=timezone.now())
    return pages.addresses(user)["nl"]


@pytest.fixture
def more(full_house: Scan, addresses: dict[str, str], settings: Any) -> Instrument:
    """What is lacking there. Returns a draft of the scan's next version."""
    user = full_house.user
    assert user
    lead = Lead.objects.get(email=user.email)
    way = {
        "van": "blog", "utm_source": "x", "utm_medium": "x", "utm_campaign": "x", "utm_content": "x", "utm_term": "x",
        "referrer": "https://elders.example", "at": timezone.now().isoformat(),
    }  # fmt: skip
    step = {"next_step": "Bel terug", "next_step_on": timezone.now().date()}
    Lead.objects.filter(pk=lead.pk).update(**step, first_touch=way, last_touch=way)
    Scan.objects.filter(pk=full_house.pk).update(came_from=way)
    Note.objects.create(lead=lead, text="Belt terug.")
    FridayAnswerFactory(promise=Promise.objects.get(user=user), answer="differently", words="Toch anders.")
    OwnTextFactory()
    OwnParagraph.objects.create(kind="no-show", text_nl="Jammer.", text_en="Pity.")
    refused.refuse("weg@voorbeeld.nl", refused.Why.HAND, reason="Gevraagd", by="Jet")
    BlockSeriesFactory()
    Source.objects.create(month=timezone.now().date().replace(day=1), digest="x", name="blog")
    TrustedBrowser.objects.create(user=user, digest="x")
    settings.BOUNCE_MAILBOX = Account.of("imaps://agenda:geheim@imap.example.org/INBOX")
    BounceMailbox.objects.create(account=settings.BOUNCE_MAILBOX.name[:320], error="Weg")
    told = [{"name": "Een bedrijf", "purpose": "de hosting", "country": "NL"}]
    PracticeFactory()
    Practice.objects.update(processors=told)
    OutboundEmailFactory(status="cancelled", stopped_by="Jet", stopped_at=timezone.now())
    return drafts.clone(full_house.instrument_id)[0]


def opened(browser: Client, paths: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """Path, status and page; of a file only how it was answered."""
    for path in paths:
        answer = browser.get(path)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        yield path, answer.status_code, answer.content.decode() if is_page else ""


def test_markup_in_every_text_is_text_on_every_page_and_in_every_mail(
    full_house: Scan, addresses: dict[str, str], more: Instrument, as_superuser: Client
) -> None:
    user = full_house.user
    assert user
    took, kept_out = write_markup()
    assert kept_out == set()
    empty = {f"{model._meta.label}.{field.name}" for model, field in columns()} - took - kept_out
    assert empty <= WITHOUT_WORDS
    written_before = set(OutboundEmail.objects.values_list("pk", flat=True))
    browser, seen = as_member(user), []
    for section in SECTIONS:
        seen += opened(
            as_superuser,
            [
                reverse(f"admin:assessments_instrument_{one}", args=[more.pk, section])
                for one in ("section", "show")
            ],
        )
    seen += [(one.path, one.status, one.body) for one in open_all(as_superuser)]
    seen += opened(browser, addresses.values())
    seen += opened(Client(), addresses.values())
    browser.post(addresses["bookings:cancel"])
    browser.post(addresses["accounts:delete"])
    mails = OutboundEmail.objects.exclude(pk__in=written_before)
    seen += [(mail.message, 200, mail.html) for mail in mails]
    assert [(path, status) for path, status, page in seen if status >= 500 or RAW.search(page)] == []
    assert sum(SHOWN in page for _path, _status, page in seen) > 250
