"""A coach writes a mail of a sequence in a real browser: preview, test mail, axe, 320 px, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from portal.accounts.models import User
from portal.leads import services as leads
from portal.leads.sequences.models import Run, Sequence, Step
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import browser_of
from tests.sequences.people import wants_tips

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"resultTypes": ["violations"], "preload": False}


@pytest.fixture
def step(site: str) -> Step:
    """The mail of day 5, in a sequence with somebody in it."""
    call_command("ensure_sequences", verbosity=0)
    leads.record(wants_tips(name="Willemijn van den Oudenhoven-Vandersteen"), "scan.completed")
    return Sequence.objects.get().steps.get(delay_days=5)


@pytest.fixture
def coach(open_browser: Callable[..., Page], step: Step, site: str) -> Callable[..., Page]:
    """A page in which the coach signed in."""

    def open_one(**options: Any) -> Page:
        client = browser_of(User.objects.get(is_superuser=True))
        page = open_browser(**options)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [
                {
                    "name": name,
                    "value": client.cookies[name].value,
                    "domain": urlsplit(site).hostname,
                    "path": "/",
                }
            ]
        )
        return page

    return open_one


def pages(step: Step) -> list[str]:
    names = {
        "changelist": [],
        "add": [],
        "paragraph": ["no-show"],
        "change": [step.sequence_id],
        "people": [step.sequence_id],
        "run": [Run.objects.get().pk],
    }
    paths = [reverse(f"admin:sequences_sequence_{name}", args=args) for name, args in names.items()]
    both = [step.sequence_id, step.pk]
    return paths + [reverse(f"admin:sequences_sequence_{name}", args=both) for name in ("step", "step_out")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone_and_axe_finds_nothing(
    coach: Callable[..., Page], step: Step, scheme: str
) -> None:
    page = coach(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    for path in pages(step):
        assert page.goto(path).status == 200
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path


def test_what_is_typed_is_previewed_mailed_and_saved(coach: Callable[..., Page], step: Step) -> None:
    page = coach(viewport={"width": 1280, "height": 900})
    page.goto(pages(step)[-2])
    page.wait_for_load_state()
    page.get_by_label("Onderwerp in het Nederlands").fill("Over {sleutel}, {voornaam}")
    heading = page.locator(".preview h3").first
    expect(heading).to_have_text("Over ruimte om het zelf te doen, Femke")

    page.get_by_role("button", name="Mail mij een proef").click()
    expect(page.locator(".messagelist")).to_contain_text("De proefmail is in beide talen op weg naar")
    assert OutboundEmail.objects.filter(subject="Proef: Over ruimte om het zelf te doen, Femke").count() == 1

    page.get_by_label("Onderwerp in het Nederlands").fill("Over {sleutl}")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator(".errorlist")).to_have_text(
        "‘{sleutl}’ is geen variabele die we kennen. Neem er een uit de lijst."
    )
    page.get_by_label("Onderwerp in het Nederlands").fill("Over {sleutel}")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator(".messagelist")).to_contain_text("Opgeslagen.")
    step.refresh_from_db()
    assert step.subject_nl == "Over {sleutel}"


def test_without_javascript_the_button_shows_how_it_reads(coach: Callable[..., Page], step: Step) -> None:
    page = coach(java_script_enabled=False)
    page.goto(pages(step)[-2])
    page.get_by_label("Onderwerp in het Nederlands").fill("Dag {voornaam}")
    page.get_by_role("button", name="Laat de mail zien").click()
    expect(page.locator(".preview h3").first).to_have_text("Dag Femke")
    expect(page.get_by_label("Onderwerp in het Nederlands")).to_have_value("Dag {voornaam}")
    step.refresh_from_db()
    assert step.subject_nl != "Dag {voornaam}"


def test_by_keyboard_somebody_is_paused(coach: Callable[..., Page], step: Step) -> None:
    page = coach()
    page.goto(reverse("admin:sequences_sequence_people", args=[step.sequence_id]))
    page.get_by_role("button", name="Zet stil").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".sequence-people")).to_contain_text("door jou stilgezet")


def test_from_the_page_of_a_contact_an_answer_is_marked(coach: Callable[..., Page], step: Step) -> None:
    page = coach()
    contact = reverse("admin:leads_lead_change", args=[Run.objects.get().lead_id])
    page.goto(contact)
    page.get_by_role("link", name="Zet stil, geantwoord of stop").click()
    page.get_by_role("button", name="Geantwoord").click()
    page.wait_for_url(f"**{contact}")
    expect(page.locator("#content")).to_contain_text("heeft geantwoord")
