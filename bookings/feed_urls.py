from __future__ import annotations

from django.urls import path

from bookings.views import feed

app_name = "feeds"
urlpatterns = [path("agenda/<public_id:public_id>/<str:token>.ics", feed.calls, name="calls")]
