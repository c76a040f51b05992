"""People who do not exist, to look at the portal with: `make demo`. They have names as people have, and an address by
which they are known; pages mark whoever has one (`is_demo`).

What happened to somebody follows from the address and the day, so that the same day gives the same demo. Times are
those of the person: everything about somebody lies between `first_came_at` and now, in the order of life.
"""

from __future__ import annotations

import random
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import exp
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.common import times

AT = "@demo.example"  # whoever has an address here is a demo; no mail server will ever have this name
SCALES = (1, 10, 100)
PEOPLE = 120  # at 1x
EVERY_ENGLISH, EVERY_WITH_EARLIER = 9, 3  # every so many people read English, or came earlier too
LONGEST_AGO = 700  # days: what is older is thrown away
DUTCH = [
    "Sanne",
    "Noor",
    "Daan",
    "Fatima",
    "Joris",
    "Eva",
    "Bram",
    "Yasmin",
    "Ruben",
    "Lotte",
    "Karim",
    "Iris",
    "Thijs",
    "Samira",
    "Pieter",
    "Anouk",
    "Emre",
    "Maaike",
    "Wouter",
    "Femke",
    "Sander",
    "Nadia",
    "Jeroen",
    "Marieke",
    "Bilal",
    "Ilse",
    "Koen",
    "Esra",
    "Hanneke",
    "Mark",
    "Soraya",
    "Tom",
    "Judith",
    "Willem",
    "Aylin",
    "Marloes",
]
DUTCH_FAMILIES = (
    "de Vries", "Bakker", "El Amrani", "Jansen", "van den Berg", "Yilmaz", "Visser", "Smit", "Meijer", "de Boer",
    "Mulder", "Bos", "Vos", "Peters", "Hendriks", "van Leeuwen", "Dekker", "Brouwer", "de Wit", "Dijkstra", "Kaya",
    "Smeets", "de Graaf", "Kok", "Jacobs", "van Dam", "Vermeulen", "van der Heijden", "Schouten", "Willems", "Ozturk",
    "van Dijk", "Hoekstra", "Koster", "Prins", "Huisman", "Postma", "Kuipers", "Veenstra", "Kramer", "van Wijk",
    "Postmus", "Martens", "Bosman", "Ramdin", "Scholten", "Timmermans", "Verhoeven",
)  # fmt: skip
ENGLISH = [
    "Emily",
    "Oliver",
    "Priya",
    "Thomas",
    "Grace",
    "Daniel",
    "Aisha",
    "Liam",
    "Hannah",
    "Marcus",
    "Chloe",
    "Ravi",
]
ENGLISH_FAMILIES = (
    "Clarke", "Hughes", "Nair", "O’Connor", "Walsh", "Bennett", "Osei", "Turner", "Murphy", "Reid", "Fletcher",
    "Patel", "Ellis",
)  # fmt: skip
WAYS: tuple[dict[str, str], ...] = (
    {"van": "blog"},
    {"utm_source": "nieuwsbrief", "utm_medium": "mail"},
    {"referrer": "https://www.linkedin.com"},
    {},
    {"van": "podcast"},
    {"referrer": "https://www.linkedin.com"},
    {"utm_source": "lezing", "utm_medium": "kaartje"},
)


def is_demo(email: str) -> bool:
    return email.endswith(AT)


def mark(email: str) -> str:
    """What stands beside the name of somebody who does not exist; nothing for anybody else."""
    return format_html(' <span class="demo">{}</span>', _("example")) if is_demo(email) else SafeString("")


def dice(*about: object) -> random.Random:
    """The same throws every time for the same thing."""
    return random.Random(" ".join(map(str, about)))  # noqa: S311 - nothing secret is drawn


@dataclass(frozen=True)
class Person:
    """The `number`th that came, counted back from now: 1 is the newest."""

    number: int

    @property
    def language(self) -> str:
        return "nl" if self.number % EVERY_ENGLISH else "en"

    @property
    def name(self) -> str:
        """Of the two rows of names; where every pair is used, with a second family name."""
        firsts, lasts = (DUTCH, DUTCH_FAMILIES) if self.language == "nl" else (ENGLISH, ENGLISH_FAMILIES)
        at = self.number - 1
        first, turn = firsts[at % len(firsts)], at // len(firsts)
        last = lasts[(7 * at + turn) % len(lasts)]
        around, second = divmod(turn, len(lasts))
        return f"{first} {last}" if not around else f"{first} {last}-{lasts[(second + around) % len(lasts)]}"

    @property
    def email(self) -> str:
        """The name as people make an address of it, with the number where two would have the same."""
        plain = self.name.lower().replace("’", "").replace(" ", ".", 1).replace(" ", "")
        return f"{plain}{'' if self.number <= PEOPLE else self.number}{AT}"

    @property
    def way(self) -> dict[str, str]:
        return WAYS[self.number % len(WAYS)]

    def came_at(self, now: datetime) -> datetime:
        """When this person was here last: most of them lately, nobody longer ago than LONGEST_AGO days."""
        ago = 72 * (self.number / PEOPLE) ** 1.8
        days = 1 + int(LONGEST_AGO * (1 - exp(-ago / LONGEST_AGO)))
        on = times.local(now, times.HOST_ZONE).date() - timedelta(days=days)
        minute = (
            dice("came", self.number).choice((8, 9, 11, 13, 16, 19, 20, 21, 21)) * 60 + self.number * 7 % 60
        )
        return datetime.combine(on, time(*divmod(minute, 60)), tzinfo=times.zone(times.HOST_ZONE))

    def first_came_at(self, now: datetime) -> datetime:
        """The same, unless this person came earlier too."""
        earlier = (
            timedelta(days=91 + self.number % 60) if self.number % EVERY_WITH_EARLIER == 0 else timedelta()
        )
        return self.came_at(now) - earlier


def people(scale: int) -> Iterator[Person]:
    return map(Person, range(1, PEOPLE * scale + 1))


class DemoCommand(BaseCommand):
    """One part of the demo. Filling twice is filling once; removing leaves everybody else alone."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=int, choices=SCALES, default=1, help="how much: 1, 10 or 100")
        parser.add_argument("--remove", action="store_true", help="take all of it away again")

    def handle(self, *args: Any, scale: int, remove: bool, **options: Any) -> None:
        if not settings.LOCAL_MODE:
            raise CommandError("Demo people are for a local portal (`make up`), never for a real site.")
        with transaction.atomic():
            done = self.remove() if remove else self.fill(scale)
        self.stdout.write(done)

    def fill(self, scale: int) -> str:
        raise NotImplementedError

    def remove(self) -> str:
        raise NotImplementedError
