"""What one request tells of whoever asks: read once, and handed down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from assessments import summary as scans
from bookings.availability import kinds
from bookings.calls import holds
from bookings.models import Booking, CallType, Host
from bookings.visitor import session
from bookings.visitor.forms import ChoiceForm
from portal.accounts.models import User
from portal.common import times


@dataclass(frozen=True)
class Visit:
    """`zone` is "" while nobody chose one. `visitor` is the digest under which this browser holds a time, and
    `start` the one it last chose."""

    request: HttpRequest
    language: str
    user: User | None
    zone: str
    visitor: str
    start: datetime | None
    asked: session.Asked

    def zone_with(self, host: Host) -> str:
        """The clock to tell the time by: the coach's while nobody chose one."""
        return self.zone or host.time_zone

    @property
    def has_own_zone(self) -> bool:
        return bool(self.zone or self.request.GET.get("zone"))

    @property
    def shown_from(self) -> date | None:
        sent = self.request.POST if "from" in self.request.POST else self.request.GET
        try:
            return date.fromisoformat(sent.get("from", "")[:10])
        except ValueError:
            return None

    def steps(self, call_types: Sequence[CallType]) -> int:
        """From choosing a time to a call that stands: a mailed code is the third."""
        is_member = self.user is not None or session.is_of_member(self.request)
        return 3 if not is_member and any(one.needs_code for one in call_types) else 2

    @cached_property
    def hold(self) -> Booking | None:
        return holds.held_by(self.visitor)

    @cached_property
    def wish(self) -> kinds.Wish | None:
        """The call a form is about, else the one this browser chose, else the one it holds by whatever way;
        None when it is not on offer any more."""
        form = ChoiceForm(self.request.POST)
        if self.request.POST.get("kind") and form.is_valid():
            names = session.Wanted(**{name: form.cleaned_data[name] for name in ("kind", "coach", "host")})
        else:
            names = session.wanted(self.request)
        if not names.kind and self.hold:
            host = self.hold.host.slug
            names = session.Wanted(self.hold.call_type.slug, host, host)
        return kinds.find_wish(**asdict(names))

    @cached_property
    def scan_id(self) -> str:
        """Of the completed scan that this browser or person may share, "" without one."""
        return scans.browser_scan(self.request) or ""

    @cached_property
    def scan(self) -> scans.ResultSummary | None:
        return scans.summary(self.scan_id, self.language) if self.scan_id else None

    @cached_property
    def key_names(self) -> dict[str, str]:
        return scans.key_names(self.language)

    @cached_property
    def weakest(self) -> str | None:
        return session.weakest(self.request)

    @property
    def thread(self) -> str:
        """The key that carries least, as a phrase, for whoever comes from a result in which one stands out."""
        return scans.key_phrases(self.language).get(self.weakest, "") if self.weakest else ""

    @property
    def topics(self) -> list[tuple[str, str]]:
        """Slugs and names of the keys, after a scan the weakest first."""
        return list(self.scan.topics if self.scan else self.key_names.items())


def visit_of(request: HttpRequest) -> Visit:
    """The zone is the one in the address, else the one chosen before, else the person's."""
    user = request.user if isinstance(request.user, User) else None
    zone: Any = request.GET.get("zone", "")
    if not times.is_zone(zone):
        zone = session.recall(request, "zone") or (user.time_zone if user else "")
    return Visit(
        request=request,
        language=get_language() or "nl",
        user=user,
        zone=str(zone),
        visitor=session.visitor_of(request),
        start=session.chosen_start(request),
        asked=session.asked(request),
    )
