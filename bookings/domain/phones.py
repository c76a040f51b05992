"""Phone numbers: read as people write them, kept as E.164 (+31612345678), shown with spaces."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

LANGUAGE_REGIONS = {"nl": "NL", "en": "GB"}
COSTLY = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}  # whoever calls would pay extra


class PhoneError(ValueError):
    """No number that can be called from here; `code` says why: unknown, extension or costly."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_phone(text: str, regions: Iterable[str]) -> str:
    """Return the number as E.164. `regions` (ISO 3166) are tried in turn for a number without a country code.

    Raises PhoneError.
    """
    numbers = [found for region in regions if (found := _parse(text, region))]
    number = next(filter(phonenumbers.is_valid_number, numbers), None)
    if number is None:
        raise PhoneError("unknown")
    if number.extension:
        raise PhoneError("extension")
    if phonenumbers.number_type(number) in COSTLY:
        raise PhoneError("costly")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def show_phone(number: str) -> str:
    found = _parse(number, None)
    return phonenumbers.format_number(found, PhoneNumberFormat.INTERNATIONAL) if found else number


def likely_regions(language: str, *zones: str) -> tuple[str, ...]:
    known = _regions_of_zones()
    regions = [known.get(zone, "") for zone in zones] + [LANGUAGE_REGIONS.get(language, "")]
    return tuple(dict.fromkeys(region for region in regions if region))


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


@lru_cache(maxsize=1)
def _regions_of_zones() -> dict[str, str]:
    lines = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows}
