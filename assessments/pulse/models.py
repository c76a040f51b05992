"""One table: a pulse is ten of the thirty statements, answered between two scans. It is no scan, and in no norm."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models import Instrument
from portal.common.ids import new_public_id
from portal.common.times import now

TEAM_TRUST_PULSE = (
    "team-trust-pulse"  # the slug of what was filled in: its statements stand in the scan's version
)


class PulseQuerySet(models.QuerySet["Pulse"]):
    def for_user(self, user_id: int) -> PulseQuerySet:
        return self.filter(user_id=user_id)

    def completed(self) -> PulseQuerySet:
        return self.filter(completed_at__isnull=False)

    def under_way(self) -> PulseQuerySet:
        return self.filter(completed_at__isnull=True)

    def with_instrument(self) -> PulseQuerySet:
        return self.select_related("instrument").defer("instrument__content")

    def latest_first(self) -> PulseQuerySet:
        return self.order_by("-completed_at", "-pk")


class Pulse(models.Model):
    """Ten answers of somebody with an account. Made by the first press that brings one, so that looking makes none."""

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="pulses", verbose_name=_("account")
    )
    instrument = models.ForeignKey(
        Instrument, models.PROTECT, related_name="pulses", verbose_name=_("instrument")
    )
    language = models.CharField(_("language"), max_length=2, default="nl")
    answers = models.JSONField(default=dict, blank=True)  # {item id: 1 to 5, or null for "did not come up"}
    score = models.FloatField(
        _("score"), null=True, blank=True
    )  # frozen at completion; none with too few answers
    started_at = models.DateTimeField(_("started at"), default=now)
    completed_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects: ClassVar[PulseQuerySet] = PulseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["user", "-completed_at"], name="pulse_pulse_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(completed_at__isnull=True),
                name="pulse_pulse_one_under_way",
                violation_error_message=_("There is one pulse under way at most."),
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(completed_at__isnull=False, score__gte=0, score__lte=100),
                name="pulse_pulse_score_when_completed",
                violation_error_message=_("A pulse has a score between 0 and 100, and only when completed."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=["nl", "en"]),
                name="pulse_pulse_known_language",
                violation_error_message=_("A pulse is in Dutch or in English."),
            ),
        ]

    def __str__(self) -> str:
        return f"{TEAM_TRUST_PULSE} {self.started_at:%Y-%m-%d}"

    @property
    def is_completed(self) -> bool:
        return self.completed_at is not None

    @property
    def done_at(self) -> datetime:
        assert self.completed_at is not None
        return self.completed_at
