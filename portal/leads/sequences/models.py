"""Sequences of mails that a coach writes, and who is where in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.common.ids import new_public_id
from portal.common.times import now
from portal.leads.models import Lead
from portal.leads.sequences import registry, timing

MAX_DAYS = 365
MAX_SUBJECT = 150
MAX_BODY = 5000
MAX_PARAGRAPH = 600
MORNING = time(8, 30)


class Sequence(models.Model):
    """Mails that follow an event, each so many days after it. `version` rises with every change of it or its
    steps; `shipped_as` is the one it came from, which is not made a second time."""

    name = models.CharField(_("name"), max_length=80)
    shipped_as = models.CharField(max_length=40, unique=True, null=True, blank=True, editable=False)
    starts_on = models.CharField(_("begins when"), max_length=40)
    stops_on = ArrayField(
        models.CharField(max_length=40), verbose_name=_("pauses when"), default=list, blank=True
    )
    is_on = models.BooleanField(_("on"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=now, editable=False)

    class Meta:
        verbose_name = _("mail sequence")
        verbose_name_plural = _("mail sequences")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def goal(self) -> registry.Event | None:
        """What is counted after each step: the first event that pauses it and is hoped for."""
        events = (registry.event(kind) for kind in self.stops_on)
        return next((event for event in events if event and event.is_goal), None)


class Step(models.Model):
    """One mail of a sequence: tips, always. They stand in the order in which they leave."""

    sequence = models.ForeignKey(
        Sequence, models.CASCADE, related_name="steps", verbose_name=_("mail sequence")
    )
    delay_days = models.PositiveSmallIntegerField(
        _("days later"), default=2, validators=[MaxValueValidator(MAX_DAYS)]
    )
    at = models.TimeField(_("at"), default=MORNING)
    weekdays_only = models.BooleanField(_("on weekdays only"), default=True)
    goes_on = models.BooleanField(
        _("leaves even when the sequence is paused by what the person did"), default=False
    )
    is_on = models.BooleanField(_("on"), default=True)
    subject_nl = models.CharField(_("subject in Dutch"), max_length=MAX_SUBJECT)
    subject_en = models.CharField(_("subject in English"), max_length=MAX_SUBJECT)
    body_nl = models.TextField(_("text in Dutch"), max_length=MAX_BODY)
    body_en = models.TextField(_("text in English"), max_length=MAX_BODY)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["delay_days", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delay_days__lte=MAX_DAYS),
                name="sequences_step_within_a_year",
                violation_error_message=_("A step leaves within a year."),
            ),
            models.CheckConstraint(
                condition=~Q(subject_nl="") & ~Q(subject_en="") & ~Q(body_nl="") & ~Q(body_en=""),
                name="sequences_step_in_both_languages",
                violation_error_message=_("A step has a subject and a text in both languages."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject_nl

    @property
    def moment(self) -> timing.Moment:
        return timing.Moment(self.delay_days, self.at, self.weekdays_only, times.zone(times.HOST_ZONE))

    def subject(self, language: str) -> str:
        return self.subject_en if language == "en" else self.subject_nl

    def body(self, language: str) -> str:
        return self.body_en if language == "en" else self.body_nl


class RunQuerySet(models.QuerySet["Run"]):
    def active(self) -> RunQuerySet:
        return self.filter(ended_at=None)

    def ended_before(self, at: datetime) -> RunQuerySet:
        """Ended, or begun so long ago that its last step has left or never will."""
        return self.filter(
            Q(ended_at__lt=at) | Q(ended_at=None, anchor_at__lt=at - timing.DAY * 2 * MAX_DAYS)
        )


class Run(models.Model):
    """One person in one sequence. Its mails are rows in the outbox, named after it and the step."""

    class Held(models.TextChoices):
        PAUSED = "paused", _("paused by you")
        ANSWERED = "answered", _("answered")

    class Ended(models.TextChoices):
        DONE = "done", _("all mails are past")
        BY_COACH = "coach", _("stopped by you")
        WITHDRAWN = "withdrawn", _("unsubscribed")

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    sequence = models.ForeignKey(Sequence, models.CASCADE, related_name="runs")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="runs")
    context = models.JSONField(default=dict, help_text=_("What it began with: ids, never words."))
    started_at = models.DateTimeField(_("begun at"), default=now)
    # what the days count from: moves on when the event happens again, and by as long as it was held
    anchor_at = models.DateTimeField(default=now)
    held = models.CharField(_("held up"), max_length=10, choices=Held, blank=True, default="")
    held_at = models.DateTimeField(_("held up at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=10, choices=Ended, blank=True, default="")
    # after which step it happened
    goal_step = models.ForeignKey(Step, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_step = models.ForeignKey(Step, models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_step = models.ForeignKey(Step, models.SET_NULL, null=True, blank=True, related_name="+")

    objects: ClassVar[RunQuerySet] = RunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sequence", "lead"],
                condition=Q(ended_at=None),
                name="sequences_run_one_active_a_person",
                violation_error_message=_("This person is in this sequence already."),
            ),
            models.CheckConstraint(
                condition=Q(held="", held_at=None) | (~Q(held="") & Q(held_at__isnull=False)),
                name="sequences_run_held_since",
                violation_error_message=_("A run is held since a moment."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence_id}: {self.lead_id}"

    def key(self, step_id: int) -> str:
        return f"run:{self.public_id}:{step_id}"

    def keys(self, step_ids: Iterable[int]) -> list[str]:
        return [self.key(step_id) for step_id in step_ids]


class OwnParagraph(models.Model):
    """What a coach adds to one kind of service mail. Its facts and links stay ours."""

    kind = models.CharField(max_length=40, unique=True)
    text_nl = models.TextField(_("in Dutch"), max_length=MAX_PARAGRAPH, blank=True, default="")
    text_en = models.TextField(_("in English"), max_length=MAX_PARAGRAPH, blank=True, default="")
    version = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=now, editable=False)

    class Meta:
        verbose_name = _("own paragraph")
        verbose_name_plural = _("own paragraphs")
        constraints = [
            models.CheckConstraint(
                condition=Q(text_nl="", text_en="") | (~Q(text_nl="") & ~Q(text_en="")),
                name="sequences_paragraph_in_both_languages",
                violation_error_message=_("A paragraph stands in both languages, or in none."),
            )
        ]

    def __str__(self) -> str:
        return self.kind
