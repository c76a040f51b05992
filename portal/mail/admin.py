from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.common.read_only import ReadOnlyAdmin
from portal.mail import outbox, shown
from portal.mail.models import OutboundEmail, OutboundEmailQuerySet
from portal.mail.reasons import plain_reason


@admin.register(OutboundEmail)
class OutboundEmailAdmin(ReadOnlyAdmin):
    list_display = ["when", "to_email", "shown_subject", "kind", "state"]
    list_filter = ["status", "kind", "maybe_duplicate"]
    search_fields = ["to_email", "to_name", "subject", "about", "key"]
    date_hierarchy = "created_at"
    list_per_page = 50
    actions = ["send_again"]
    fieldsets = [
        (None, {"fields": ["state", "explanation", "to_name", "to_email", "reply_to", "from_email"]}),
        (_("Times"), {"fields": ["created_at", "due_at", "send_after", "expires_at", "sent_at", "attempts"]}),
        (_("Message"), {"fields": ["shown_subject", "shown_text", "has_invitation"]}),
        (_("Origin"), {"fields": ["kind", "in_language"]}),
    ]

    @admin.display(description=_("when"), ordering="due_at")
    def when(self, mail: OutboundEmail) -> Any:
        return mail.sent_at or mail.due_at

    @admin.display(description=_("subject"))
    def shown_subject(self, mail: OutboundEmail) -> str:
        return shown.subject(mail)

    @admin.display(description=_("text of the mail"))
    def shown_text(self, mail: OutboundEmail) -> str:
        return shown.text(mail)

    @admin.display(description=_("calendar invitation"), boolean=True)
    def has_invitation(self, mail: OutboundEmail) -> bool:
        return bool(mail.calendar_method)

    @admin.display(description=_("state"), ordering="status")
    def state(self, mail: OutboundEmail) -> str:
        return shown.state(mail)

    @admin.display(description=_("explanation"))
    def explanation(self, mail: OutboundEmail) -> str:
        if mail.status == OutboundEmail.Status.UNCERTAIN:
            return str(
                _("Perhaps it arrived. Tips are never sent twice by themselves; you may send it again.")
            )
        return plain_reason(mail)

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
        done, refused = results.count(True), results.count(False)
        if done:
            words = ngettext(
                "%(count)d mail will be sent again.", "%(count)d mails will be sent again.", done
            )
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        if refused:
            words = ngettext(
                "%(count)d mail was left alone: it is waiting, cancelled or expired, holds a code, or its"
                " text was erased.",
                "%(count)d mails were left alone: they are waiting, cancelled or expired, hold a code, or"
                " their text was erased.",
                refused,
            )
            self.message_user(request, words % {"count": refused}, messages.WARNING)
