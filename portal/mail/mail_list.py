"""The list of mails: where each stands, and what a page of them is about."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.common.admin import PortalList
from portal.mail import names, refused
from portal.mail.models import OutboundEmail

Status = OutboundEmail.Status


class PlaceFilter(admin.SimpleListFilter):
    """What is planned, unless somebody searches: then everything."""

    title = _("where it stands")
    parameter_name = "place"
    PLANNED, ALL = "planned", "all"
    STATES = {
        PLANNED: [*OutboundEmail.WAITING, Status.LEASED],
        "left": [Status.SENT],
        "failed": [*OutboundEmail.UNDELIVERED, Status.UNCERTAIN],
        "stopped": [Status.CANCELLED],
    }

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.place = self.of(request)

    @classmethod
    def of(cls, request: HttpRequest) -> str:
        usual = cls.ALL if request.GET.get("q") else cls.PLANNED
        chosen = request.GET.get(cls.parameter_name, usual)
        return chosen if chosen in cls.STATES or chosen == cls.ALL else usual

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (self.PLANNED, _("planned")),
            ("left", _("left")),
            ("failed", _("not delivered")),
            ("stopped", _("stopped")),
            (self.ALL, _("all")),
        ]

    def choices(self, changelist: Any) -> Any:
        for value, words in self.lookup_choices:
            yield {
                "selected": self.place == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboundEmail]) -> QuerySet[OutboundEmail]:
        return queryset if self.place == self.ALL else queryset.filter(status__in=self.STATES[self.place])


class KindFilter(admin.SimpleListFilter):
    title = _("kind of mail")
    parameter_name = "message"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Each name once: a reminder is one, whoever it is for."""
        found = {str(names.name_of(message).words): message for message in sorted(names.known())}
        return sorted(((message, words) for words, message in found.items()), key=lambda one: one[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboundEmail]) -> QuerySet[OutboundEmail]:
        chosen = self.value()
        if not chosen:
            return queryset
        words = names.name_of(chosen).words
        return queryset.filter(
            message__in=[one for one in names.known() if names.name_of(one).words == words]
        )


class MailList(PortalList):
    """Each row knows what it is about, and one that waits whether its address gets mail: a few queries a page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = mails = list(self.result_list)
        matters = names.matters(request.user, mails)
        waiting = {mail.to_email for mail in mails if mail.status in OutboundEmail.WAITING}
        refusing = refused.among(waiting) if waiting else set()
        for mail in mails:
            mail.matter = matters.get(mail.pk)
            mail.is_refused = mail.to_email.lower() in refusing and mail.status in OutboundEmail.WAITING
