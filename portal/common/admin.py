"""What every model in the admin starts from."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import DataError, ProgrammingError
from django.db.models import BooleanField, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.common.sight import own, seen_by

# what values in an address end in, here or in the database; not the database's being away
IMPOSSIBLE = (ValueError, TypeError, LookupError, OverflowError, DataError, ProgrammingError)

ROW = re.compile(r"[0-9]{1,18}")
MOST_COUNTED = (
    10_000  # rows of a list; nobody pages farther, and counting all of years takes longer every year
)


class SeenFilter(admin.RelatedFieldListFilter):
    """By a row that this one belongs to: a choice among those its reader may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        seen = own(request.user, field.remote_field.model._default_manager.all())
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(
            include_blank=False, ordering=ordering, limit_choices_to={"pk__in": seen.values("pk")}
        )


class CountedToAPoint(Paginator):
    @cached_property
    def count(self) -> int:
        return counted_to_a_point(self.object_list)  # type: ignore[arg-type]  # lists of the admin are queries


def counted_to_a_point(rows: QuerySet[Any]) -> int:
    return rows.order_by()[:MOST_COUNTED].count()


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
            self.full_result_count = counted_to_a_point(self.root_queryset)
            self.show_admin_actions = bool(self.full_result_count)
        except IMPOSSIBLE as error:
            raise IncorrectLookupParameters from error

    @property
    def is_counted_out(self) -> bool:
        return self.result_count < MOST_COUNTED


class OneOfFilter(admin.SimpleListFilter):
    """One of its choices always holds: `default`, or `when_looking` of a list in which somebody is looked for."""

    default = when_looking = ""

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.fallback = self.when_looking if request.GET.get("q") else self.default

    def value(self) -> str:
        chosen = super().value()
        return chosen if chosen in {value for value, _words in self.lookup_choices} else self.fallback

    def choices(self, changelist: Any) -> Any:
        for value, words in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }


class PortalAdmin(admin.ModelAdmin):
    """Its list opens whatever stands in the address, and shows what its reader may see.

    `when_empty` says of a list with no row at all what is on it and how that comes, in the words of whoever reads it.
    """

    when_empty: str | Promise = _("Nothing here yet.")
    paginator = CountedToAPoint
    show_full_result_count = False  # `PortalList` counts to a point
    show_facets = admin.ShowFacets.NEVER  # a count of the whole table for each choice

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return seen_by(request.user, super().get_queryset(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Of the rows to choose from, those its reader may see."""
        kwargs["queryset"] = own(request.user, db_field.remote_field.model._default_manager.all())
        return super().formfield_for_foreignkey(db_field, request, **{"empty_label": _("Choose …")} | kwargs)

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
        facts = {
            "list_note": self.list_note(request),
            "title": capfirst(self.opts.verbose_name_plural),
            "when_empty": self.when_empty,
        }
        return super().changelist_view(request, facts | (extra_context or {}))

    def get_list_display(self, request: HttpRequest) -> Any:
        return [self.in_words(name) for name in super().get_list_display(request)]

    def in_words(self, name: Any) -> Any:
        """Yes and no as words; Django draws them, and reads its drawing aloud as ‘True’."""
        field = next((one for one in self.opts.fields if one.name == name), None)
        if not isinstance(field, BooleanField):
            return name

        @admin.display(description=field.verbose_name, ordering=name)
        def said(row: Any) -> str:
            return str(_("yes") if getattr(row, name) else _("no"))

        said.__name__ = name  # the class of its cells
        return said

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

    def get_action_choices(self, request: HttpRequest, default_choices: Any = None) -> Any:
        return super().get_action_choices(request, default_choices or [("", _("Choose …"))])

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Rows by their numbers: Django asks the database whatever was sent."""
        if not all(ROW.fullmatch(chosen) for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise Http404
        response: HttpResponse | None = super().response_action(request, queryset)
        return response

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PortalList


class OnePageAdmin(PortalAdmin):
    """Of a model with one row: in the menu as any, with a page in the place of its list, and no other."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._to_the_page()

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self._to_the_page()

    def _to_the_page(self) -> HttpResponse:
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
