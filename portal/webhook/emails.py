"""The mail that says that the webhook switched itself off."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.common.http import absolute_reverse
from portal.mail import outbox
from portal.mail.names import Name
from portal.webhook.models import Webhook

NAMES = {
    "webhook/off": Name(_("Webhook that is switched off"), _("It stays off. Its own page and Today say so."))
}


def send_off(because: Webhook.Off) -> None:
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        outbox.enqueue(
            outbox.written(
                key=f"webhook:off:{times.now():%Y%m%dT%H%M%S}",
                kind=outbox.OutboundEmail.Kind.SERVICE,
                message="webhook/off",
                names_people=False,
                to=settings.COACH_EMAIL,
                language=language,
                context={
                    "reason": because.label,
                    "admin_url": absolute_reverse("admin:webhook_webhook_changelist"),
                },
            )
        )
