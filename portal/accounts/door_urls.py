"""allauth's names, and only those of its pages that this portal opens: code, second factor, sign-out."""

from __future__ import annotations

from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts import views

urlpatterns = [
    # the code
    path(_("sign-in/"), views.request_code, name="account_request_login_code"),
    path(_("sign-in/"), views.request_code, name="account_login"),
    path(_("sign-in/code/"), views.confirm_code, name="account_confirm_login_code"),
    path(_("sign-out/"), views.sign_out, name="account_logout"),
    # the second factor
    path(_("account/two-step/"), mfa.index, name="mfa_index"),
    path(_("sign-in/two-step/"), views.authenticate, name="mfa_authenticate"),
    path(_("sign-in/two-step/again/"), views.reauthenticate, name="mfa_reauthenticate"),
    path(_("account/two-step/app/"), views.activate_totp, name="mfa_activate_totp"),
    path(_("account/two-step/app/off/"), totp.deactivate_totp, name="mfa_deactivate_totp"),
    path(_("account/two-step/codes/"), recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        _("account/two-step/codes/new/"), recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path(
        _("account/two-step/codes/file/"),
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
