"""How many came how far: numbers only. Nothing here leads to anybody (decision 0036)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tally(models.Model):
    """Of those who began on one day, in Amsterdam, how many came to a step. Split one way at a time: by
    nothing, by language, or by source."""

    class By(models.TextChoices):
        NOTHING = "", _("nothing")
        SOURCE = "source", _("source")
        LANGUAGE = "language", _("language")

    on = models.DateField(_("day"))
    by = models.CharField(_("split by"), max_length=8, choices=By, blank=True)
    value = models.CharField(max_length=64, blank=True)  # a language, or `Source.digest`; "" for not known
    step = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number")
        verbose_name_plural = _("how far people come")
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["by", "on", "value", "step"], name="funnel_tally_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.step}: {self.count}"


class Source(models.Model):
    """A way by which people came in one month. It has its name only from the fifth who came by it: before that it
    is a digest, because who types an address can make a source of anything."""

    month = models.DateField()  # its first day
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["month", "digest"], name="funnel_source_once_a_month"),
        ]

    def __str__(self) -> str:
        return self.name or "–"
