"""The outbox table: every message is a row first, written in the transaction that caused it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from portal.common.indexes import search_indexes
from portal.common.leases import NO_LEASE, Leased, LeasedQuerySet
from portal.common.times import now

NO_TEXT = {"subject": "", "text": "", "html": "", "calendar": ""}
WITH_WORDS = Q(erase_body=True) | ~Q(**NO_TEXT)


def erased_codes() -> dict[str, Any]:
    """Fields for an UPDATE that leaves nothing of the words of mails which carry a code."""
    return {
        name: Case(When(erase_body=True, then=Value(empty)), default=F(name), output_field=models.TextField())
        for name, empty in NO_TEXT.items()
    }


class OutboundEmailQuerySet(LeasedQuerySet["OutboundEmail"]):
    def unsent(self) -> OutboundEmailQuerySet:
        return self.filter(status__in=OutboundEmail.WAITING)

    def due(self, at: datetime) -> OutboundEmailQuerySet:
        """What may leave at that instant: nothing past its expiry, and nothing while a worker has an earlier
        version of the same matter (a move must not overtake its own invitation)."""
        earlier = OutboundEmail.objects.filter(
            about=OuterRef("about"), sequence__lt=OuterRef("sequence"), status=OutboundEmail.Status.LEASED
        )
        return (
            self.unsent()
            .filter(send_after__lte=at)
            .exclude(expires_at__lte=at)
            .exclude(~Q(about=""), Exists(earlier), sequence__isnull=False)
        )

    def finish(self, status: str, reason: Any = "", **fields: Any) -> int:
        """Set a final status; texts of mails that carry a code are erased in the same UPDATE."""
        return self.update(status=status, reason=reason, **(NO_LEASE | erased_codes() | fields))

    def unsay(self, reason: str) -> int:
        """Erase the words of these mails. A planned one is written when due, by what is true then; a written
        one that has not left is cancelled. Returns how many those are.

        A mail that a worker has leased may still leave, but is not tried again.
        """
        status = OutboundEmail.Status
        mails = self.exclude(rendered_at=None)
        mails.filter(data__isnull=True, status__in=OutboundEmail.FINAL).update(**NO_TEXT)
        planned = mails.filter(data__isnull=False).exclude(status=status.LEASED)
        planned.update(rendered_at=None, **NO_TEXT)
        written = mails.filter(status__in=[*OutboundEmail.WAITING, status.LEASED])
        words = {
            name: Case(
                When(status=status.LEASED, then=name), default=Value(""), output_field=models.TextField()
            )
            for name in NO_TEXT
        }
        return written.update(
            is_withdrawn=True,
            erase_body=True,
            reason=reason,
            status=Case(
                When(status=status.LEASED, then=Value(status.LEASED)), default=Value(status.CANCELLED)
            ),
            **words,
        )


class OutboundEmail(Leased):
    """One message to one person. `public_id` is its Message-ID, `key` its idempotency key."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("service")
        MARKETING = "marketing", _("tips")

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        LEASED = "leased", _("being sent")
        RETRY = "retry", _("tried, will be tried again")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not delivered")
        CANCELLED = "cancelled", _("cancelled")
        UNCERTAIN = "uncertain", _("perhaps sent")
        BOUNCED = "bounced", _("came back")

    WAITING = (Status.QUEUED, Status.RETRY)
    FINAL = (Status.SENT, Status.FAILED, Status.CANCELLED, Status.UNCERTAIN, Status.BOUNCED)
    UNDELIVERED = (Status.FAILED, Status.BOUNCED)

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("unique key"), max_length=200, unique=True)
    kind = models.CharField(_("kind of mail"), max_length=10, choices=Kind)
    message = models.CharField(
        _("template"), max_length=80, help_text=_("The folder under templates/emails.")
    )
    language = models.CharField(_("language"), max_length=2, default="nl")
    to_email = models.EmailField(_("to"), max_length=254)
    to_name = models.CharField(_("name"), max_length=200, blank=True)
    reply_to = models.CharField(_("reply to"), max_length=320, blank=True)
    from_email = models.CharField(_("from"), max_length=320)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text of the mail"), blank=True)
    html = models.TextField(blank=True)
    calendar = models.TextField(_("calendar file"), blank=True)
    calendar_method = models.CharField(max_length=20, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    about = models.CharField(_("about"), max_length=120, blank=True, db_index=True)
    sequence = models.IntegerField(_("version of what it is about"), null=True, blank=True)
    data = models.JSONField(null=True, blank=True, help_text=_("Set for mails that are written when due."))
    erase_body = models.BooleanField(_("text is erased after sending"), default=False)
    # people whom it is not to or from, as a digest does: their erasure looks for them in the words
    names_people = models.BooleanField(default=False, db_default=False)
    due_at = models.DateTimeField(_("due at"), help_text=_("When it was first meant to leave."))
    send_after = models.DateTimeField(_("not before"), help_text=_("Moves forward with every retry."))
    expires_at = models.DateTimeField(_("no use after"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    own_errors = models.PositiveSmallIntegerField(default=0, help_text=_("Attempts that failed on our side."))
    is_withdrawn = models.BooleanField(default=False, help_text=_("Cancelled while a worker held it."))
    is_forgotten = models.BooleanField(default=False, help_text=_("The row goes as soon as it has left."))
    maybe_duplicate = models.BooleanField(_("may have arrived twice"), default=False)
    # who of the practice said that it should not be sent, by name, and when
    stopped_by = models.CharField(_("stopped by"), max_length=254, blank=True, default="", db_default="")
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    created_at = models.DateTimeField(_("made at"), default=now)
    rendered_at = models.DateTimeField(_("written at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = OutboundEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mail")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # in the order in which they are claimed: of very many due at one instant the first is found at once
            models.Index(
                fields=["send_after", "id"], condition=Q(status__in=["queued", "retry"]), name="mail_due"
            ),
            models.Index(fields=["lease_until"], condition=Q(status="leased"), name="mail_leased"),
            # the log: all of it, what stands somewhere, what is too old
            models.Index(fields=["-due_at", "-id"], name="mail_by_moment"),
            models.Index(fields=["status", "-due_at", "-id"], name="mail_by_state"),
            models.Index(fields=["due_at"], condition=WITH_WORDS, name="mail_with_words"),
            models.Index(fields=["status"], condition=Q(is_forgotten=True), name="mail_forgotten"),
            models.Index(fields=["to_email"], name="mail_by_address"),
            *search_indexes("mail", "to_email", "to_name", "subject"),
            # how often each step of a sequence left: its number stands in `data`
            models.Index(
                KT("data__step"), condition=Q(kind="marketing", status="sent"), name="mail_tips_by_step"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="leased", lease_until__isnull=False, lease_token__isnull=False)
                | (~Q(status="leased") & Q(lease_until__isnull=True, lease_token__isnull=True)),
                name="mail_outboundemail_lease_only_while_leased",
                violation_error_message=_("A mail has a lease exactly while a worker holds it."),
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
                name="mail_outboundemail_sent_has_a_time",
                violation_error_message=_("A sent mail has the time at which it was sent."),
            ),
            models.CheckConstraint(
                condition=Q(rendered_at__isnull=False)
                | Q(data__isnull=False)
                | Q(status__in=["cancelled", "failed"]),
                name="mail_outboundemail_written_or_writable",
                violation_error_message=_("A mail is written already, or has what is needed to write it."),
            ),
            models.CheckConstraint(
                condition=~Q(to_email=""),
                name="mail_outboundemail_has_a_recipient",
                violation_error_message=_("A mail goes to somebody."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="marketing") | Q(about__startswith="followup:"),
                name="mail_outboundemail_tips_can_be_ended",
                violation_error_message=_("Tips are about a contact, so that one click can end them."),
            ),
            models.CheckConstraint(
                condition=Q(stopped_by="", stopped_at=None)
                | (~Q(stopped_by="") & Q(stopped_at__isnull=False)),
                name="mail_outboundemail_stopped_by_somebody",
                violation_error_message=_("A mail that was stopped by hand has who did it, and when."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["service", "marketing"]),
                name="mail_outboundemail_known_kind",
                violation_error_message=_("A mail is either service or tips."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Mail to %(address)s") % {"address": self.to_email})

    @property
    def is_rendered(self) -> bool:
        return self.rendered_at is not None

    @property
    def is_written_when_due(self) -> bool:
        return self.data is not None

    @property
    def has_body(self) -> bool:
        return bool(self.text)


class RefusedAddress(models.Model):
    """An address that gets no mail. After an erasure only `digest` is left of it: a keyed one, so that nobody can
    test a list of addresses against it."""

    class Why(models.TextChoices):
        BOUNCE = "bounce", _("mail came back")
        COMPLAINT = "complaint", _("mail was reported as unwanted")
        HAND = "hand", _("noted by hand")

    digest = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    why = models.CharField(_("why"), max_length=10, choices=Why)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.CharField(_("noted by"), max_length=254, blank=True)
    created_at = models.DateTimeField(_("since"), default=now)

    class Meta:
        verbose_name = _("address without mail")
        verbose_name_plural = _("addresses without mail")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(why__in=["bounce", "complaint", "hand"]),
                name="mail_refusedaddress_known_why",
                violation_error_message=_("An address gets no mail for a reason that we know."),
            )
        ]

    def __str__(self) -> str:
        return self.email or str(_("(erased)"))


class BounceMailbox(Leased):
    """How far the mailbox of BOUNCE_MAILBOX was read, and whether it can be. One row for each that was ever set.

    Messages up to `last_uid` were looked at. `at_uid` is the one being looked at, for the `tries`th time: what takes
    a worker down with it is left alone after a few.
    """

    account = models.CharField(max_length=320, unique=True)
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    at_uid = models.BigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(_("last read at"), default=now)
    error = models.CharField(max_length=300, blank=True)

    objects = LeasedQuerySet["BounceMailbox"].as_manager()

    class Meta:
        verbose_name = _("mailbox for mail that comes back")
        verbose_name_plural = _("mailboxes for mail that comes back")

    def __str__(self) -> str:
        return self.account
