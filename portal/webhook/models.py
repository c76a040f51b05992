"""The one webhook, and what it tells: every event is a row first, written in the transaction that caused it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common.ids import new_public_id
from portal.common.leases import Leased, LeasedQuerySet
from portal.common.sealing import seal, unseal
from portal.common.times import now
from portal.webhook import signing

OLD_SECRET_LIFE = timedelta(hours=24)


class WebhookQuerySet(LeasedQuerySet["Webhook"]):
    def open(self, at: datetime) -> WebhookQuerySet:
        """That may be asked at that instant: switched on, and not left alone for a while after a failure."""
        return self.filter(is_on=True).exclude(paused_until__gt=at)


class Webhook(Leased):
    """Where events go. Whoever holds its lease is the one worker that asks the receiver."""

    ONLY = 1

    class Off(models.TextChoices):
        """Why it is off, when no hand switched it off."""

        GONE = "gone", _("The receiver answered that it no longer exists (410).")
        FAILING = "failing", _("For five days nothing arrived.")

    sealed_address = models.TextField(blank=True, default="", db_default="", editable=False)
    sealed_secret = models.TextField(blank=True, default="", db_default="", editable=False)
    sealed_old_secret = models.TextField(blank=True, default="", db_default="", editable=False)
    old_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    events = ArrayField(
        models.CharField(max_length=40), verbose_name=_("events"), default=list, db_default=[]
    )
    is_on = models.BooleanField(_("on"), default=False, db_default=False)
    off_reason = models.CharField(max_length=10, choices=Off, blank=True, default="", db_default="")
    # how it goes: since when nothing arrives, how often in a row it went wrong, and how long it is left alone
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    # the public id of what a worker has in hand: left behind by one that was killed, it may have arrived
    sending = models.CharField(max_length=24, blank=True, default="", db_default="", editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhook")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="webhook_webhook_only_one",
                violation_error_message=_("There is one webhook."),
            ),
            models.CheckConstraint(
                condition=Q(is_on=False) | ~Q(sealed_address="") & ~Q(sealed_secret="") & Q(off_reason=""),
                name="webhook_webhook_on_with_an_address",
                violation_error_message=_("A webhook that is on has an address and a secret."),
            ),
            models.CheckConstraint(
                condition=Q(sealed_old_secret="", old_secret_until__isnull=True)
                | ~Q(sealed_old_secret="") & Q(old_secret_until__isnull=False),
                name="webhook_webhook_old_secret_has_an_end",
                violation_error_message=_("An old secret works until a moment."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Webhook"))

    @property
    def address(self) -> str:
        """Where it goes: often a secret by itself. Raises SealBrokenError."""
        return unseal(self.sealed_address) if self.sealed_address else ""

    @property
    def secret(self) -> str:
        """Raises SealBrokenError."""
        return unseal(self.sealed_secret) if self.sealed_secret else ""

    def secrets_at(self, at: datetime) -> list[str]:
        """With which to sign at that instant: the old one too, for a day. Raises SealBrokenError."""
        old_works = self.old_secret_until is not None and at < self.old_secret_until
        return [self.secret, *([unseal(self.sealed_old_secret)] if old_works else [])]

    def set_address(self, address: str) -> None:
        self.sealed_address = seal(address)
        if not self.sealed_secret:
            self.sealed_secret = seal(signing.new_secret())

    def renew_secret(self, at: datetime) -> None:
        """A new secret; the one of now works for another day, and one before it no longer."""
        self.sealed_old_secret, self.old_secret_until = self.sealed_secret, at + OLD_SECRET_LIFE
        self.sealed_secret = seal(signing.new_secret())


class OutboundEventQuerySet(models.QuerySet["OutboundEvent"]):
    def waiting(self) -> OutboundEventQuerySet:
        return self.filter(status=OutboundEvent.Status.WAITING)

    def due(self, at: datetime) -> OutboundEventQuerySet:
        return self.waiting().filter(send_after__lte=at).order_by("send_after", "pk")

    def can_go_again(self) -> OutboundEventQuerySet:
        """Finished, and its body was not erased."""
        return self.exclude(status=OutboundEvent.Status.WAITING).exclude(body="")

    def not_arrived(self) -> OutboundEventQuerySet:
        return self.filter(status__in=[OutboundEvent.Status.FAILED, OutboundEvent.Status.CANCELLED])


class OutboundEvent(models.Model):
    """What happened, as the receiver gets it. `public_id` is its `webhook-id`, the same at every try; `key` its
    idempotency key."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("arrived")
        FAILED = "failed", _("did not arrive")
        CANCELLED = "cancelled", _("cancelled")

    class Problem(models.TextChoices):
        """What the last try came to. What cannot be reached and what may not be reached are the same sentence."""

        ADDRESS = "address", _("The address is not a plain https address.")
        UNREACHABLE = "unreachable", _("Nothing can be reached at this address.")
        CERTIFICATE = "certificate", _("The certificate of the receiver is not valid for this address.")
        SLOW = "slow", _("The receiver gave no answer in time.")
        ANSWER = "answer", _("The receiver broke off, or answered something that is not HTTP.")
        STATUS = "status", _("The receiver refused it.")
        MOVED = "moved", _("The receiver points to another address. Fill that in if you trust it.")
        STOPPED = "stopped", _("Our worker stopped while sending; perhaps it arrived.")
        SEALED = "sealed", _("The address cannot be opened with the present secret key; fill it in again.")
        FAULT = "fault", _("Something went wrong on our side.")
        OFF = "off", _("The webhook was switched off.")

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    type = models.CharField(_("event"), max_length=40)
    # whom the body names; erasing a person looks for the address here
    email = models.EmailField(_("about"), max_length=254, blank=True, default="", db_default="")
    body = models.TextField(_("what is told"), blank=True)
    occurred_at = models.DateTimeField(_("happened at"), default=now)
    due_at = models.DateTimeField(
        _("due at"), default=now
    )  # since when it is tried: later when it is sent again
    send_after = models.DateTimeField(default=now)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    tried_at = models.DateTimeField(_("last tried at"), null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    problem = models.CharField(
        _("problem"), max_length=20, choices=Problem, blank=True, default="", db_default=""
    )
    # the first words of a refusal
    answer = models.CharField(
        _("answer of the receiver"), max_length=200, blank=True, default="", db_default=""
    )
    maybe_duplicate = models.BooleanField(_("may have arrived twice"), default=False, db_default=False)

    objects = OutboundEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of the webhook")
        verbose_name_plural = _("events of the webhook")
        ordering = ["-occurred_at", "-pk"]
        indexes = [
            models.Index(fields=["send_after"], condition=Q(status="waiting"), name="webhook_event_due"),
            models.Index(fields=["-occurred_at"], name="webhook_event_newest"),
            models.Index(fields=["email"], condition=~Q(email=""), name="webhook_event_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="waiting") | ~Q(body=""),
                name="webhook_event_waits_with_a_body",
                violation_error_message=_("What waits has something to tell."),
            )
        ]

    def __str__(self) -> str:
        return self.type
