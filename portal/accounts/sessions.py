"""Sessions that know whose they are, so that they can be listed and ended; settings name this as the engine.

A session in which somebody signed in ends by itself: two weeks after it was last used, and whatever is done
in it at its absolute end, which is set when signing in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from portal.accounts import typed
from portal.accounts.models import Session, User
from portal.common import times
from portal.common.ids import new_public_id

SIGN_IN = "sign_in"
SEEN_EVERY = timedelta(minutes=10)

# The first that is found in what a browser says of itself; most of them also name others.
BROWSERS = {
    "Edg": "Edge", "OPR": "Opera", "Vivaldi": "Vivaldi", "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "CrOS": "Chromebook",
    "Macintosh": "Mac", "Linux": "Linux",
}  # fmt: skip


@dataclass(frozen=True)
class SignIn:
    """What a session keeps of the sign-in it came from. `ends_at` is in seconds since 1970."""

    public_id: str
    ends_at: float
    browser: str
    system: str


class SessionStore(DatabaseStore):
    seen_at: datetime | None = None
    person: User | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def sign_in(self) -> SignIn | None:
        kept = self.get(SIGN_IN)
        return SignIn(**kept) if kept else None

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]  # the stubs leave it out
        self.seen_at = row.seen_at if row else None
        self.person = row.user if row else None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(USER_KEY)
        row.seen_at = self.seen_at = times.now()
        row.typed_at = typed.touched_at(data)
        if row.user_id and (kept := self.sign_in()):
            row.public_id, row.browser, row.system = kept.public_id, kept.browser, kept.system
        return row

    def get_expiry_age(self, **kwargs: Any) -> int:
        age = super().get_expiry_age(**kwargs)
        kept = self.sign_in()
        return max(0, min(age, int(kept.ends_at - times.now().timestamp()))) if kept else age

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return times.now() + timedelta(seconds=self.get_expiry_age(**kwargs))

    def touch(self) -> bool:
        if not self.session_key or (self.seen_at and times.now() - self.seen_at < SEEN_EVERY):
            return False
        mine = self.model.objects.filter(session_key=self.session_key)
        return bool(mine.update(seen_at=times.now(), expire_date=self.get_expiry_date()))


class Authentication(AuthenticationMiddleware):
    """Django's, with the person who came with the session."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: person_of(request))  # type: ignore[assignment]


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """As `auth.get_user`, which reads the person once more: whoever does not pass its checks here, it judges."""
    kept = request.session
    number, proof = kept.get(USER_KEY), kept.get(HASH_SESSION_KEY) or ""
    person: User | None = getattr(kept, "person", None)
    if (
        person is not None
        and person.is_active
        and str(person.pk) == number
        and kept.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(proof, person.get_session_auth_hash())
    ):
        return person
    return auth.get_user(request)


def begin(sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    ends_at = (times.now() + longest(user)).timestamp()
    kept = SignIn(public_id=new_public_id(), ends_at=ends_at, **device_of(request))
    request.session[SIGN_IN] = asdict(kept)


user_logged_in.connect(begin, dispatch_uid="accounts.sessions.begin")


def longest(user: User) -> timedelta:
    return timedelta(
        seconds=settings.STAFF_SESSION_SECONDS if user.is_staff else settings.MEMBER_SESSION_SECONDS
    )


def device_of(request: HttpRequest) -> dict[str, str]:
    """As the columns of a `Device`."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    return {"browser": first_named(BROWSERS, agent), "system": first_named(SYSTEMS, agent)}


def first_named(names: dict[str, str], agent: str) -> str:
    return next((name for sign, name in names.items() if sign in agent), "")


def note_use(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a session that somebody signed in with lives on while it is used."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        session = request.session
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not session.accessed:
            return response  # and the page stays the same for everybody who has none
        if isinstance(session, SessionStore) and session.sign_in() and session.touch():
            send_cookie(session, response)
        return response

    return middleware


def send_cookie(session: Any, response: HttpResponse) -> None:
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        session.session_key,
        max_age=session.get_expiry_age(),
        domain=settings.SESSION_COOKIE_DOMAIN,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=settings.SESSION_COOKIE_HTTPONLY,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
