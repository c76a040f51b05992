"""What was worked out of all scans together: one row for each version and language. Nothing here leads to anybody."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models import Instrument


class Figures(models.Model):
    """Of the completed scans of one version, in one language or in all (""). What is about too few is not in it."""

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="figures")
    language = models.CharField(_("language"), max_length=2, blank=True)
    computed_at = models.DateTimeField(_("worked out at"))
    used = models.PositiveIntegerField()  # scans that the figures are of: completed, and without a flag
    content = models.JSONField()  # as assessments/numbers/calculator.py writes it
    norm = models.JSONField(
        null=True
    )  # how many have each overall score, 0 to 100; of all languages together

    class Meta:
        verbose_name = _("figures of a version")
        verbose_name_plural = _("what the figures are worth")
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "language"],
                name="numbers_figures_once",
                violation_error_message=_("The figures of a version and a language stand in one row."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=["", "nl", "en"]),
                name="numbers_figures_known_language",
                violation_error_message=_("Figures are of Dutch scans, of English ones, or of both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.language}".strip()
