from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from portal.common import demo, spreadsheet, times
from portal.common.admin import PortalAdmin
from portal.common.read_only import ReadOnlyAdmin
from portal.common.sight import seen_by
from portal.leads import consent, contact_pages, no_mail, timeline, touches
from portal.leads.consent import subjects_of
from portal.leads.contact_list import LastContactFilter, SourceFilter, StepFilter, as_rows
from portal.leads.models import ConsentEvent, Lead, LeadEvent, LeadQuerySet

NOTHING = format_html('<span class="nothing">{}</span>', "–")  # on a phone such a cell is left out


@admin.register(Lead)
class LeadAdmin(PortalAdmin):
    when_empty = _(
        "No contacts yet. Whoever keeps a result or books a call comes here by itself: share your link."
    )
    list_display = ["who", "stage", "last_contact", "step", "by_source", "first_seen"]
    list_filter = ["stage", SourceFilter, LastContactFilter, StepFilter]
    search_fields = ["name", "email", "next_step"]
    list_per_page = 50
    fields = ["email", "name", "stage", "in_language", "first_seen", "came_by"]
    readonly_fields = ["email", "in_language", "first_seen", "came_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Lead | None = None) -> bool:
        return False  # proof of consent hangs on it; a person erases himself or herself

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        leads: LeadQuerySet = super().get_queryset(request)  # type: ignore[assignment]  # of the model's manager
        return leads.shown()

    @admin.display(description=_("name"), ordering="name")
    def who(self, lead: Lead) -> str:
        if not lead.name:
            return lead.email
        return format_html(
            '{}{}<span class="visually-hidden">, </span><span class="note">{}</span>',
            lead,
            demo.mark(lead.email),
            lead.email,
        )

    @admin.display(description=_("came by"))
    def came_by(self, lead: Lead) -> str:
        return touches.words(lead.first_touch, lead.last_touch)

    @admin.display(description=_("last contact"), ordering="last_event_at")
    def last_contact(self, lead: Lead) -> str:
        at = lead.last_event_at
        return times.short_date(at, times.HOST_ZONE) if at else NOTHING

    @admin.display(description=_("source"), ordering="source")
    def by_source(self, lead: Lead) -> str:
        return lead.source or NOTHING

    @admin.display(description=_("first seen"), ordering="created_at")
    def first_seen(self, lead: Lead) -> str:
        return times.short_date(lead.created_at, times.HOST_ZONE)

    @admin.display(description=_("next step"), ordering="next_step_on")
    def step(self, lead: Lead) -> str:
        on = lead.next_step_on
        return f"{times.short_date_of(on)}: {lead.next_step}" if on else NOTHING

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("export/", wrap(self.export_view), name="leads_lead_export"),
            path("<int:pk>/notes/", wrap(contact_pages.write_note), name="leads_lead_write_note"),
            path("<int:pk>/notes/<public_id:public_id>/", wrap(contact_pages.note), name="leads_lead_note"),
            path("<int:pk>/next-step/", wrap(contact_pages.plan_step), name="leads_lead_step"),
            path("<int:pk>/no-mail/", wrap(no_mail.show), name="leads_lead_no_mail"),
            path("<int:pk>/stop-tips/", wrap(contact_pages.stop_tips), name="leads_lead_stop_tips"),
        ]
        return own + super().get_urls()

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows, all pages of it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        try:
            leads = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect("admin:leads_lead_changelist")
        return spreadsheet.answer("contacten.csv", as_rows(leads))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        lead = contact_pages.find(request, object_id)
        if lead is None:
            raise Http404
        return contact_pages.unless_gone(contact_pages.change, request, lead)


class PurposeFilter(admin.SimpleListFilter):
    title = _("purpose")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*consent.PURPOSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ConsentEvent]) -> QuerySet[ConsentEvent]:
        return queryset.filter(purpose=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    title = _("what")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = seen_by(request.user, LeadEvent.objects.order_by("kind"))
        kinds = seen.values_list("kind", flat=True).distinct()
        return [(kind, timeline.words_of(kind)) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LeadEvent]) -> QuerySet[LeadEvent]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyAdmin):
    when_empty = _("Nobody said yes or no yet. Every answer is kept here, with the words that were asked.")
    list_display = ["who", "said_purpose", "action", "text_version", "said_method", "created_at"]
    list_select_related = ["lead"]
    list_filter = [PurposeFilter, "action"]
    search_fields = ["lead__email", "lead__name"]
    fields = [
        "lead",
        "said_purpose",
        "action",
        "text_version",
        "text",
        "in_language",
        "said_method",
        "source_path",
        "created_at",
    ]

    @admin.display(description=_("purpose"), ordering="purpose")
    def said_purpose(self, event: ConsentEvent) -> str:
        return event.purpose_words

    @admin.display(description=_("how"), ordering="method")
    def said_method(self, event: ConsentEvent) -> str:
        return event.method_words

    @admin.display(description=_("contact"), ordering="lead")
    def who(self, event: ConsentEvent) -> str:
        return str(event.lead or _("(erased)"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ConsentEvent], search_term: str
    ) -> tuple[QuerySet[ConsentEvent], bool]:
        """Whoever gives a whole address also finds what was kept of it."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if "@" in search_term:
            found |= queryset.filter(subject__in=subjects_of(search_term))
        return found, may_repeat


@admin.register(LeadEvent)
class LeadEventAdmin(ReadOnlyAdmin):
    when_empty = _("Nothing has happened yet. Everything a contact does comes here.")
    list_display = ["what", "lead", "created_at"]
    list_select_related = ["lead"]
    list_filter = [KindFilter]
    search_fields = ["lead__email", "lead__name"]
    fields = ["what", "lead", "created_at"]

    @admin.display(description=_("what"))
    def what(self, event: LeadEvent) -> str:
        return timeline.words(event)

    def called(self, row: LeadEvent) -> str:
        return timeline.words(row)
