"""The list of contacts: its filters, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.cache import caches
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.common.sight import seen_by
from portal.leads.models import Lead

DUE, AHEAD, NONE = "due", "ahead", "none"
MOST_SOURCES = 15
UNKNOWN = "-"
SECONDS = 60  # for which the commonest sources are remembered: they are counted among all contacts


class StepFilter(admin.SimpleListFilter):
    title = _("next step")
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(DUE, _("due")), (AHEAD, _("later")), (NONE, _("none"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        today = times.local(times.now(), times.HOST_ZONE).date()
        match self.value():
            case "due":
                return queryset.filter(next_step_on__lte=today)
            case "ahead":
                return queryset.filter(next_step_on__gt=today)
            case "none":
                return queryset.filter(next_step_on=None)
        return queryset


def commonest_sources(viewer: Any) -> list[str]:
    named = seen_by(viewer, Lead.objects.exclude(source="")).order_by().values_list("source")
    common = named.annotate(n=Count("pk")).order_by("-n", "source")[:MOST_SOURCES]
    return [source for source, _n in common]


class SourceFilter(admin.SimpleListFilter):
    """By which way people first came: the commonest by name. A rarer one is asked for by its name in the address."""

    title = _("source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        common = caches["pages"].get_or_set(
            f"leads.sources.{request.user.pk}", partial(commonest_sources, request.user), SECONDS
        )
        return [*((source, source) for source in common or []), (UNKNOWN, _("not known"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        if self.value() is None:
            return queryset
        return queryset.filter(source="" if self.value() == UNKNOWN else self.value())


class LastContactFilter(admin.SimpleListFilter):
    title = _("last contact")
    parameter_name = "heard"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("7", _("in the last seven days")),
            ("30", _("in the last thirty days")),
            ("before", _("longer than thirty days ago")),
            ("never", _("never")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = times.now()
        match self.value():
            case "7" | "30" as days:
                return queryset.filter(last_event_at__gte=now - timedelta(days=int(days)))
            case "before":
                return queryset.filter(last_event_at__lt=now - timedelta(days=30))
            case "never":
                return queryset.filter(last_event_at=None)
        return queryset


def as_rows(leads: QuerySet[Any]) -> Iterator[list[object]]:
    yield [__("Name"), __("E-mail address"), __("Stage"), __("Language"), __("First seen"),
           __("Last contact"), __("Next step"), __("On"), __("Source")]  # fmt: skip
    for lead in leads.iterator(chunk_size=1000):
        yield [
            lead.name,
            lead.email,
            lead.get_stage_display(),
            lead.language,
            _day(lead.created_at),
            _day(lead.last_event_at),
            lead.next_step,
            lead.next_step_on,
            lead.source,
        ]


def _day(at: Any) -> str:
    return times.local(at, times.HOST_ZONE).date().isoformat() if at else ""
