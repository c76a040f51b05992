from __future__ import annotations

import uuid
from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.common.ids import new_public_id
from portal.common.names import first_name


class UserQuerySet(models.QuerySet["User"]):
    def idle(self, since: datetime) -> UserQuerySet:
        return self.filter(is_staff=False, proven_at__isnull=False, last_login__lt=since)


class SessionQuerySet(models.QuerySet["Session"]):
    def open(self) -> SessionQuerySet:
        return self.filter(public_id__isnull=False, expire_date__gt=timezone.now()).order_by("-seen_at")


class SessionManager(models.Manager["Session"]):
    """A session comes with whose it is: nearly every page of who signed in asks for both."""

    def get_queryset(self) -> SessionQuerySet:
        return SessionQuerySet(self.model, using=self._db).select_related("user")

    def open(self) -> SessionQuerySet:
        return self.get_queryset().open()


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def idle(self, since: datetime) -> UserQuerySet:
        return self.get_queryset().idle(since)

    def create_user(self, email: str, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, **fields: Any) -> User:
        fields.pop("password", None)
        return self.create_user(email, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person whose mailbox was proven, or is about to be. Signs in by e-mailed code."""

    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(
        _("language"), max_length=2, default="nl", choices=[("nl", _("Dutch")), ("en", _("English"))]
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Amsterdam")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    proven_at = models.DateTimeField(_("address confirmed at"), null=True, blank=True)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)
    # when we said that the account goes because nobody signs in; a later sign-in makes it void
    idle_told_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        permissions = [("see_practice", "See everything of the practice")]  # portal/common/sight.py
        indexes = [  # whom no list of contacts shows
            models.Index(fields=["email"], condition=models.Q(is_staff=True), name="accounts_user_staff"),
            models.Index(
                fields=["last_login"], condition=models.Q(is_staff=False), name="accounts_user_idle"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="accounts_user_email_lowercase",
                violation_error_message=_("An e-mail address is stored in lower case."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def was_told_it_is_idle(self) -> bool:
        return bool(self.idle_told_at and self.last_login and self.idle_told_at > self.last_login)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return first_name(self.name) or self.email


class Device(models.Model):
    """What a row says of a browser: two plain words, and no network address."""

    browser = models.CharField(max_length=30, blank=True)
    system = models.CharField(max_length=30, blank=True)

    class Meta:
        abstract = True

    @property
    def device(self) -> str:
        """'Firefox on Windows', in plain words and as far as the browser said so."""
        if self.browser and self.system:
            return gettext("%(browser)s on %(system)s") % {"browser": self.browser, "system": self.system}
        return self.browser or self.system or gettext("An unknown browser")


class Session(AbstractBaseSession, Device):
    """A browser's session, with whose it is once somebody signed in; written by `sessions.SessionStore`."""

    public_id = models.CharField(max_length=24, unique=True, null=True)  # noqa: DJ001 - unique, so not empty
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions", null=True)
    seen_at = models.DateTimeField(default=timezone.now)
    # when what was typed in it and not confirmed was last touched; what a session holds no query can see
    typed_at = models.DateTimeField(null=True, db_index=True)

    objects: ClassVar[SessionManager] = SessionManager()  # type: ignore[assignment]  # ours lists

    def __str__(self) -> str:
        return self.device

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore


class TrustedBrowserQuerySet(models.QuerySet["TrustedBrowser"]):
    def trusted(self) -> TrustedBrowserQuerySet:
        return self.filter(trusted_at__gt=timezone.now() - settings.RETENTION["trusted_browsers"])


class TrustedBrowser(Device):
    """A browser in which the second step is not asked for, for some weeks; see `trusted`.

    Triggers in the database delete it when the second factor is removed, when rights change, and when the
    address does, whoever changes them.
    """

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id)
    user = models.ForeignKey(User, models.CASCADE, related_name="trusted_browsers")
    digest = models.CharField(max_length=64, unique=True)  # of what its cookie holds
    trusted_at = models.DateTimeField(_("trusted since"), default=timezone.now)
    used_at = models.DateTimeField(_("last used"), default=timezone.now)

    objects: ClassVar[Any] = TrustedBrowserQuerySet.as_manager()

    class Meta:
        ordering = ["-used_at", "pk"]

    def __str__(self) -> str:
        return self.device


class UsedLoginCode(models.Model):
    """A code that was just accepted, so that a double click ends on the same page instead of an error.

    Holds digests only; a row is worthless without the browser's old session key and the code itself.
    """

    session_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64)
    session_key = models.CharField(max_length=40)
    redirect_to = models.CharField(max_length=500)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session_digest", "code_digest"], name="accounts_usedlogincode_once_per_session"
            )
        ]

    def __str__(self) -> str:
        return f"{self.used_at:%Y-%m-%d %H:%M}"


class RateCounter(models.Model):
    """When something happened lately, for one limit. One atomic upsert counts; see `limits.take`."""

    key = models.CharField(max_length=160, primary_key=True)
    hits = ArrayField(models.DateTimeField(), default=list)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {len(self.hits)}"


class Erasure(models.Model):
    """That somebody was erased, so that a backup of before can be put back without them. Of whom, only a keyed
    digest of the address is left; see `erasures`."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    erased_at = models.DateTimeField(db_index=True, editable=False)

    def __str__(self) -> str:
        return f"{self.erased_at:%Y-%m-%d %H:%M}"
