"""What a kind of mail is called, and what one mail is about, as a person says it. Apps register theirs in
`AppConfig.ready()`; every folder under templates/emails has a name (tests/mail/test_names.py)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from portal.mail.models import OutboundEmail

Words = str | Promise


@dataclass(frozen=True)
class Name:
    """`if_stopped` is what it means when such a mail is not sent. A code is asked for and used at once. What stands in
    a private one is for its reader alone: the coach sees that it left, and when."""

    words: Words
    if_stopped: Words = ""
    is_code: bool = False
    is_private: bool = False


@dataclass(frozen=True)
class Matter:
    """What a mail is about; `path` is where in the admin that can be read, if its reader may."""

    words: str
    path: str = ""


# by primary key of the mail, in as many queries whatever their number
FindMatters = Callable[[Any, Collection["OutboundEmail"]], Mapping[int, Matter]]
FindPeople = Callable[[Any, Collection[str]], Mapping[str, str]]  # by address: the path of the person's page
OF_OTHERS = "others/message"  # of a package: it may hold a code
OTHER = Name(gettext_lazy("Other mail"))
_names: dict[str, Name] = {OF_OTHERS: Name(OTHER.words, is_code=True)}
_matters: list[tuple[frozenset[str], FindMatters]] = []
_people: list[FindPeople] = []


def register(names: Mapping[str, Name], find_matters: FindMatters | None = None) -> None:
    """Names by message; `find_matters` says of mails of these messages what they are about."""
    _names.update(names)
    if find_matters is not None:
        _matters.append((frozenset(names), find_matters))


def register_people(find: FindPeople) -> None:
    _people.append(find)


def known() -> set[str]:
    return {*_names}


def private() -> set[str]:
    return {message for message, name in _names.items() if name.is_private}


def name_of(message: str) -> Name:
    return _names.get(message, OTHER)


def title(mail: OutboundEmail) -> str:
    """'Reminder to Sanne Vermeer'."""
    return _("%(what)s to %(name)s") % {
        "what": name_of(mail.message).words,
        "name": mail.to_name or mail.to_email,
    }


def matters(viewer: Any, mails: Iterable[OutboundEmail]) -> dict[int, Matter]:
    mails = list(mails)
    found = dict[int, Matter]()
    for messages, find in _matters:
        if ours := [mail for mail in mails if mail.message in messages]:
            found |= find(viewer, ours)
    return found


def people(viewer: Any, addresses: Collection[str]) -> dict[str, str]:
    return {address: path for find in _people for address, path in find(viewer, addresses).items()}
