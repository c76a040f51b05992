"""Every page of the admin of a full house, opened once by a superuser for all tests that only read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bs4 import BeautifulSoup
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, Host
from portal.leads.models import Lead
from portal.leads.sequences.models import Run, Step
from portal.mail.models import OutboundEmail
from portal.webhook.models import Webhook

OWN_SITE = "admin:assessments_own_site"  # has the first statement to copy, and nobody's answer


def all_pages() -> list[str]:
    """Every list, add and change page there is, the pages about calls, and the way in."""
    paths = [reverse("admin:index"), reverse("admin:bookings_booking_week")]
    paths += [f"{paths[1]}?day=2026-11-{day}{view}" for day in (16, 25, 26, 27) for view in ("", "&view=day")]
    host = Host.objects.order_by("pk").first()
    paths += [
        reverse("admin:bookings_booking_new"),
        f"{reverse('admin:bookings_booking_changelist')}?when=all",
    ]
    for moment in ("on=2026-11-26&at=09:45", "on=2026-11-25&at=11:00"):
        paths.append(f"{reverse('admin:bookings_booking_new')}?{moment}")
    if host:
        empty = {"host": host.slug, "on": "2026-11-26", "from": "13:30"}
        paths.append(f"{reverse('admin:bookings_booking_empty')}?{urlencode(empty)}")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        for row in model._default_manager.all()[:5]:
            paths += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "delete", "history")]
        paths.append(reverse("admin:app_list", args=[model._meta.app_label]))
    paths.append(reverse(OWN_SITE))
    paths += [reverse("admin:bookings_booking_outside"), reverse("admin:bookings_dateoverride_holidays")]
    paths += [reverse("admin:sequences_sequence_run", args=[run.pk]) for run in Run.objects.all()]
    paths.append(reverse("admin:sequences_sequence_paragraph", args=["no-show"]))
    paths += [reverse(f"admin:practice_practice_{page}", args=["call"]) for page in ("text", "original")]
    paths.append(reverse("admin:practice_practice_portrait"))
    for step in Step.objects.all():
        where = [step.sequence_id, step.pk]
        paths += [reverse(f"admin:sequences_sequence_{page}", args=where) for page in ("step", "step_out")]
        paths += [
            reverse(f"admin:sequences_sequence_{page}", args=where[:1]) for page in ("step_add", "people")
        ]
    paths += [reverse("admin:leads_lead_no_mail", args=[lead.pk]) for lead in Lead.objects.all()]
    paths += [
        reverse("admin:mail_outboundemail_stop", args=[mail.pk]) for mail in OutboundEmail.objects.all()
    ]
    if Webhook.objects.exists():
        paths.append(reverse("admin:webhook_webhook_secret"))
    for booking in Booking.objects.all():
        paths += [
            reverse(f"admin:bookings_booking_{page}", args=[booking.pk])
            for page in ("close", "agreed", "brief", "guests", "cancel", "move")
        ]
        paths.append(f"{paths[-1]}?on=2026-11-25&at=11:00")
    return list(dict.fromkeys(paths))


@dataclass(frozen=True)
class Opened:
    path: str
    status: int
    headers: dict[str, str]
    body: str

    @property
    def soup(self) -> BeautifulSoup:
        """Parsed anew each time, for tests that take things out."""
        return BeautifulSoup(self.body, "html.parser")


def open_all(client: Client) -> list[Opened]:
    answers: list[tuple[str, Any]] = [(path, client.get(path)) for path in all_pages()]
    return [
        Opened(path, answer.status_code, dict(answer.headers), answer.content.decode())
        for path, answer in answers
    ]
