"""The platform knows none of the apps above it, not even by their words: what is theirs they register."""

from __future__ import annotations

import re

from django.apps import apps
from django.conf import settings
from django.contrib.admin import site

from portal.accounts import staff
from portal.leads import consent, stages

COMPOSE = {  # where the parts are put together, by name, and why there
    "portal/settings.py": "which apps there are, what runs by the clock, how long things are kept",
    "portal/urls.py": "whose pages the site has",
    "portal/translations.py": "which folders hold words",
}
ALSO_OTHER_THINGS = {"host", "offer", "idempotency key"}  # a machine, what anybody offers, a term


def words_of_the_apps() -> set[str]:
    """App labels, and models as code and sentences name them: 'CallType', 'calltype', 'call type'."""
    above = [config for config in apps.get_app_configs() if config.name in ("assessments", "bookings")]
    labels = [config.label for config in above]
    names = [model.__name__ for config in above for model in config.get_models()]
    spaced = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) for name in names]
    return {word.lower() for word in (*labels, *names, *spaced)} - ALSO_OTHER_THINGS


def test_no_line_of_the_platform_says_a_word_of_the_apps() -> None:
    words = words_of_the_apps()
    assert {"bookings", "booking", "assessments", "scan", "call type"} <= words
    said = re.compile(rf"(?<![a-z])({'|'.join(sorted(words, reverse=True))})s?(?![a-z])", re.IGNORECASE)
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{number}: {line.strip()}"
        for path in sorted((settings.BASE_DIR / "portal").rglob("*.py"))
        if str(path.relative_to(settings.BASE_DIR)) not in COMPOSE and "migrations" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if said.search(line)
    ]
    assert found == [], "Say it without the word, or let the app register it in AppConfig.ready()."


def test_what_the_apps_registered_is_there_in_their_order() -> None:
    assert [stage for stage, _words in stages.choices()] == [
        "new",
        "scanned",
        "planned",
        "spoken",
        "client",
        "not_now",
    ]
    assert set(consent.PURPOSES) == {"tips", "sharing"}
    assert consent.CURRENT == {"tips": "2026-12c", "sharing": "2026-12"}


def test_a_coach_may_do_only_what_an_app_said_and_all_of_it_exists() -> None:
    menu = staff.menu()
    assert list(menu) == [
        "bookings",
        "leads",
        "sequences",
        "funnel",
        "mail",
        "practice",
        "webhook",
        "assessments",
        "numbers",
    ]
    shown = {(model._meta.app_label, model._meta.model_name) for model in site._registry}
    for app, models in menu.items():
        assert {apps.get_model(app, model)._meta.model_name for model in models} == set(models)
    assert shown - {(app, model) for app, models in menu.items() for model in models} == {
        ("accounts", "user")
    }
