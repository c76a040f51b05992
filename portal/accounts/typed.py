"""What somebody typed in this browser and did not confirm yet: in its session, for one sitting.

So long after it was last touched (`RETENTION["typed"]`, said on the privacy page) nobody finds it any more,
and the hourly clean-up takes it out of the session; the rest of the session lives on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal.common import times

KEY = "typed"
CODE = "code"  # what stands in the field of a code while its page is asked for anew
AT = "at"  # when it was last touched, in seconds since 1970
SIGNING_IN = "account_login"  # allauth's: a sign-in that was begun, with the address
PROVEN = ("account_authentication_methods", "account_authentication_methods_user")  # and its first step


def keep(request: HttpRequest, **values: Any) -> None:
    request.session[KEY] = _fresh(request) | values | {AT: times.now().timestamp()}


def touch(request: HttpRequest) -> None:
    if _fresh(request):
        keep(request)


def find(request: HttpRequest, name: str) -> Any:
    return _fresh(request).get(name)


def drop(request: HttpRequest, name: str) -> None:
    kept = request.session.get(KEY, {})
    if name in kept:
        request.session[KEY] = {other: value for other, value in kept.items() if other != name}
        if request.session[KEY].keys() == {AT}:
            del request.session[KEY]


def touched_at(session: Mapping[str, Any]) -> datetime | None:
    if KEY in session:
        return datetime.fromtimestamp(session[KEY][AT], UTC)
    return times.now() if SIGNING_IN in session else None


def without(session: Mapping[str, Any], *, is_signed_in: bool) -> dict[str, Any]:
    """The session without what was typed in it, a sign-in that was never finished included."""
    gone = {KEY, SIGNING_IN, *(() if is_signed_in else PROVEN)}
    return {name: value for name, value in session.items() if name not in gone}


def _fresh(request: HttpRequest) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(KEY, {})
    oldest = (times.now() - settings.RETENTION["typed"]).timestamp()
    return kept if kept.get(AT, 0) >= oldest else {}
