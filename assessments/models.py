"""Two tables: the instrument (a version is one row) and the scan (a run is one row, answers and all)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from assessments import instrument as questionnaire
from assessments.instrument import PAGE_COUNT
from assessments.scoring import KeyScore, Scores
from portal.common.ids import new_public_id
from portal.common.times import now

SELF_SCAN = "team-trust-self-scan"


class PublishedInstrumentError(Exception):
    """A published version never changes: scans refer to it. A change is a new version."""


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    def current(self) -> Instrument:
        """The self-scan as it is offered now: the highest published version.

        Raises Instrument.DoesNotExist when none was loaded.
        """
        published = self.filter(slug=SELF_SCAN, status=Instrument.Status.PUBLISHED).defer("content")
        newest = max(published, key=lambda row: row.number, default=None)
        if newest is None:
            raise Instrument.DoesNotExist("No self-scan is published: run `manage.py load_instrument`.")
        return newest

    def with_major(self, slug: str, major: int) -> InstrumentQuerySet:
        """All versions whose scores compare: minor versions differ in words only."""
        return self.filter(slug=slug, version__startswith=f"{major}.")


class Instrument(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    slug = models.SlugField(_("name in addresses"), max_length=60)
    version = models.CharField(_("version"), max_length=20)
    content = models.JSONField(_("content"))
    checksum = models.CharField(_("checksum"), max_length=64, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects: ClassVar[InstrumentQuerySet] = InstrumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["slug", "-published_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version"],
                name="assessments_instrument_one_row_per_version",
                violation_error_message=_("This version exists already. A change is a new version."),
            ),
            models.CheckConstraint(
                condition=Q(status="published", published_at__isnull=False)
                | Q(status="draft", published_at__isnull=True),
                name="assessments_instrument_published_has_a_time",
                violation_error_message=_("A published version has the time at which it was published."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the checksum; raise PublishedInstrumentError for a change to what was published."""
        self.checksum = checksum_of(self.content)
        if self.pk and self.is_changed_after_publication():
            raise PublishedInstrumentError(f"{self} is published and never changes. Make a new version.")
        super().save(*args, **kwargs)

    @property
    def number(self) -> tuple[int, int]:
        return questionnaire.version_number(self.version)

    def compares_with(self, other: Instrument) -> bool:
        return self.slug == other.slug and self.number[0] == other.number[0]

    def is_changed_after_publication(self) -> bool:
        kept = Instrument.objects.defer("content").filter(pk=self.pk, status=self.Status.PUBLISHED).first()
        facts = ("slug", "version", "checksum", "status", "published_at")
        return kept is not None and any(getattr(self, name) != getattr(kept, name) for name in facts)

    def parsed(self, language: str) -> questionnaire.Instrument:
        """The questionnaire in one language ('nl' or 'en'), parsed once per process."""
        return _parsed(self.pk, self.checksum, language)


@lru_cache(maxsize=32)
def _parsed(pk: int, checksum: str, language: str) -> questionnaire.Instrument:
    content = Instrument.objects.values_list("content", flat=True).get(pk=pk, checksum=checksum)
    return questionnaire.parse(content, language)


def checksum_of(content: Mapping[str, Any]) -> str:
    """SHA-256 over the content with sorted names, so that the order in a file does not matter."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class ScanQuerySet(models.QuerySet["Scan"]):
    def for_user(self, user_id: int) -> ScanQuerySet:
        return self.filter(user_id=user_id)

    def visible_to(self, *, user_id: int | None, browser_scans: Sequence[str]) -> ScanQuerySet:
        """What a visitor may open: the own account's scans, and this browser's while they are nobody's."""
        visible = Q(public_id__in=browser_scans, user__isnull=True)
        if user_id is not None:
            visible |= Q(user_id=user_id)
        return self.filter(visible, ~Q(status=Scan.Status.DISCARDED))

    def completed(self) -> ScanQuerySet:
        return self.filter(status=Scan.Status.COMPLETED)

    def in_progress(self) -> ScanQuerySet:
        return self.filter(status=Scan.Status.IN_PROGRESS)

    def comparable_with(self, instrument: Instrument) -> ScanQuerySet:
        same_major = Instrument.objects.with_major(instrument.slug, instrument.number[0])
        return self.filter(instrument__in=same_major)

    def uncounted(self) -> ScanQuerySet:
        """That came farther, or less far, than was counted."""
        return self.exclude(reached=F("counted"))

    def latest_first(self) -> ScanQuerySet:
        return self.order_by(Coalesce("completed_at", "started_at").desc(), "-pk")

    def with_instrument(self) -> ScanQuerySet:
        return self.select_related("instrument").defer("instrument__content")

    def abandoned(self, before: datetime) -> ScanQuerySet:
        """Nobody's scans that were last finished or started before that instant."""
        touched = self.filter(user__isnull=True).annotate(touched_at=Coalesce("completed_at", "started_at"))
        return touched.filter(touched_at__lt=before)


