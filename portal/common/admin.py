"""What every model in the admin starts from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError, ProgrammingError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.common.sight import own, seen_by

# what values in an address end in, here or in the database; not the database's being away
IMPOSSIBLE = (ValueError, TypeError, LookupError, OverflowError, DataError, ProgrammingError)


class SeenFilter(admin.RelatedFieldListFilter):
    """By a row that this one belongs to: a choice among those its reader may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        seen = own(request.user, field.remote_field.model._default_manager.all())
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(
            include_blank=False, ordering=ordering, limit_choices_to={"pk__in": seen.values("pk")}
        )


class PortalList(ChangeList):
    """A list that is shown without what its address asks for, when that cannot be.

    Django does so for most of it, but not for the ends of the calendar (its ticket 37357), nor for what only
    the database refuses.
    """

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        try:
            found: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        except IMPOSSIBLE as error:
            raise IncorrectLookupParameters from error
        return found

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except IMPOSSIBLE as error:
            raise IncorrectLookupParameters from error


class PortalAdmin(admin.ModelAdmin):
    """Its list opens whatever stands in the address, and shows what its reader may see."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return seen_by(request.user, super().get_queryset(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Of the rows to choose from, those its reader may see."""
        kwargs["queryset"] = own(request.user, db_field.remote_field.model._default_manager.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """What is not there, and what is somebody else's: the same page, and no way to tell which."""
        raise Http404

    def list_note(self, request: HttpRequest) -> str:
        """A line under the name of the list, for what is true of all its rows."""
        return ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        facts = {"list_note": self.list_note(request), "title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, facts | (extra_context or {}))

    def called(self, row: Any) -> str:
        """What its page is called, where the row's own name is one for code."""
        return str(row)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if row := kwargs.get("obj"):
            context["subtitle"] = self.called(row)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("language"))
    def in_language(self, row: Any) -> str:
        return str(dict(settings.LANGUAGES).get(row.language, "–"))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PortalList
