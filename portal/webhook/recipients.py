"""Who gets something of a person by the webhook, for the privacy page, as it is set up at this moment."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from portal.common.privacy import Recipient
from portal.common.sealing import SealBrokenError
from portal.webhook import registry
from portal.webhook.models import Webhook


def connected() -> Iterator[Recipient]:
    hook = Webhook.objects.filter(is_on=True).exclude(events=[]).first()
    if hook is None:
        return
    told = ", ".join(str(event.words) for event in registry.events() if event.type in hook.events)
    name = host_of(hook) or _("Another program of the coach")
    words = _(
        "another program of the coach. It is told of: %(events)s. With your name, e-mail address and "
        "language once we know those; never your answers or scores"
    )
    yield Recipient(name, words % {"events": told}, settings.SERVICE_COUNTRIES.get(name, ""))


def host_of(hook: Webhook) -> str:
    """The name of the receiver, without the rest of its address; empty when it cannot be told."""
    try:
        return urlsplit(hook.address).hostname or ""
    except SealBrokenError:
        return ""
