"""One contact, and short ways to its pages."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse

from portal.leads import services as leads
from portal.leads.models import Lead

EMAIL = "noor@voorbeeld.nl"


@pytest.fixture
def lead(db: None) -> Lead:
    return leads.contact(EMAIL, name="Noor Aydin", stage="scanned")


def url(name: str, lead: Lead, *more: Any) -> str:
    return reverse(f"admin:leads_lead_{name}", args=[lead.pk, *more])


def page_of(client: Client, lead: Lead) -> Tag:
    response = client.get(url("change", lead))
    assert response.status_code == 200
    return content(response)


def content(response: Any) -> Tag:
    found = BeautifulSoup(response.content, "html.parser").select_one("#content")
    assert found is not None
    return found
