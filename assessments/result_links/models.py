"""One table: a result that its leader shows by a link. The address holds a token that no row has."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models import Scan
from portal.common import times
from portal.common.ids import new_public_id


class ResultLinkQuerySet(models.QuerySet["ResultLink"]):
    def of_user(self, user_id: int) -> ResultLinkQuerySet:
        return self.filter(scan__user_id=user_id)

    def living(self) -> ResultLinkQuerySet:
        """That show something now."""
        shown = self.filter(scan__status=Scan.Status.COMPLETED, scan__user__is_active=True)
        return shown.filter(withdrawn_at__isnull=True, ends_at__gt=times.now())

    def ended(self, before: datetime) -> ResultLinkQuerySet:
        return self.filter(Q(withdrawn_at__lt=before) | Q(ends_at__lt=before))

    def with_scan(self) -> ResultLinkQuerySet:
        return self.select_related("scan__instrument", "scan__user").defer("scan__instrument__content")


class ResultLink(models.Model):
    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    scan = models.ForeignKey(Scan, models.CASCADE, related_name="links", verbose_name=_("scan"))
    keys = models.JSONField(_("keys"))  # their slugs, in the order of the instrument
    with_overall = models.BooleanField(_("with the overall score"), default=False, db_default=False)
    with_name = models.BooleanField(_("with your name"), default=False, db_default=False)
    created_at = models.DateTimeField(_("made at"), default=times.now)
    ends_at = models.DateTimeField(_("ends at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects: ClassVar[ResultLinkQuerySet] = ResultLinkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("link to a result")
        verbose_name_plural = _("links to results")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(keys=[]),
                name="result_links_resultlink_shows_a_key",
                violation_error_message=_("A link shows one key at least."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("created_at")),
                name="result_links_resultlink_ends_after_it_began",
                violation_error_message=_("A link ends after it was made."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.created_at:%Y-%m-%d}"

    @property
    def is_living(self) -> bool:
        return self.withdrawn_at is None and self.ends_at > times.now()

    @property
    def last_instant(self) -> datetime:
        """On the last day on which it shows something."""
        return self.ends_at - timedelta(seconds=1)
