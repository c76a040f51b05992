from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.common.read_only import ReadOnlyAdmin
from portal.mail import names, outbox, pages, refused, shown
from portal.mail.mail_list import KindFilter, MailList, PlaceFilter
from portal.mail.models import OutboundEmail, OutboundEmailQuerySet, RefusedAddress


@admin.register(OutboundEmail)
class OutboundEmailAdmin(ReadOnlyAdmin):
    when_empty = _("No mail yet. What is planned, was sent or could not be sent stands here.")
    list_display = ["what", "matter", "when", "state"]
    list_filter = [PlaceFilter, KindFilter, "due_at", "maybe_duplicate"]
    search_fields = ["to_email", "to_name", "subject", "about__exact", "key__exact"]
    list_per_page = 50
    actions = ["send_again"]

    @admin.display(description=_("mail"), ordering="to_name")
    def what(self, mail: OutboundEmail) -> str:
        return names.title(mail)

    @admin.display(description=_("about"))
    def matter(self, mail: OutboundEmail) -> str:
        found: names.Matter | None = mail.matter  # type: ignore[attr-defined]  # of MailList
        return found.words if found else shown.subject(mail)

    @admin.display(description=_("when"), ordering="send_after")
    def when(self, mail: OutboundEmail) -> str:
        return shown.moment(mail)

    @admin.display(description=_("state"), ordering="status")
    def state(self, mail: OutboundEmail) -> str:
        is_refused = mail.is_refused  # type: ignore[attr-defined]  # of MailList
        return f"{shown.state(mail)}; {_('this address gets no mail')}" if is_refused else shown.state(mail)

    def called(self, row: OutboundEmail) -> str:
        return names.title(row)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[MailList]:
        return MailList

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """What leaves first stands on top, and else what happened last."""
        return ["send_after", "pk"] if PlaceFilter.of(request) == PlaceFilter.PLANNED else ["-due_at", "-pk"]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/html/", wrap(pages.as_html), name="mail_outboundemail_html"),
            path("<int:pk>/stop/", wrap(pages.stop), name="mail_outboundemail_stop"),
            path("<int:pk>/send-again/", wrap(pages.send_again), name="mail_outboundemail_send_again"),
            path("<int:pk>/send-now/", wrap(pages.send_now), name="mail_outboundemail_send_now"),
        ]
        return own + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        mail = pages.find(request, object_id)
        if mail is None:
            raise Http404
        return pages.show(request, mail)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OutboundEmail], search_term: str
    ) -> tuple[QuerySet[OutboundEmail], bool]:
        """No tip is found by its subject, which is not shown either."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        for part in search_term.split():
            found = found.exclude(kind=OutboundEmail.Kind.MARKETING, subject__icontains=part)
        return found, may_repeat

    @admin.action(description=_("Send the chosen mails again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: OutboundEmailQuerySet) -> None:
        with transaction.atomic():
            results = [outbox.send_again(mail) for mail in queryset]
        done, left_alone = results.count(True), results.count(False)
        if done:
            words = ngettext(
                "%(count)d mail will be sent again.", "%(count)d mails will be sent again.", done
            )
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        if left_alone:
            words = ngettext(
                "%(count)d mail was left alone: it is waiting, cancelled or expired, holds a code, or its"
                " text was erased.",
                "%(count)d mails were left alone: they are waiting, cancelled or expired, hold a code, or"
                " their text was erased.",
                left_alone,
            )
            self.message_user(request, words % {"count": left_alone}, messages.WARNING)


@admin.register(RefusedAddress)
class RefusedAddressAdmin(ReadOnlyAdmin):
    when_empty = _("Every address gets its mail. One that sends it back comes here by itself.")
    list_display = ["address", "why", "reason", "by", "created_at"]
    list_filter = ["why"]
    search_fields = ["email"]
    fields = ["address", "why", "reason", "by", "created_at"]
    list_per_page = 50
    actions = ["allow"]

    def list_note(self, request: HttpRequest) -> str:
        return str(_("Nothing leaves to these addresses but a code somebody asks for. When it is typed, mail that"
                     " came back before counts no more."))  # fmt: skip

    @admin.display(description=_("e-mail address"), ordering="email")
    def address(self, row: RefusedAddress) -> str:
        return str(row)

    @admin.action(description=_("Mail may leave to the chosen addresses again"), permissions=["allow"])
    def allow(self, request: HttpRequest, queryset: QuerySet[RefusedAddress]) -> None:
        addresses = [row for row in queryset if refused.allow_again(row)]
        for row in addresses:
            self.log_change(request, row, "allowed")
        words = ngettext(
            "Mail may leave to %(count)d address again.",
            "Mail may leave to %(count)d addresses again.",
            len(addresses),
        )
        self.message_user(request, words % {"count": len(addresses)}, messages.SUCCESS)

    def has_allow_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mail.change_refusedaddress")
