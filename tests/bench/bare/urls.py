from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    """One query, one page of 10 KB."""
    return render(
        request, "bare/page.html", {"row": ContentType.objects.filter(app_label="bookings").first()}
    )


urlpatterns = [path("", bare)]
