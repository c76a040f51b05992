"""What the tests of views share."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from django.urls import reverse


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def scan_url(number: int) -> str:
    return reverse("assessments:scan", args=[number])
