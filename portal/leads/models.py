from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.common.ids import new_public_id
from portal.common.indexes import search_indexes
from portal.common.times import now
from portal.leads import consent, stages


class LeadQuerySet(models.QuerySet["Lead"]):
    def shown(self) -> LeadQuerySet:
        """Whom the coach follows: not who objected to that, and nobody who works here."""
        staff = get_user_model().objects.filter(is_staff=True, email=OuterRef("email"))
        return self.filter(objected_at=None).exclude(Exists(staff))

    def with_step_by(self, on: date) -> LeadQuerySet:
        """Whose next step is due on that day or was before it, the oldest first."""
        return self.filter(next_step_on__lte=on).order_by("next_step_on", "pk")

    def silent_since(self, at: datetime) -> LeadQuerySet:
        """Nothing heard since that instant: no line on the timeline, no word about mail, no sign-in."""
        heard = LeadEvent.objects.filter(lead=OuterRef("pk"), created_at__gte=at)
        spoke = ConsentEvent.objects.filter(lead=OuterRef("pk"), created_at__gte=at)
        came = Q(user__last_login__gte=at) | Q(user__joined_at__gte=at)
        objected = Q(user__isnull=False, objected_at__isnull=False)  # kept, so that no new one is made
        old = self.filter(created_at__lt=at).exclude(came).exclude(objected)
        return old.exclude(Exists(heard)).exclude(Exists(spoke))


class Lead(models.Model):
    """A contact: one e-mail address, its stage and its timeline."""

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=2, default="nl")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="lead",
        verbose_name=_("account"),
    )
    stage = models.CharField(_("stage"), max_length=12, choices=stages.choices, default=stages.NEW)
    created_at = models.DateTimeField(_("first seen"), default=now)
    # how this person first and last came, as in portal/common/came_from.py, and `at` which moment (ISO 8601)
    first_touch = models.JSONField(default=dict, db_default={}, blank=True, editable=False)
    last_touch = models.JSONField(default=dict, db_default={}, blank=True, editable=False)
    # the first touch in a word, to find by
    source = models.CharField(
        _("source"), max_length=100, blank=True, default="", db_default="", editable=False
    )
    # of the newest line on the timeline; the database keeps it (migrations/0009)
    last_event_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)
    # what the coach means to do next, and on which day: both or neither
    next_step = models.CharField(_("next step"), max_length=200, blank=True, default="", db_default="")
    next_step_on = models.DateField(_("on"), null=True, blank=True)
    # since when this person objects to being followed: the row only says so, and nothing is written on it
    objected_at = models.DateTimeField(_("objected at"), null=True, blank=True, editable=False)

    objects: ClassVar[LeadQuerySet] = LeadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="leads_lead_email_lowercase",
                violation_error_message=_("An e-mail address is stored in lower case."),
            ),
            models.CheckConstraint(
                condition=Q(next_step="", next_step_on__isnull=True)
                | (~Q(next_step="") & Q(next_step_on__isnull=False)),
                name="leads_lead_next_step_has_a_day",
                violation_error_message=_("A next step has a day, and a day has a next step."),
            ),
        ]
        indexes = [
            models.Index(fields=["source"], condition=~Q(source=""), name="leads_lead_by_source"),
            models.Index(fields=["-created_at", "-id"], name="leads_lead_newest"),
            models.Index(fields=["name", "-id"], name="leads_lead_by_name"),
            models.Index(fields=["-last_event_at", "-id"], name="leads_lead_last_heard"),
            *search_indexes("leads_lead", "name", "email", "next_step"),
            models.Index(
                fields=["next_step_on"], condition=Q(next_step_on__isnull=False), name="leads_lead_next_steps"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class ConsentEventQuerySet(models.QuerySet["ConsentEvent"]):
    def out_of_use(self, before: datetime) -> ConsentEventQuerySet:
        """What proves nothing any more: the last word about it fell before that instant, and it was no, or
        nobody is left who could be mailed or shown on the strength of it."""
        same = ConsentEvent.objects.filter(
            subject=OuterRef("subject"), purpose=OuterRef("purpose"), about=OuterRef("about")
        )
        in_use = same.filter(lead__isnull=False, action=ConsentEvent.Action.GIVEN)
        newer = in_use.exclude(Exists(same.filter(created_at__gt=OuterRef("created_at"))))
        recent = same.filter(created_at__gte=before)
        return self.filter(created_at__lt=before).exclude(Exists(recent)).exclude(Exists(newer))

    def last_words(self) -> ConsentEventQuerySet:
        """The newest about each purpose and matter: what holds now of each person."""
        order = ["lead_id", "purpose", "about"]
        return self.order_by(*order, "-created_at", "-pk").distinct(*order)


class ConsentEvent(models.Model):
    """Append-only proof of consent (GDPR 7(1)): which text, when, how confirmed. The database refuses to change
    or delete one (docs/decisions/0038); `services.forget` and `retention.forget_proof` are the ways around.

    It outlives the contact it is about: then only `subject` is left, a digest of the address.
    """

    class Action(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")

    lead = models.ForeignKey(
        Lead, models.SET_NULL, null=True, blank=True, related_name="consents", verbose_name=_("contact")
    )
    subject = models.CharField(max_length=64, db_index=True, editable=False)
    purpose = models.CharField(_("purpose"), max_length=20)
    # the matter that this yes or no is about, such as a call; empty when it is about all of them
    about = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    action = models.CharField(_("action"), max_length=10, choices=Action)
    text_version = models.CharField(_("version of the text"), max_length=20)
    text = models.TextField(_("the text"))
    text_sha256 = models.CharField(max_length=64)
    language = models.CharField(_("language"), max_length=2)
    method = models.CharField(_("how"), max_length=40)
    source_path = models.CharField(_("where"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("at"), default=now)

    objects: ClassVar[ConsentEventQuerySet] = ConsentEventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["created_at", "id"], name="leads_proof_oldest")]

    def __str__(self) -> str:
        return f"{self.purpose_words}, {self.get_action_display()}"

    @property
    def is_given(self) -> bool:
        return self.action == self.Action.GIVEN

    @property
    def purpose_words(self) -> str:
        return str(consent.PURPOSES.get(self.purpose, self.purpose))

    @property
    def method_words(self) -> str:
        return str(consent.METHODS.get(self.method, self.method))


class LeadEvent(models.Model):
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="events", verbose_name=_("contact"))
    kind = models.CharField(_("what"), max_length=40)
    data = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("at"), default=now)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("timeline")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["lead", "kind", "-created_at"], name="leads_event_timeline"),
            models.Index(fields=["lead", "-created_at", "-id"], name="leads_event_newest"),
        ]

    def __str__(self) -> str:
        return self.kind


class Note(models.Model):
    """What the coach wrote about a contact. `version` tells who edits an older text than the one kept now."""

    MOST = 5000

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="notes", verbose_name=_("contact"))
    text = models.TextField(_("note"), max_length=MOST)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("at"), default=now)
    changed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-created_at", "-pk"]
        indexes = search_indexes("leads_note", "text")

    def __str__(self) -> str:
        return self.text[:60]
