from __future__ import annotations

from django.urls import path

from portal.operations import views

app_name = "operations"
urlpatterns = [
    path("metrics", views.metrics, name="metrics"),
    path("probe", views.probed, name="probe"),
]
