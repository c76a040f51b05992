"""Included in local mode only."""

from __future__ import annotations

from django.urls import path

from portal.local import views

app_name = "local"
urlpatterns = [
    path("mail/", views.mail_list, name="mail_list"),
    path("mail/<str:name>/", views.mail, name="mail"),
    path("mail/<str:name>/html/", views.mail_html, name="mail_html"),
    path("mail/<str:name>/raw/", views.mail_raw, name="mail_raw"),
    path("mail/<str:name>/parts/<int:number>/", views.mail_attachment, name="mail_attachment"),
    path("sign-in/<str:token>/", views.sign_in_link, name="sign_in"),
]
