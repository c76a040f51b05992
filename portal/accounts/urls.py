from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts import own_data, views, yes_and_no

app_name = "accounts"
urlpatterns = [
    path(_("account/"), views.account, name="account"),
    path(_("account/profile/"), views.profile, name="profile"),
    path(_("account/yes-and-no/"), yes_and_no.show, name="yes_and_no"),
    path(_("account/tips/"), yes_and_no.tips, name="tips"),
    path(_("account/contact/"), views.contact, name="contact"),
    path(_("account/sign-out-there/<str:public_id>/"), views.end_session, name="end_session"),
    path(_("account/sign-out-everywhere/"), views.end_sessions, name="end_sessions"),
    path(_("account/delete/"), views.delete, name="delete"),
    path(_("account/delete/code/"), views.delete_confirm, name="delete_confirm"),
    path(_("account/everything/"), own_data.show, name="own_data"),
    path(_("deleted/"), views.deleted, name="deleted"),
    path(_("keep/"), views.keep, name="keep"),
]
