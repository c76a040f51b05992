"""A promise is one of the two actions of a key and a moment, made to oneself; its answers, one a Friday at most.

It stands for six Fridays, or until it is ended; one a person stands at a time.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from assessments.instrument import Key
from assessments.models import Scan
from assessments.promises import weeks
from portal.common import times
from portal.common.ids import new_public_id

LONGEST_MOMENT = 80
LONGEST_WORDS = 200


def today() -> date:
    return times.local(times.now(), times.HOST_ZONE).date()


class PromiseQuerySet(models.QuerySet["Promise"]):
    def with_scan(self) -> PromiseQuerySet:
        unread = ("answers", "page_saved_at", "came_from", "instrument__content")
        return self.select_related("scan__instrument").defer(*(f"scan__{name}" for name in unread))

    def of(self, user_id: int) -> PromiseQuerySet:
        """Newest first."""
        return self.filter(user_id=user_id).order_by("-made_at", "-pk")

    def with_done(self) -> PromiseQuerySet:
        done = Count("answers", filter=Q(answers__answer=FridayAnswer.Answer.DONE))
        return self.annotate(**{"done": done})


class Promise(models.Model):
    class Why(models.TextChoices):
        """Why it ended."""

        DONE = "done", _("you were done with it")
        REPLACED = "replaced", _("a new one took its place")
        OVER = "over", _("its six weeks were over")

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="promises", verbose_name=_("account")
    )
    scan = models.ForeignKey(Scan, models.CASCADE, related_name="promises", verbose_name=_("scan"))
    key = models.CharField(_("key"), max_length=40)  # its slug
    action = models.PositiveSmallIntegerField(_("action"))  # which of the two, as the instrument lists them
    moment = models.CharField(_("moment"), max_length=LONGEST_MOMENT)
    language = models.CharField(_("language"), max_length=2, default="nl")  # in which the moment was written
    made_at = models.DateTimeField(_("made at"), default=times.now)
    first_on = models.DateField(_("first Friday"))
    by_mail = models.BooleanField(_("asked by mail"), default=False)
    mail_round = models.PositiveSmallIntegerField(default=0)  # how often mails were asked for
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    why_ended = models.CharField(_("why it ended"), max_length=10, choices=Why, blank=True, default="")

    objects: ClassVar[PromiseQuerySet] = PromiseQuerySet.as_manager()  # type: ignore[assignment]
    done: int  # of `with_done`

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["user", "-made_at"], name="promises_promise_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at__isnull=True),
                name="promises_promise_one_stands",
                violation_error_message=_("There is a promise already. A new one takes its place."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, why_ended="")
                | Q(ended_at__isnull=False) & ~Q(why_ended=""),
                name="promises_promise_ended_says_why",
                violation_error_message=_("A promise that ended says when and why."),
            ),
            models.CheckConstraint(
                condition=Q(action__in=[1, 2]),
                name="promises_promise_one_of_two_actions",
                violation_error_message=_("A key has two actions."),
            ),
            models.CheckConstraint(
                condition=~Q(moment=""),
                name="promises_promise_has_a_moment",
                violation_error_message=_("Name a moment."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=["nl", "en"]),
                name="promises_promise_known_language",
                violation_error_message=_("A promise is in Dutch or in English."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.made_at:%Y-%m-%d}"

    @property
    def about(self) -> str:
        """Of the mails that ask after it."""
        return f"promise:{self.public_id}"

    @property
    def stands(self) -> bool:
        return self.ended_at is None and today() < weeks.over_on(self.first_on)

    @property
    def ended_on(self) -> date | None:
        return times.local(self.ended_at, times.HOST_ZONE).date() if self.ended_at else None

    @property
    def weeks_come(self) -> tuple[int, ...]:
        until = today() if self.ended_on is None else min(today(), self.ended_on)
        return weeks.weeks_come(self.first_on, until)

    def can_answer(self, week: int) -> bool:
        return weeks.can_answer(self.first_on, week, today(), self.ended_on)

    def key_in(self, language: str) -> Key:
        return self.scan.instrument.parsed(language).key(self.key)

    def action_in(self, language: str) -> str:
        return self.key_in(language).actions[self.action - 1]


class FridayAnswer(models.Model):
    """What somebody says of one week. A second answer takes the place of the first."""

    class Answer(models.TextChoices):
        DONE = "done", _("done")
        NOT = "not", _("not done")
        DIFFERENTLY = "differently", _("done differently")

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="answers", verbose_name=_("promise"))
    week = models.PositiveSmallIntegerField(_("week"))
    answer = models.CharField(_("answer"), max_length=12, choices=Answer)
    words = models.CharField(_("in your own words"), max_length=LONGEST_WORDS, blank=True, default="")
    answered_at = models.DateTimeField(_("answered at"), default=times.now)

    class Meta:
        verbose_name = _("answer to a promise")
        verbose_name_plural = _("answers to a promise")
        ordering = ["week"]
        constraints = [
            models.UniqueConstraint(
                fields=["promise", "week"],
                name="promises_fridayanswer_one_a_week",
                violation_error_message=_("This week has an answer already."),
            ),
            models.CheckConstraint(
                condition=Q(week__gte=1, week__lte=weeks.WEEKS),
                name="promises_fridayanswer_of_six_weeks",
                violation_error_message=_("A promise has six weeks."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.answer}"
