from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.common.admin import PortalAdmin
from portal.common.names import clean_name
from portal.common.panels import contact_panels
from portal.common.read_only import ReadOnlyAdmin
from portal.leads import consent, services, timeline, touches
from portal.leads.consent import subjects_of
from portal.leads.models import ConsentEvent, Lead, LeadEvent

EVENTS_SHOWN = 200


class LeadForm(forms.ModelForm):
    class Meta:
        model = Lead
        fields = ["name", "stage"]

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"]) if self.cleaned_data["name"] else ""


class StageForm(forms.ModelForm):
    class Meta:
        model = Lead
        fields = ["stage"]
        widgets = {"stage": forms.Select(attrs={"aria-label": _("stage")})}


@admin.register(Lead)
class LeadAdmin(PortalAdmin):
    form = LeadForm
    list_display = ["who", "email", "stage", "last_contact", "first_seen"]
    list_editable = ["stage"]
    list_filter = ["stage"]
    search_fields = ["name", "email"]
    list_per_page = 50
    fields = ["email", "name", "stage", "in_language", "first_seen", "came_by"]
    readonly_fields = ["email", "in_language", "first_seen", "came_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Lead | None = None) -> bool:
        return False  # proof of consent hangs on it; a person erases himself or herself

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        leads: QuerySet[Lead] = super().get_queryset(request).filter(objected_at=None)
        return leads.annotate(last_event_at=Max("events__created_at"))

    @admin.display(description=_("name"), ordering="name")
    def who(self, lead: Lead) -> str:
        return str(lead)

    @admin.display(description=_("came by"))
    def came_by(self, lead: Lead) -> str:
        return touches.words(lead.first_touch, lead.last_touch)

    @admin.display(description=_("last contact"), ordering="last_event_at")
    def last_contact(self, lead: Lead) -> str:
        at = lead.last_event_at  # type: ignore[attr-defined]  # annotated in get_queryset
        return times.short_moment(at, times.HOST_ZONE) if at else "–"

    @admin.display(description=_("first seen"), ordering="created_at")
    def first_seen(self, lead: Lead) -> str:
        return times.short_moment(lead.created_at, times.HOST_ZONE)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm]:
        return StageForm

    def save_model(self, request: HttpRequest, obj: Lead, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "stage" in form.changed_data:
            services.record(obj, timeline.STAGE_CHANGED, stage=obj.stage)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        lead: Lead = kwargs["obj"]
        context["timeline"] = [
            {"at": times.short_moment(event.created_at, times.HOST_ZONE), "words": timeline.words(event)}
            for event in lead.events.all()[:EVENTS_SHOWN]
        ]
        context["consents"] = [
            {"at": times.short_moment(consent.created_at, times.HOST_ZONE), "event": consent}
            for consent in lead.consents.all()
        ]
        context["panels"] = contact_panels(request, lead)
        return super().render_change_form(request, context, *args, **kwargs)


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
        kinds = LeadEvent.objects.order_by("kind").values_list("kind", flat=True).distinct()
        return [(kind, timeline.words_of(kind)) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LeadEvent]) -> QuerySet[LeadEvent]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyAdmin):
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
