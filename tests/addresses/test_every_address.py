"""What holds at every address of tests/pages.py, however somebody comes to it: who changes nothing by posting to it,
that no form is taken without its token, what every answer carries, and what a damaged secret link opens.

Who may read what stands in tests/addresses/test_access.py; of the admin in tests/bookings/admin/rights/test_matrix.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.staff import ensure_coach_group, ensure_practice_group
from portal.common import tokens
from tests.addresses.conftest import everything, sign_in
from tests.bookings.admin.conftest import browser_of
from tests.pages import KNOWN, MACHINES, MEMBERS, OWNERS, POST_ONLY, STEPS, TOKENS

pytestmark = pytest.mark.django_db

# The one form that mail programs post without a page: RFC 8058.
WITHOUT_TOKEN = {"leads:unsubscribe"}
# Read by programs that keep it for a while, as they must: calendars.
KEPT_BY_PROGRAMS = {"feeds:calls"}
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-src 'self'", "base-uri 'none'", "object-src 'none'",
    "frame-ancestors 'none'",
}  # fmt: skip
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PUBLIC_ID, TOKEN = re.compile(r"/([A-Za-z0-9]{24})/"), re.compile(r"/([\w-]{43})(?=[/.])")


def staff(email: str, *groups: Any) -> Client:
    user = User.objects.create_user(email, proven_at=timezone.now(), is_staff=True)
    user.groups.add(*groups)
    return browser_of(user)


def others() -> dict[str, Client]:
    """Everybody but the owner; staff with the second step done."""
    return {
        "a stranger": Client(),
        "another member": sign_in(User.objects.create_user("ander@voorbeeld.nl", proven_at=timezone.now())),
        "staff without a right": staff("staf@voorbeeld.nl"),
        "another coach": staff("coach@voorbeeld.nl", ensure_coach_group()),
        "the practice": staff("praktijk@voorbeeld.nl", ensure_practice_group()),
        "a superuser": browser_of(
            User.objects.create_superuser("baas@voorbeeld.nl", proven_at=timezone.now())
        ),
    }


def with_an_id_alone(paths: dict[str, str]) -> list[str]:
    """Of a thing of the owner's, and without the secret that is a right of its own."""
    acting = sorted(OWNERS | POST_ONLY)
    return [name for name in acting if PUBLIC_ID.search(paths[name]) and not TOKEN.search(paths[name])]


def test_nobody_changes_what_is_somebody_elses_by_posting_to_it(paths: dict[str, str]) -> None:
    """T02: it is answered as a thing that is not there, and no row is another afterwards."""
    sent = {
        "value": "done", "action": "resend", "keys": ["clear"], "days": "30", "name": "Ander", "yes": "on",
        "addresses": "ander@voorbeeld.nl", "email": "ander@voorbeeld.nl", "sharing": "yes", "text": "Ander",
    }  # fmt: skip
    browsers = others()
    before, wrong = everything(), []
    names = with_an_id_alone(paths)
    for name in names:
        path = paths[name]
        unknown = PUBLIC_ID.sub(f"/{'2' * 24}/", path)
        for who, browser in browsers.items():
            answers = [browser.post(one, sent) for one in (path, unknown)]
            if seen(answers[0], path) != seen(answers[1], unknown):
                wrong.append((name, who, answers[0].status_code, answers[1].status_code))
    assert wrong == []
    after = everything()
    assert [table for table in after if after[table] != before[table]] == []
    assert len(names) > 25


def seen(answer: HttpResponse, path: str) -> tuple[int, str]:
    """How it was answered, with the address itself taken out of where it leads."""
    where = answer.headers.get("Location", "").replace("%2F", "/")
    return answer.status_code, where.replace(path, "")


