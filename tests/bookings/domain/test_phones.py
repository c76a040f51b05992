"""Phone numbers as people write them."""

from __future__ import annotations

import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.domain.phones import PhoneError, likely_regions, read_phone, show_phone

AMSTERDAM, BRUSSELS = "Europe/Amsterdam", "Europe/Brussels"


@pytest.mark.parametrize(
    ("typed", "zones", "language", "kept", "shown"),
    [
        ("06 12345678", [AMSTERDAM], "nl", "+31612345678", "+31 6 12345678"),
        ("06-1234 5678", [AMSTERDAM], "nl", "+31612345678", "+31 6 12345678"),
        ("(020) 123 45 67", [AMSTERDAM], "nl", "+31201234567", "+31 20 123 4567"),
        ("0031 6 12345678", [AMSTERDAM], "nl", "+31612345678", "+31 6 12345678"),
        ("tel. 06 12345678", [AMSTERDAM], "nl", "+31612345678", "+31 6 12345678"),
        # a Dutch number typed in Belgium: the country of the zone first, then that of the language
        ("06 12345678", [BRUSSELS], "nl", "+31612345678", "+31 6 12345678"),
        ("0470 12 34 56", [BRUSSELS, AMSTERDAM], "nl", "+32470123456", "+32 470 12 34 56"),
        ("(201) 555-0123", ["America/New_York"], "en", "+12015550123", "+1 201-555-0123"),
        ("07911 123456", ["Europe/London"], "en", "+447911123456", "+44 7911 123456"),
        ("+44 7911 123456", [AMSTERDAM], "nl", "+447911123456", "+44 7911 123456"),
        ("０６ １２３４５６７８", [AMSTERDAM], "nl", "+31612345678", "+31 6 12345678"),
    ],
)
def test_a_number_is_read_where_its_owner_is_and_shown_for_everywhere(typed, zones, language, kept, shown):
    assert read_phone(typed, likely_regions(language, *zones)) == kept
    assert show_phone(kept) == shown


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("06 1234", "unknown"),
        ("112", "unknown"),
        ("bel me maar", "unknown"),
        ("06 12345678 06 87654321", "unknown"),
        ("+999 12345678", "unknown"),
        ("<script>", "unknown"),
        ("1" * 40, "unknown"),
        ("020 123 45 67 ext 12", "extension"),
        ("0900 1234", "costly"),
        ("+44 9011 234567", "costly"),
    ],
)
def test_what_cannot_be_called_is_refused_with_its_reason(typed, code):
    with pytest.raises(PhoneError) as refused:
        read_phone(typed, ["NL"])
    assert refused.value.code == code


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(typed):
    try:
        kept = read_phone(typed, ["NL", "GB"])
    except PhoneError:
        return
    assert kept[0] == "+"
    assert kept[1:].isascii()
    assert kept[1:].isdigit()
    assert read_phone(show_phone(kept), []) == kept


def test_every_zone_of_a_country_leads_to_it():
    assert likely_regions("nl", AMSTERDAM, "America/New_York") == ("NL", "US")
    assert likely_regions("en", "Asia/Kathmandu") == ("NP", "GB")
    assert likely_regions("en", "UTC") == ("GB",)
    countries = [likely_regions("", zone) for zone in zoneinfo.available_timezones() if "/" in zone]
    assert len([found for found in countries if found]) > 300
