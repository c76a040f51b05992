"""A coach whose calendar can be booked."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.common.ids import new_public_id


def check_zone(name: str) -> None:
    if not times.is_zone(name):
        raise ValidationError(_("That is not a time zone we know; choose one such as Europe/Amsterdam."))


class Host(models.Model):
    """A coach whose calendar can be booked. Rules are wall times in `time_zone` (IANA)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="hosts",
        verbose_name=_("account"),
    )
    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail address"), max_length=254)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=times.HOST_ZONE, validators=[check_zone]
    )
    is_active = models.BooleanField(_("active"), default=True)
    # the feed of this host's calls: its address is made of these two
    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    feed_generation = models.PositiveIntegerField(default=0, editable=False)
    feed_shows_names = models.BooleanField(_("show names in the calendar feed"), default=False)

    class Meta:
        verbose_name = _("coach")
        verbose_name_plural = _("coaches")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
