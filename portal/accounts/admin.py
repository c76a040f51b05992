"""People in the admin: who may open it, and their second factor. For superusers only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.accounts import contact_pages, staff
from portal.accounts.forms import EmailField
from portal.accounts.models import User
from portal.common import times
from portal.common.admin import OneOfFilter, PortalAdmin
from portal.common.names import clean_name

PERSON = ["name", "language", "time_zone"]
ACCESS = ["is_active", "is_staff", "groups", "is_superuser"]
STAFF, CLIENTS, ALL = "staff", "clients", "all"


class PersonForm(forms.ModelForm):
    """Name and access. The address is the identity and the mailed code the only key: no password here."""

    class Meta:
        model = User
        fields = [*PERSON, *ACCESS]
        widgets = {"groups": forms.CheckboxSelectMultiple}
        labels = {"is_superuser": _("May do everything")}
        help_texts = {
            "is_active": _("Switch off to keep this person out; nothing is erased."),
            "is_staff": _("The admin also asks for a second factor, which is set up at the first sign-in."),
            "groups": _(
                "‘coach’ has an own calendar, and sees who booked in it. ‘practice’ runs and sees everything."
            ),
            "is_superuser": _("Also decide who may open the admin."),
        }

    acting: User  # whoever fills in the form; set by the admin

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"]) if self.cleaned_data["name"] else ""

    def clean_time_zone(self) -> str:
        if not times.is_zone(self.cleaned_data["time_zone"]):
            raise ValidationError(__("We do not know that time zone. Write it like Europe/Amsterdam."))
        return str(self.cleaned_data["time_zone"])

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        kept = ("is_active", "is_staff", "is_superuser")
        if self.instance.pk == self.acting.pk and not all(data.get(name) for name in kept):
            raise ValidationError(__("You cannot take away your own access. Let somebody else do that."))
        return data


class NewPersonForm(PersonForm):
    email = EmailField(help_text=_("We send the code for signing in here."))

    class Meta(PersonForm.Meta):
        fields = ["email", *PersonForm.Meta.fields]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(__("This person is known already. Look the address up in the list."))
        return email


class GroupFilter(admin.RelatedFieldListFilter):
    """Without Django's choice for nobody's group, which is a link named “–”."""

    include_empty_choice = False


class WhoFilter(OneOfFilter):
    """Who may open the admin comes first: clients are found as contacts."""

    title = _("who")
    parameter_name = "who"
    default, when_looking = STAFF, ALL

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(STAFF, _("work here")), (CLIENTS, _("have an account on the site")), (ALL, _("all"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset if self.value() == ALL else queryset.filter(is_staff=self.value() == STAFF)


@admin.register(User)
class UserAdmin(PortalAdmin):
    form = PersonForm
    list_display = ["__str__", "email", "is_staff", "is_active", "joined_at"]
    list_filter = [WhoFilter, "is_active", ("groups", GroupFilter)]
    search_fields = ["email", "name"]
    ordering = ["-is_staff", "email"]
    list_per_page = 50
    readonly_fields = ["email", "proven_at", "joined_at", "last_login", "signed_in_on"]
    actions = ["forget_second_factor", "sign_out_everywhere"]
    fieldsets = [
        (None, {"fields": ["email", *PERSON]}),
        (_("Access"), {"fields": [*ACCESS]}),
        (_("History"), {"fields": ["proven_at", "joined_at", "last_login", "signed_in_on"]}),
    ]
    add_fieldsets = fieldsets[:2]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # erasing goes through the account page, which cancels and pseudonymises first

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return list(self.readonly_fields) if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        chosen = {} if obj else {"form": NewPersonForm}
        form: Any = super().get_form(request, obj, change, **chosen, **kwargs)
        form.acting = request.user
        return form

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("contact/<int:pk>/copy/", wrap(contact_pages.copy), name="accounts_user_copy_of_contact"),
            path("contact/<int:pk>/erase/", wrap(contact_pages.erase), name="accounts_user_erase_contact"),
        ]
        return own + super().get_urls()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Forget the second factor (lost phone)"))
    def forget_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Whoever has one keeps the mailed code and sets up a new second factor at the next sign-in."""
        for user in queryset:
            staff.forget_second_factor(user)
        count = len(queryset)
        words = ngettext(
            "%(count)d person sets up a new second factor at the next sign-in.",
            "%(count)d people set up a new second factor at the next sign-in.",
            count,
        )
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.action(description=_("Sign out everywhere"))
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            staff.end_sessions(user)
        count = len(queryset)
        words = ngettext(
            "%(count)d person is signed out everywhere.", "%(count)d people are signed out everywhere.", count
        )
        self.message_user(request, words % {"count": count}, messages.SUCCESS)

    @admin.display(description=_("Signed in on"))
    def signed_in_on(self, user: User) -> str:
        words = __("%(device)s, last used %(moment)s")
        lines = [
            words % {"device": session.device, "moment": times.short_moment(session.seen_at, user.time_zone)}
            for session in user.sessions.open()
        ]
        return "\n".join(lines) or __("Nowhere")

    def _is_superuser(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)
