"""The admin's lists write a moment as all other pages do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import formats, timezone, translation

from portal.common import times


@pytest.mark.parametrize(
    ("language", "written"), [("nl", "wo 7 okt 2026, 09:45"), ("en", "Wed 7 Oct 2026, 09:45")]
)
def test_a_moment_is_written_in_one_way(language: str, written: str) -> None:
    at = datetime(2026, 10, 7, 7, 45, tzinfo=UTC)
    with translation.override(language), timezone.override("Europe/Amsterdam"):
        assert formats.localize(timezone.template_localtime(at)) == written
        assert times.short_moment(at, "Europe/Amsterdam") == written
