"""How a contact first and last came here, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from portal.common import times

Touch = Mapping[str, str]


def words(first: Touch, last: Touch) -> str:
    """One line, or two when somebody came back another way."""
    if not first:
        return _("Not known")
    if first == last or not last:
        return one(first)
    return "\n".join(
        [_("first: %(touch)s") % {"touch": one(first)}, _("last: %(touch)s") % {"touch": one(last)}]
    )


def one(touch: Touch) -> str:
    medium = touch.get("utm_medium")
    said = [
        touch.get("van"),
        touch.get("utm_source"),
        f"({medium})" if medium else None,
        _("campaign ‘%(name)s’") % {"name": touch["utm_campaign"]} if "utm_campaign" in touch else None,
        f"‘{touch['utm_content']}’" if "utm_content" in touch else None,
        _("search term ‘%(words)s’") % {"words": touch["utm_term"]} if "utm_term" in touch else None,
        _("by %(site)s") % {"site": touch["referrer"].partition("://")[2]} if "referrer" in touch else None,
    ]
    day = times.short_date(datetime.fromisoformat(touch["at"]), times.HOST_ZONE)
    return ", ".join([*filter(None, said), day]).replace(", (", " (")
