"""A round in which a team answers, whom it was sent to, and the answers: three tables, and no path from an answer to
a person. What each column is for, and what is left out on purpose: docs/decisions/0047."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.instrument import Instrument
from assessments.mirror.domain import frozen
from assessments.mirror.domain.disclosure import FLOOR
from assessments.mirror.domain.frozen import Result
from assessments.models import Scan
from portal.common.ids import new_public_id
from portal.common.times import now

# What the secret links are for: portal/common/tokens.py.
INVITATION = "mirror.invitation"  # of one member
LINK = "mirror.link"  # of everybody, by generation


class RoundQuerySet(models.QuerySet["Round"]):
    def for_user(self, user_id: int) -> RoundQuerySet:
        return self.filter(user_id=user_id)

    def open(self) -> RoundQuerySet:
        return self.filter(closed_at__isnull=True)

    def closed(self) -> RoundQuerySet:
        return self.filter(closed_at__isnull=False)

    def due(self, at: datetime) -> RoundQuerySet:
        return self.open().filter(closes_at__lte=at)

    def latest_first(self) -> RoundQuerySet:
        return self.order_by("-opened_at", "-pk")

    def with_scan(self) -> RoundQuerySet:
        return self.select_related("user", "scan__instrument").defer("scan__instrument__content")


class Round(models.Model):
    """A leader asks the team, once, beside a completed scan. Open until it was closed; withdrawn, it has no row."""

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="rounds")
    scan = models.ForeignKey(Scan, models.CASCADE, related_name="rounds")
    language = models.CharField(_("language"), max_length=2)
    min_n = models.PositiveSmallIntegerField(_("fewest answers"))  # fixed at opening, whatever is set later
    opened_at = models.DateTimeField(_("opened at"), default=now)
    closes_at = models.DateTimeField(_("closes at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    has_link = models.BooleanField(_("has a link for everybody"), default=False)
    link_generation = models.PositiveSmallIntegerField(default=0)
    council_agreed = models.BooleanField(_("the works council agreed, where there is one"), default=False)
    # {key: 0 to 100}; null while the leader was not asked, {} of who would rather not
    guess = models.JSONField(_("guess"), null=True, blank=True)
    box = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    # keyed digests of who was invited, sorted, so that they say nothing of which invitation was whose; until closing
    invited = models.JSONField(default=list, blank=True)
    # all that is ever shown (mirror/domain/frozen.py), written once: never an exact mean
    result = models.JSONField(_("result"), null=True, blank=True)

    objects: ClassVar[RoundQuerySet] = RoundQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("team mirror")
        verbose_name_plural = _("team mirrors")
        ordering = ["-opened_at"]
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(closed_at__isnull=True), name="mirror_round_due")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(closed_at__isnull=True),
                name="mirror_round_one_open_a_leader",
                violation_error_message=_("You have a team mirror that is open."),
            ),
            models.CheckConstraint(
                condition=Q(min_n__gte=FLOOR),
                name="mirror_round_never_fewer_than_four",
                violation_error_message=_("Nothing is shown of fewer than four people."),
            ),
            models.CheckConstraint(
                condition=Q(council_agreed=True),
                name="mirror_round_council_agreed",
                violation_error_message=_("Say that the works council agreed, where there is one."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")),
                name="mirror_round_closes_after_it_opens",
                violation_error_message=_("A team mirror closes after it opened."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, result__isnull=True)
                | Q(closed_at__isnull=False, closed_at__gte=F("closes_at"), result__isnull=False),
                name="mirror_round_result_only_when_closed",
                violation_error_message=_("A team mirror has a result from its closing on, and none before."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=["nl", "en"]),
                name="mirror_round_known_language",
                violation_error_message=_("A team mirror is in Dutch or in English."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.opened_at:%Y-%m-%d}"

    @property
    def about(self) -> str:
        """What the invitations of this round are about."""
        return f"mirror:{self.public_id}"

    @property
    def shown(self) -> Result:
        """All that is ever shown of it; of an open one nothing."""
        return frozen.read(self.result)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_open(self) -> bool:
        """Whether it takes answers. At its closing time it is neither open nor, for a minute at most, closed."""
        return self.closed_at is None and now() < self.closes_at

    @property
    def is_enough(self) -> bool:
        """Whether anything is shown of it, once it is closed."""
        return self.shown.is_enough

    def instrument(self, language: str) -> Instrument:
        """The statements, of the version that the leader answered. `scan` is loaded."""
        return self.scan.instrument.parsed(language)


class Invitation(models.Model):
    """One use of a round: a link that was mailed, or a form behind the link for everybody. The address stands in no
    row of ours but the mail's, which goes when it has left."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="invitations")
    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    used = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("invitation to a team mirror")
        verbose_name_plural = _("invitations to a team mirror")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class TeamAnswer(models.Model):
    """One member's scores, until the round closes. Nothing else may ever stand here: no key to another row, no time,
    no language, no number that counts up. `box` is a random name that the round knows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.CharField(max_length=24, db_index=True)
    scores = models.JSONField()  # {key: units of 100/24, or null}

    class Meta:
        verbose_name = _("answer of a team")
        verbose_name_plural = _("answers of a team")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
