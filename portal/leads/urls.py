from __future__ import annotations

from django.urls import path

from portal.leads import views

app_name = "leads"
urlpatterns = [
    path("u/<public_id:public_id>/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("u/<public_id:public_id>/<str:token>/again/", views.tips_again, name="tips_again"),
]
