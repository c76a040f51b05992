from __future__ import annotations

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from portal.accounts import factor, services
from portal.accounts.models import User
from portal.common import times
from portal.common.codes import LONGEST, SeveralCodesError, read_code
from portal.common.names import clean_name, mailbox
from portal.common.selects import LongSelect

EMAIL_ERRORS = {
    "required": _("Fill in your e-mail address."),
    "invalid": _("That does not look like an e-mail address. It looks like name@example.org."),
    "max_length": _("That e-mail address is too long."),
}
WRONG_CODE = "incorrect_code"  # as allauth names it: of all errors the only one that costs a try


class EmailField(forms.EmailField):
    """An address as it is used for sending, with our own words when it is wrong: lower case, the domain in
    ASCII (IDNA). So one mailbox is one person, and an address nothing can be sent to is refused here."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail address"))
        kwargs.setdefault("max_length", 254)
        kwargs.setdefault("error_messages", EMAIL_ERRORS)
        super().__init__(**kwargs)
        self.widget.attrs.update({"autocomplete": "email", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        try:
            address = mailbox(str(super().clean(value)))
            address.encode("ascii")
        except UnicodeError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        # Allowed on paper, used by nobody, and no two mail programs agree about it.
        if '"' in address or "=?" in address:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        self.run_validators(address)  # once more: the domain may have grown
        return address


class CodeField(forms.CharField):
    default_error_messages = {
        "several": _("More than one code stands in what you pasted. Type the one from the newest mail."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Code"), max_length=LONGEST, **kwargs)
        self.widget.attrs.update({"autocomplete": "one-time-code", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        try:
            return read_code(super().clean(value))
        except SeveralCodesError:
            raise ValidationError(self.error_messages["several"], code="several") from None


class AppCodeField(CodeField):
    default_error_messages = {
        "several": _("More than one code stands in what you pasted. Type the one that your app shows now."),
    }


class ConfirmCodeForm(ConfirmLoginCodeForm):
    code = CodeField()


class FactorForm(AuthenticateForm):
    code = AppCodeField()

    def clean_code(self) -> str:
        return factor.checked(self.user, super().clean_code)


class FactorAgainForm(ReauthenticateForm):
    code = AppCodeField()

    def clean_code(self) -> str:
        return factor.checked(self.user, super().clean_code)


class ActivateFactorForm(ActivateTOTPForm):
    code = AppCodeField()


class RequestCodeForm(forms.Form):
    """Where to send the code. Whether anybody is known there is not looked at here."""

    email = EmailField()


class KeepForm(forms.Form):
    email = EmailField()
    tips = forms.BooleanField(required=False)


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "time_zone"]

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=LongSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in times.zone_names() if times.is_zone(zone))
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        return clean_name(name) if name.strip() else ""


class CodeForm(forms.Form):
    """A code typed again, for something that cannot be undone."""

    code = CodeField()

    def __init__(self, *args: Any, expected: str = "", **kwargs: Any) -> None:
        self.expected = expected
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not self.expected or services.digest(code) != self.expected:
            raise ValidationError(
                __("That is not the code from the mail. Look once more, or ask for a new one."),
                code=WRONG_CODE,
            )
        return code