def test_no_form_is_taken_without_its_token(paths: dict[str, str], owner: User) -> None:
    """T20: at every address, whoever posts; the one click of a tip is the exception that RFC 8058 asks for."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in(owner).cookies
    before = everything()
    answers = {name: strict.post(paths[name], {"code": "x"}) for name in sorted(KNOWN - WITHOUT_TOKEN)}
    assert {name: one.status_code for name, one in answers.items() if one.status_code != 403} == {}
    assert [name for name, one in answers.items() if b"<h1" not in one.content] == []
    after = everything()
    assert [table for table in after if after[table] != before[table]] == []
    assert {name: strict.post(paths[name]).status_code for name in WITHOUT_TOKEN} == {
        "leads:unsubscribe": 200
    }


# ---- what every answer carries ------------------------------------------------------------------------
def answers_of(paths: dict[str, str], owner: User) -> Iterator[tuple[str, HttpResponse]]:
    """Of every address, asked for and posted to, by a stranger and the owner; and of what goes wrong."""
    strict = Client(enforce_csrf_checks=True)
    for who, browser in (("stranger", Client()), ("owner", sign_in(owner))):
        for name, path in paths.items():
            yield f"{who} {name}", browser.get(path)
        for name in sorted(POST_ONLY | TOKENS):
            yield f"{who} PUT {name}", browser.put(paths[name])
    yield "no token", strict.post(paths["account_request_login_code"], {"email": "x"})
    yield "form again", Client().post(paths["account_request_login_code"], {"email": "x"})
    yield "not there", Client().get("/nergens/")
    yield "a secret link that is none", Client().get(damaged_ones(paths["bookings:manage_link"])[0])
    yield "evil host", Client().get("/", headers={"host": "evil.example"})
    yield "a huge question", Client().get("/?" + "&".join(f"f{n}=x" for n in range(300)))


def policy_of(headers: Mapping[str, str]) -> set[str]:
    return {part.strip() for part in headers.get("Content-Security-Policy", "").split(";")}


def test_every_answer_carries_the_same_strict_headers(paths: dict[str, str], owner: User) -> None:
    """T21, T22: pages, files, redirects and refusals; the whole policy, so that nothing is let in by a word."""
    wrong = {}
    for what, answer in answers_of(paths, owner):
        policy = policy_of(answer.headers)
        others = {name: answer.headers.get(name) for name in HEADERS}
        if policy != POLICY or others != HEADERS:
            wrong[what] = (answer.status_code, policy ^ POLICY, others)
    assert wrong == {}


def test_a_mistake_of_ours_carries_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("portal.views.render", broken)
    answer = Client(raise_request_exception=False).get("/privacy/")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_no_answer_to_a_person_is_kept_by_a_browser_or_found_by_a_search(
    paths: dict[str, str], owner: User
) -> None:
    """T28: whatever is somebody's own, behind a sign-in or a secret link, and also where it leads to a door."""
    asked = [(sign_in(owner), name) for name in sorted(OWNERS | MEMBERS | STEPS | POST_ONLY | TOKENS)]
    asked += [(Client(), name) for name in sorted(TOKENS)]
    answers = [(name, browser.get(paths[name])) for browser, name in asked if name not in KEPT_BY_PROGRAMS]
    wrong = {name: one.headers.get("Cache-Control") for name, one in answers if not is_for_one_moment(one)}
    assert wrong == {}


def is_for_one_moment(answer: HttpResponse) -> bool:
    kept, indexed = answer.headers.get("Cache-Control", ""), answer.headers.get("X-Robots-Tag", "")
    return "no-store" in kept and "noindex" in indexed


# ---- secret links -------------------------------------------------------------------------------------
def damaged_ones(path: str) -> list[str]:
    """The link with a sign changed here and there, cut off, made longer, in other cases, with another purpose."""
    found = TOKEN.search(path)
    assert found, path
    token = found[1]

    def changed(place: int) -> str:
        return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]

    made = [
        changed(place) for place in range(0, 42, 3)
    ]  # the last sign holds four bits: two of them say nothing
    made += [token[:-1], token + "A", token.swapcase(), token[::-1], "A" * 43]
    public_id = PUBLIC_ID.search(path)
    made += [tokens.make("another.purpose", public_id[1])] if public_id else []
    return [path.replace(token, one) for one in made]


def without_its_own(answer: HttpResponse, path: str) -> str:
    """The page, but for what was tried, which its links to the other language hold, and the token of its forms."""
    tried = re.search(r"[\w-]{42,44}", path)
    assert tried
    return re.sub(r'value="[^"]*"', "", answer.content.decode().replace(tried[0], ""))


def secret_links() -> list[str]:
    """Those that show something and those that act; the names say it, so that a new one is in by itself."""
    return sorted(
        TOKENS | {name for name in POST_ONLY if re.search("guest_(out|back|forget)|tips_again|by_link", name)}
    )


def test_a_damaged_secret_link_opens_nothing_and_says_so_in_one_way(
    paths: dict[str, str], owner: User
) -> None:
    """T03: whoever holds it, and whatever is asked of it; no session begins by trying."""
    found = [name for name, path in paths.items() if TOKEN.search(path)]
    assert sorted(found) == secret_links()
    before, wrong = everything(), []
    for name in secret_links():
        said = set()
        for path in damaged_ones(paths[name]):
            browser = Client()
            answer = browser.get(path) if name in TOKENS else browser.post(path)
            said.add((answer.status_code, without_its_own(answer, path)))
            if (
                answer.status_code not in {404, 410}
                or "sessionid" in browser.cookies
                or b"Sanne" in answer.content
            ):
                wrong.append((name, path, answer.status_code))
        if len(said) != 1:
            wrong.append((name, "several answers", said))
        main = BeautifulSoup(answer.content, "html.parser").main
        if (
            not main
            or not main.h1
            or not (main.select("a[href]") or "Vraag wie je uitnodigde" in main.get_text())
        ):
            wrong.append((name, "leads nowhere"))
    assert wrong == []
    after = everything()
    assert [table for table in after if after[table] != before[table]] == []


def test_a_secret_link_stays_out_of_the_referrer_of_every_link_to_elsewhere(paths: dict[str, str]) -> None:
    """T03: where the page keeps its address, no browser tells it to another site, and nobody else keeps it."""
    for name in sorted(TOKENS - KEPT_BY_PROGRAMS):
        answer = Client().get(paths[name])
        assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, name
        if answer.status_code == 302:  # into the session, and on to a clean address
            assert not TOKEN.search(answer.headers["Location"] + "/"), name
        else:
            assert (answer.status_code, is_for_one_moment(answer)) == (200, True), name


def test_the_lists_of_this_file_speak_of_addresses_that_are_there() -> None:
    assert (WITHOUT_TOKEN | KEPT_BY_PROGRAMS | MACHINES) <= KNOWN
