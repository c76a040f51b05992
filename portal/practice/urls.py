from __future__ import annotations

from django.urls import re_path

from portal.practice import views

app_name = "practice"
urlpatterns = [re_path(r"^portrait/(?P<digest>[0-9a-f]{32})\.webp$", views.portrait, name="portrait")]
