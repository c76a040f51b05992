"""What a browser sends of a passkey, and its name. Whatever is sent instead is answered with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from portal.accounts import factor
from portal.accounts.models import User
from portal.common.names import clean_line

MOST = 10  # passkeys of one person
LONGEST_NAME = 40
LONGEST = 16_384  # signs; an answer with the certificates of a maker has some thousands
# What the readers of allauth and fido2 raise for bytes that are none of theirs.
UNREADABLE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, NotImplementedError)
Looked = TypeVar("Looked")


class CredentialField(forms.CharField):
    """The JSON of a `PublicKeyCredential`, as an object."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)
        words = _("Your browser sent no passkey. Try again, or use a code.")
        self.error_messages |= dict.fromkeys(("required", "max_length"), words)

    def clean(self, value: Any) -> dict[str, Any]:
        try:
            sent = json.loads(super().clean(value))
        except (ValueError, RecursionError):
            sent = None
        if not (sent and isinstance(sent, dict)):  # allauth takes an empty one unseen
            raise ValidationError(self.error_messages["required"], code="unreadable")
        return sent


def checked(look: Callable[[], Looked], refused: str) -> Looked:
    try:
        return look()
    except ValidationError as error:
        if error.code == "too_many_login_attempts":  # allauth's own limit; its words are about a mailed code
            raise ValidationError(factor.pause_words(), code=factor.PAUSED) from error
        raise ValidationError(refused, code="passkey") from error
    except UNREADABLE as error:
        raise ValidationError(refused, code="passkey") from error


class Given:
    """A passkey that is given proves itself: it cannot be guessed, so that no try is counted, and where the codes
    are closed for today it opens."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        refused = __("That passkey does not open this account, or the question waited too long. Try again.")
        found: Authenticator = checked(super().clean_credential, refused)  # type: ignore[misc]  # a mixin
        return found


class PasskeyForm(Given, AuthenticateWebAuthnForm):
    credential = CredentialField()


class PasskeyAgainForm(Given, ReauthenticateWebAuthnForm):
    credential = CredentialField()


class PasskeySignInForm(Given, LoginWebAuthnForm):
    credential = CredentialField()


class NameField(forms.CharField):
    """A name that tells one passkey from another. What is too long is cut: a passkey that was just made on a
    device is not thrown away for its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Name"), **kwargs)
        self.widget.attrs |= {"autocomplete": "off", "maxlength": str(LONGEST_NAME)}

    def to_python(self, value: Any) -> str:
        return clean_line(str(super().to_python(value)))[:LONGEST_NAME].strip()


class NewPasskeyForm(AddWebAuthnForm):
    name = NameField(
        required=False,
        help_text=_("So that you know it again: the device it is on, or the key on your ring."),
    )
    credential = CredentialField()

    def clean(self) -> dict[str, Any]:
        user: User = self.user
        if Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count() >= MOST:
            raise ValidationError(
                __("You have %(most)d passkeys. Take one away before you add another.") % {"most": MOST}
            )
        refused = __("That passkey was not accepted, or the question waited too long. Try again.")
        data: dict[str, Any] = checked(super().clean, refused)
        return data


class PasskeyNameForm(EditWebAuthnForm):
    name = NameField(error_messages={"required": _("Give your passkey a name.")})