class Scan(models.Model):
    """One run of an instrument. Belongs to nobody until a proven mailbox takes it."""

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress", _("under way")
        COMPLETED = "completed", _("finished")
        DISCARDED = "discarded", _("set aside")

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    instrument = models.ForeignKey(
        Instrument, models.PROTECT, related_name="scans", verbose_name=_("instrument")
    )
    language = models.CharField(_("language"), max_length=2, default="nl")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="scans",
        verbose_name=_("account"),
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.IN_PROGRESS)
    came_from = models.JSONField(default=dict, db_default={}, blank=True)  # portal/common/came_from.py
    answers = models.JSONField(default=dict, blank=True)  # {item id: 1 to 5, or null for "did not come up"}
    page_saved_at = models.JSONField(default=dict, blank=True)  # {page number: ISO instant of the last save}
    scores = models.JSONField(null=True, blank=True)  # frozen at completion
    overall = models.FloatField(_("overall"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), default=now)
    completed_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    attached_at = models.DateTimeField(_("attached at"), null=True, blank=True)
    # the farthest step (assessments/steps.py) it came to, and up to which that is counted
    reached = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    counted = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    is_beside: bool = False  # no column: its visitor is in a newer one too, so its pages' addresses name it

    objects: ClassVar[ScanQuerySet] = ScanQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["user", "-completed_at"], name="assessments_scan_of_user"),
            models.Index(
                fields=["started_at"], condition=Q(user__isnull=True), name="assessments_scan_unattached"
            ),
            models.Index(
                fields=["id"], condition=~Q(reached=F("counted")), name="assessments_scan_uncounted"
            ),
            models.Index(
                fields=["id"], condition=Q(came_from__has_key="van"), name="assessments_scan_by_a_link"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="completed", completed_at__isnull=False, scores__isnull=False)
                | (
                    Q(status__in=["in_progress", "discarded"])
                    & Q(completed_at__isnull=True, scores__isnull=True)
                ),
                name="assessments_scan_scores_only_when_completed",
                violation_error_message=_(
                    "A scan has scores and a time of completion exactly when completed."
                ),
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, attached_at__isnull=False)
                | Q(user__isnull=True, attached_at__isnull=True),
                name="assessments_scan_attached_has_a_time",
                violation_error_message=_("A scan has an account and the time it was attached, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(overall__isnull=True) | Q(overall__gte=0, overall__lte=100),
                name="assessments_scan_overall_on_the_scale",
                violation_error_message=_("The overall score lies between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=["nl", "en"]),
                name="assessments_scan_known_language",
                violation_error_message=_("A scan is in Dutch or in English."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.started_at:%Y-%m-%d}"

    @property
    def is_completed(self) -> bool:
        return self.status == self.Status.COMPLETED

    @property
    def done_at(self) -> datetime:
        assert self.completed_at is not None
        return self.completed_at

    @property
    def first_unfinished_page(self) -> int | None:
        """The first page with an item without an answer, or None. 'Did not come up' is an answer."""
        pages = self.instrument.parsed(self.language).pages
        return next(
            (n for n, page in enumerate(pages, 1) if any(i.id not in self.answers for i in page)), None
        )

    @property
    def resume_page(self) -> int:
        return self.first_unfinished_page or PAGE_COUNT

    @property
    def frozen_scores(self) -> Scores:
        """The scores as they were written at completion. Only for a completed scan."""
        keys = tuple(KeyScore(key["slug"], key["score"], key["answered"]) for key in self.scores or [])
        return Scores(keys, self.overall)
