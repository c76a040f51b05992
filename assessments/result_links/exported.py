"""What a copy of everything holds of links to one's results: for the person only, the coach gets nothing of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.result_links.models import ResultLink
from assessments.words import language
from portal.common.export import Section


def names_of(link: ResultLink) -> str:
    keys = link.scan.instrument.parsed(language()).keys
    return ", ".join(key.name for key in keys if key.slug in link.keys)


SECTIONS = (
    Section(
        name="result_links",
        words=_("links that show a result"),
        rows=lambda email: ResultLink.objects.with_scan().filter(scan__user__email=email),
        left_out={"public_id": "random"},
        said=lambda rows: {"keys": names_of},
    ),
)
