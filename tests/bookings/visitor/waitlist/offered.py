"""What the tests of waitlist share."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from bookings.models import Offer
from bookings.waitlist import emails
from portal.common import tokens

EMAIL = "noor@voorbeeld.nl"


WAITLIST = "/impactcall/wachtlijst/"


def link_of(offer: Offer, *, generation: int = 0) -> str:
    token = tokens.make(emails.OFFER, offer.public_id, generation)
    return reverse("bookings:offer_link", args=[offer.public_id, token])


def page_for(offer: Offer, name: str = "offer") -> str:
    return reverse(f"bookings:{name}", args=[offer.public_id])


def followed(offer: Offer) -> Client:
    """A browser of its own in which the link of the mail was followed."""
    browser = Client()
    assert browser.get(link_of(offer)).headers["Location"] == page_for(offer)
    return browser


def take(browser: Client, offer: Offer, **changes: str) -> HttpResponse:
    data = {"start": offer.starts[0].isoformat(), "name": "Noor Aydin"} | changes
    return browser.post(page_for(offer, "offer_take"), data)
