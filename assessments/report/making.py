"""Make a report when somebody asks for it: so many an hour, and a sentence when it cannot be made."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from assessments.report import typesetting
from portal.accounts import limits
from portal.common import times
from portal.practice.facts import practice

logger = logging.getLogger(__name__)

PER_HOUR, PERIOD = 20, timedelta(hours=1)


class ReportError(Exception):
    """There is no report now; the message says why, in the language of the page."""


def make(template: str, said: Mapping[str, Any], *, about: str) -> bytes:
    """`about`: the public id of what it is a report of. The caller checks rights. Raises ReportError."""
    if limits.take("report", about, limit=PER_HOUR, period=PERIOD):
        sentence = _(
            "You made this report %(count)d times within an hour. Wait a while, or use one that you have."
        )
        raise ReportError(sentence % {"count": PER_HOUR})
    try:
        return typesetting.typeset(template, said, times.now())
    except typesetting.TypesettingError as error:
        logger.exception("A report could not be made.")
        sentence = _("The report could not be made just now. Nothing is lost: try again in a minute.")
        raise ReportError(sentence) from error


def download(pdf: bytes, *named: str) -> HttpResponse:
    name = "-".join(filter(None, (slugify(part) for part in (practice()["name"], *named))))
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=f"{name}.pdf")}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
