"""What the mails about an account are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.mail.names import Name

NAMES = {
    "accounts/login_code": Name(_("Sign-in code"), is_code=True),
    "accounts/delete_code": Name(_("Code to erase everything"), is_code=True),
    "accounts/idle": Name(
        _("Account that nobody uses"),
        _("They do not read that it goes, and it goes all the same on that day."),
    ),
    "accounts/many_codes": Name(_("Warning of very many codes"), _("You are not warned.")),
    "accounts/factor_tries": Name(_("Warning of wrong codes"), _("Whoever signs in with it is not warned.")),
}
