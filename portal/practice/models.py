"""Who runs this portal, as a coach fills it in: one row. And the words of the coach's own in the place of ours."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.common.seen import seen


class Practice(models.Model):
    """Made by `setup` out of the environment, which gives first values only. The coach's name is not here: it has one
    place, in the app whose coach it is (`portal/practice/coach.py`)."""

    ONLY = 1
    FIELDS = (
        "practice_name",
        "address",
        "kvk",
        "vat_id",
        "phone",
        "email",
        "privacy_email",
        "price_nl",
        "price_en",
        "processors",
    )

    practice_name = models.CharField(_("name of the practice"), max_length=80)
    address = models.CharField(_("address"), max_length=200, blank=True, default="", db_default="")
    kvk = models.CharField(_("KvK number"), max_length=12, blank=True, default="", db_default="")
    vat_id = models.CharField(_("VAT number"), max_length=20, blank=True, default="", db_default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="", db_default="")
    email = models.EmailField(_("e-mail address"), max_length=254)
    privacy_email = models.EmailField(
        _("address for questions about data"), max_length=254, blank=True, default="", db_default=""
    )
    # what a call costs; empty is free
    price_nl = models.CharField(_("price in Dutch"), max_length=40, blank=True, default="", db_default="")
    price_en = models.CharField(_("price in English"), max_length=40, blank=True, default="", db_default="")
    # [{"name": …, "purpose": …, "purpose_en": …, "country": …}]
    processors = models.JSONField(_("who works for you"), default=list, db_default=[], blank=True)
    portrait = models.BinaryField(null=True, editable=False)  # portal/practice/portraits.py made it
    portrait_digest = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    first_steps_hidden_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(default=times.now, editable=False)

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practice")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="practice_practice_only_one",
                violation_error_message=_("There is one practice."),
            ),
            models.CheckConstraint(
                condition=Q(portrait__isnull=True, portrait_digest="")
                | Q(portrait__isnull=False) & ~Q(portrait_digest=""),
                name="practice_practice_portrait_has_a_digest",
                violation_error_message=_("A portrait has an address of its own."),
            ),
        ]

    def __str__(self) -> str:
        return self.practice_name

    @property
    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.FIELDS}

    def seen_as(self, coach_name: str) -> str:
        """What a form showed of it, to hear whether somebody else saved since."""
        return seen(coach_name, *self.values.values())


class OwnText(models.Model):
    """What a coach says in the place of a text of ours (`portal/practice/texts.py`); empty is ours."""

    key = models.CharField(max_length=40, unique=True)
    text_nl = models.TextField(_("in Dutch"), blank=True, default="", db_default="", max_length=1500)
    text_en = models.TextField(_("in English"), blank=True, default="", db_default="", max_length=1500)
    changed_at = models.DateTimeField(default=times.now, editable=False)

    class Meta:
        verbose_name = _("own text")
        verbose_name_plural = _("own texts")

    def __str__(self) -> str:
        return self.key

    @property
    def seen(self) -> str:
        return seen(self.text_nl, self.text_en)

    def text(self, language: str) -> str:
        return self.text_en if language == "en" else self.text_nl
