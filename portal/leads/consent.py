"""The consent texts, by purpose and version. A published version never changes; a change is a new version.

The apps that ask give theirs in `AppConfig.ready()`. `{practice}` is the one gap: the practice that asks. The
proof holds the words with the gap filled in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal.practice.facts import practice

TIPS = "tips"
NO_TIPS = gettext_noop("The person does not want tips (any more).")  # why a mail does not leave
# by which act somebody said yes or no: as it is kept, and in words
METHODS: dict[str, str | Promise] = {
    "mailed code": _("with a mailed code"),
    "account page": _("on the account page"),
    "one click": _("by the link in a mail"),
    "by the coach": _("by the coach’s hand"),
    "not heard of for long": _("not heard of for long"),
    "erasure": _("everything was erased"),
}
PURPOSES: dict[str, str | Promise] = {}
CURRENT: dict[str, str] = {}  # the version that is asked with now, by purpose
TEXTS: dict[tuple[str, str], Mapping[str, str]] = {}  # by purpose and version: by language
ONE_MAIL: set[tuple[str, str]] = set()  # by purpose and version
NameMatters = Callable[[Iterable[str], bool], Mapping[str, str]]
_name_matters: list[NameMatters] = []


def register(
    purpose: str,
    words: str | Promise,
    texts: Mapping[str, Mapping[str, str]],
    *,
    one_mail: Iterable[str] = (),
) -> None:
    """What is asked for, and every version of the text that ever asked for it; the last one asks now. A yes to
    one of the versions in `one_mail` is a yes to one mail after what it is about, and to no second."""
    PURPOSES[purpose] = words
    CURRENT[purpose] = [*texts][-1]
    ONE_MAIL.update((purpose, version) for version in one_mail)
    TEXTS.update({(purpose, version): by_language for version, by_language in texts.items()})


def register_methods(words: Mapping[str, str | Promise]) -> None:
    """By which other acts an app lets people say yes or no."""
    METHODS.update(words)


def register_matters(func: NameMatters) -> None:
    """Let an app say in words what a yes or no is about, by `ConsentEvent.about`; the bool: to the person it is of,
    whose clock may be another than the coach's."""
    _name_matters.append(func)


def matters(abouts: Iterable[str], *, to_themselves: bool = False) -> dict[str, str]:
    known = [about for about in abouts if about]
    return (
        {about: words for func in _name_matters for about, words in func(known, to_themselves).items()}
        if known
        else {}
    )


def text(purpose: str, language: str, version: str | None = None) -> str:
    """The wording a person saw. KeyError for a version that never existed."""
    words = TEXTS[purpose, version or CURRENT[purpose]][language]
    return words.format(practice=practice(language)["practice_name"])


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def subject_of(email: str, secret: str | None = None) -> str:
    """Whose proof it is once the address is erased: a keyed digest, so that nobody can test a list of
    addresses against it."""
    return salted_hmac("leads.consent", email.strip().lower(), secret=secret, algorithm="sha256").hexdigest()


def subjects_of(email: str) -> list[str]:
    return [subject_of(email, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
