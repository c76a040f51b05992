"""allauth's names, and only those of its pages that this portal opens: code, passkey, second step, sign-out."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts import second_step, views

urlpatterns = [
    # the code, or a passkey alone
    path(_("sign-in/"), views.request_code, name="account_request_login_code"),
    path(_("sign-in/"), views.request_code, name="account_login"),
    path(_("sign-in/code/"), views.confirm_code, name="account_confirm_login_code"),
    path(_("sign-in/passkey/"), second_step.passkey_sign_in, name="mfa_login_webauthn"),
    path(_("sign-out/"), views.sign_out, name="account_logout"),
    # the second step
    path(_("account/two-step/"), second_step.index, name="mfa_index"),
    path(_("sign-in/two-step/"), second_step.authenticate, name="mfa_authenticate"),
    path(_("sign-in/two-step/again/"), second_step.reauthenticate, name="mfa_reauthenticate"),
    path(_("account/two-step/passkey/"), second_step.add_passkey, name="mfa_add_webauthn"),
    path(_("account/two-step/passkey/<int:pk>/name/"), second_step.rename_passkey, name="mfa_edit_webauthn"),
    path(_("account/two-step/passkey/<int:pk>/off/"), second_step.remove_passkey, name="mfa_remove_webauthn"),
    path(_("account/two-step/app/"), second_step.activate_app, name="mfa_activate_totp"),
    path(_("account/two-step/app/off/"), second_step.app_off, name="mfa_deactivate_totp"),
    path(_("account/two-step/codes/"), second_step.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        _("account/two-step/codes/new/"), second_step.new_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path(
        _("account/two-step/codes/file/"), second_step.recovery_codes_file, name="mfa_download_recovery_codes"
    ),
    path(_("account/two-step/browsers/off/"), second_step.untrust_all, name="untrust_all"),
    path(_("account/two-step/browsers/<str:public_id>/off/"), second_step.untrust, name="untrust"),
]
