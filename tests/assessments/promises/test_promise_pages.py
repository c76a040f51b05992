"""Making a promise, answering for a week, and what the pages say of it; over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from assessments import summary
from assessments.models import Scan
from assessments.promises import services
from assessments.promises.models import FridayAnswer, Promise
from assessments.promises.panels import moments, on_account
from portal.accounts.models import User
from portal.common import times, tokens
from portal.mail.models import OutboundEmail
from tests.assessments.demo import BEFORE, instrument
from tests.assessments.walk import give_code, walk
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, UserFactory
from tests.factories.promises import FridayAnswerFactory, PromiseFactory

pytestmark = pytest.mark.django_db
MAIL = "sanne@voorbeeld.nl"
SAID = {"key": "letting-go", "action": "2", "moment": "dinsdag, bij de start"}


@pytest.fixture
def user(clock: Any) -> User:
    user: User = UserFactory(email=MAIL)
    return user


@pytest.fixture
def member(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def address(scan: Scan) -> str:
    return reverse("assessments:promise", args=[scan.public_id])


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words_of(response: Any) -> str:
    found = page_of(response).select_one("main")
    assert found is not None
    return " ".join(found.get_text(" ").split())


def fields_of(response: Any) -> dict[str, str]:
    """What a press on the first form of the page would send."""
    form = page_of(response).select_one("main form")
    assert form is not None
    return {
        str(one["name"]): str(one.get("value", "on" if one.get("type") == "checkbox" else ""))
        for one in form.select("input")
        if one["name"] != "csrfmiddlewaretoken"
        and (one.get("type") not in ("radio", "checkbox") or one.has_attr("checked"))
    }


# ---- making one -----------------------------------------------------------------------------------------
def test_a_member_chooses_an_action_and_a_moment_and_no_mail_beforehand(member: Client, user: User) -> None:
    scan = CompletedScanFactory(user=user)
    page = member.get(address(scan))
    assert fields_of(page) == {"moment": "", "key": "letting-go", "replaces": ""}
    assert "De eerste keer op vrijdag 27 november" in words_of(page)
    done = member.post(address(scan), SAID)
    assert done.headers["Location"] == reverse("accounts:account") + "#belofte"
    promise = Promise.objects.get()
    assert (promise.key, promise.action, promise.moment, promise.by_mail) == (
        "letting-go",
        2,
        "dinsdag, bij de start",
        False,
    )
    account = words_of(member.get(reverse("accounts:account")))
    assert promise.action_in("nl") in account
    assert "Genoteerd. De eerste vrijdag is 27 november." in account
    assert not OutboundEmail.objects.exists()


def test_whoever_has_no_account_keeps_the_result_first_and_the_code_makes_the_promise(
    visitor: Client, clock: Any
) -> None:
    InstrumentFactory()
    scan = walk(visitor)
    said = SAID | {"by_mail": "on", "email": MAIL}
    for _press in range(2):
        asked = visitor.post(address(scan), said)
        assert asked.headers["Location"] == reverse("account_confirm_login_code")
    assert OutboundEmail.objects.filter(message="accounts/login_code").count() == 1
    assert not Promise.objects.exists()
    assert give_code(visitor, MAIL).headers["Location"] == reverse("accounts:account") + "#belofte"
    promise = Promise.objects.get(user__email=MAIL)
    assert (promise.scan, promise.moment, promise.action) == (scan, SAID["moment"], 2)
    assert OutboundEmail.objects.filter(message="assessments/friday").count() == 6
    assert OutboundEmail.objects.filter(message="assessments/result_kept").count() == 1


def test_a_code_does_not_replace_a_promise_of_before_unasked(visitor: Client, user: User) -> None:
    standing = PromiseFactory(user=user)
    scan = walk(visitor)
    visitor.post(address(scan), SAID | {"email": MAIL, "by_mail": "on"})
    there = give_code(visitor, MAIL).headers["Location"]
    assert there == address(scan)
    page = visitor.get(there)
    assert "Je hebt al een belofte" in words_of(page)
    kept = fields_of(page)
    assert kept == SAID | {"by_mail": "on", "replaces": standing.public_id}
    visitor.post(address(scan), kept)
    assert [one.moment for one in Promise.objects.filter(ended_at=None)] == [SAID["moment"]]


def test_a_second_promise_asks_and_keeps_what_was_typed(member: Client, user: User) -> None:
    scan = CompletedScanFactory(user=user)
    form_of_before = fields_of(member.get(address(scan)))
    standing = PromiseFactory(user=user, scan=scan)
    asked = member.post(address(scan), form_of_before | SAID)
    assert (asked.status_code, Promise.objects.count()) == (409, 1)
    assert fields_of(asked) == SAID | {"replaces": standing.public_id}
    for _press in range(2):
        assert member.post(address(scan), fields_of(asked)).status_code == 302
    assert Promise.objects.count() == 2


def test_another_key_is_chosen_without_losing_what_was_typed(member: Client, user: User) -> None:
    scan = CompletedScanFactory(user=user)
    other = member.post(address(scan), SAID | {"by_mail": "on", "to_key": "open"})
    assert fields_of(other) == {"key": "open", "moment": SAID["moment"], "by_mail": "on", "replaces": ""}
    assert instrument().key("open").actions[0] in words_of(other)
    assert not Promise.objects.exists()
    picked = {fields_of(member.post(address(scan), {"to_key": "any"}))["key"] for _time in range(20)}
    assert picked == {"letting-go", "advance"}
    assert member.get(address(scan) + "?key=any").headers["Location"].rpartition("=")[2] in picked


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"action": "", "moment": ""}, "Kies een van de twee acties."),
        ({"action": "3"}, "Kies een van de twee acties."),
        ({"action": "1'; --"}, "Kies een van de twee acties."),
        ({"moment": " \u202e\x00 "}, "Noem een moment waarvan je weet dat het komt."),
        ({"moment": "x" * 81}, "Gebruik hoogstens 80 tekens."),
        ({"moment": "x" * 200_000}, "Gebruik hoogstens 80 tekens."),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(
    member: Client, user: User, sent: dict[str, str], words: str
) -> None:
    page = member.post(address(CompletedScanFactory(user=user)), SAID | {"by_mail": "on"} | sent)
    assert (page.status_code, Promise.objects.exists()) == (422, False)
    assert words in words_of(page)
    assert fields_of(page)["by_mail"] == "on"


def test_signs_nobody_sees_go_and_a_key_nobody_knows_is_the_lowest(member: Client, user: User) -> None:
    scan = CompletedScanFactory(user=user)
    odd = SAID | {"key": "gone\x00", "moment": "  dins\x00dag\u202e\n nu ", "replaces": "\x00?"}
    page = member.post(address(scan), odd)
    assert page.status_code in (302, 422)
    member.post(address(scan), odd | {"key": "gone", "replaces": ""})
    assert list(Promise.objects.values_list("key", "moment")) == [("letting-go", "dins dag nu")]


def test_a_result_of_somebody_else_promises_nothing(member: Client) -> None:
    for scan in (CompletedScanFactory(user=UserFactory()), CompletedScanFactory()):
        assert member.get(address(scan)).status_code == 404
        assert member.post(address(scan), SAID).status_code == 404


# ---- answering ------------------------------------------------------------------------------------------
def week_address(promise: Promise, week: int = 1) -> str:
    return reverse("assessments:promise_answer", args=[promise.public_id, week])


def link(promise: Promise, week: int = 1) -> str:
    token = tokens.make("promises.answer", promise.public_id, week)
    return reverse("assessments:promise_link", args=[promise.public_id, week, token])


@pytest.mark.parametrize("by_link", [True, False])
def test_an_answer_is_kept_shown_and_changed(member: Client, user: User, by_link: bool) -> None:
    promise = PromiseFactory(user=user, weeks_ago=1)
    path = link(promise) if by_link else week_address(promise)
    browser = Client() if by_link else member
    assert browser.get(f"{path}?answer=done").status_code == 200
    assert not FridayAnswer.objects.exists()
    kept = browser.post(f"{path}?answer=done", {"answer": "differently", "words": "  per\x00 telefoon "})
    assert kept.headers["Location"] == (path if by_link else reverse("accounts:account") + "#belofte")
    assert FridayAnswer.objects.values_list("answer", "words").get() == ("differently", "per telefoon")
    assert fields_of(browser.get(path)) == {"answer": "differently", "words": "per telefoon"}
    browser.post(path, {"answer": "done"})
    assert FridayAnswer.objects.values_list("answer").get() == ("done",)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"answer": "maybe"},
        {"answer": "done", "words": "x" * 201},
        {"answer": ["done"] * 3, "words": "y" * 300},
    ],
)
def test_an_answer_that_is_none_is_asked_again_with_what_was_typed(user: User, sent: Any) -> None:
    promise = PromiseFactory(user=user, weeks_ago=1)
    page = Client().post(link(promise), sent)
    assert (page.status_code, FridayAnswer.objects.exists()) == (422, False)
    assert fields_of(page)["words"] == sent.get("words", "")


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"weeks_ago": 0}, 200, "Deze week moet nog komen."),
        ({"weeks_ago": 6}, 410, "Deze week is gesloten."),
        ({"weeks_ago": 1, "ended_at": -5, "why_ended": "done"}, 410, "Deze belofte is voorbij."),
    ],
)
def test_a_week_that_is_closed_says_why(user: User, change: dict[str, Any], status: int, words: str) -> None:
    if "ended_at" in change:
        change = change | {"ended_at": times.now() + timedelta(days=change["ended_at"])}
    promise = PromiseFactory(user=user, **change)
    for response in (Client().get(link(promise)), Client().post(link(promise), {"answer": "done"})):
        assert response.status_code == status
        assert words in words_of(response)
    assert not FridayAnswer.objects.exists()


def test_links_that_are_broken_or_of_an_erased_promise_say_so(member: Client, user: User) -> None:
    promise = PromiseFactory(user=user, weeks_ago=1)
    genuine = link(promise)
    for broken in (
        genuine[:-2] + "/",
        genuine.replace("/1/", f"/{10**30}/"),
        genuine.replace(promise.public_id, "x%00"),
    ):
        assert Client().get(broken).status_code == 404
    stop = reverse("assessments:promise_stop", args=[promise.public_id, "x" * 43])
    assert Client().post(stop).status_code == 404
    promise.delete()
    assert Client().get(genuine).status_code == 410
    assert Client().post(genuine, {"answer": "done"}).status_code == 410


def test_of_somebody_else_nothing_is_found_and_nothing_changes(member: Client, user: User) -> None:
    theirs = PromiseFactory(weeks_ago=1, by_mail=True)
    for path in (week_address(theirs), week_address(PromiseFactory(user=user, weeks_ago=1), 7)):
        assert member.get(path).status_code == 404
        assert member.post(path, {"answer": "done"}).status_code == 404
    for name in ("mails", "end"):
        assert member.post(reverse(f"assessments:promise_{name}", args=[theirs.public_id])).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.by_mail, theirs.ended_at, FridayAnswer.objects.exists()) == (True, None, False)


def test_one_click_stops_the_mails_and_only_a_press_does(user: User) -> None:
    scan = CompletedScanFactory(user=user)
    promise = services.make(user, scan, key="open", action=1, moment="nu", by_mail=True, language="nl")
    path = reverse(
        "assessments:promise_stop", args=[promise.public_id, tokens.make("promises.stop", promise.public_id)]
    )
    assert "Mails op vrijdag stoppen?" in words_of(Client().get(path))
    assert OutboundEmail.objects.filter(status="queued").count() == 6
    for _press in range(2):
        assert "Je krijgt geen mails meer over deze belofte." in words_of(Client().post(path, follow=True))
    assert OutboundEmail.objects.filter(status="queued").count() == 0
    promise.refresh_from_db()
    assert promise.stands


# ---- in the account -------------------------------------------------------------------------------------
def test_the_account_counts_what_was_done_and_nothing_else(member: Client, user: User) -> None:
    promise = PromiseFactory(user=user, weeks_ago=5, by_mail=True)
    for week, answer in ((1, "done"), (2, "not"), (3, "done"), (4, "differently"), (5, "done")):
        FridayAnswerFactory(promise=promise, week=week, answer=answer, words="belde" if week == 4 else "")
    said = words_of(member.get(reverse("accounts:account")))
    assert "Gedaan in 3 van 5 weken." in said
    assert "anders gedaan: belde" in said
    off = member.post(
        reverse("assessments:promise_mails", args=[promise.public_id]), {"mails": "off"}, follow=True
    )
    assert "We mailen je niet meer op vrijdag." in words_of(off)
    on = member.post(
        reverse("assessments:promise_mails", args=[promise.public_id]), {"mails": "on"}, follow=True
    )
    assert "We mailen je op de vrijdagen die nog komen." in words_of(on)
    ended = member.post(reverse("assessments:promise_end", args=[promise.public_id]), follow=True)
    assert "Voorbij: je was ermee klaar." in words_of(ended)


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_of_the_account_takes_two_queries_however_many_there_are(
    rf: Any, user: User, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        promise = PromiseFactory(
            user=user,
            weeks_ago=2 + number,
            ended_at=times.now() if number else None,
            why_ended="done" if number else "",
        )
        FridayAnswerFactory(promise=promise)
    request = rf.get("/")
    request.user = user
    on_account(request)  # the instrument is parsed once per process
    with django_assert_num_queries(2):
        on_account(request)


def test_no_promise_is_no_panel_in_the_account(member: Client) -> None:
    assert "belofte" not in words_of(member.get(reverse("accounts:account"))).lower()


# ---- on the page of a result ------------------------------------------------------------------------------
def test_the_result_leads_to_a_promise_and_then_shows_it(member: Client, user: User) -> None:
    scan = CompletedScanFactory(user=user)
    path = reverse("assessments:result", args=[scan.public_id])
    page = member.get(path)
    assert "Maak er een belofte van" in words_of(page)
    assert page_of(page).select_one(f'main a[href="{address(scan)}"]') is not None
    PromiseFactory(user=user, scan=scan, moment="vrijdag na de stand-up")
    assert "vrijdag na de stand-up" in words_of(member.get(path))


def test_the_next_scan_says_chance_first_and_shows_both_keys(member: Client, user: User) -> None:
    before = CompletedScanFactory(user=user, days_ago=60, sums=BEFORE)
    promise = PromiseFactory(
        user=user, scan=before, key="advance", weeks_ago=8, ended_at=times.now(), why_ended="over"
    )
    FridayAnswerFactory(promise=promise)
    now = CompletedScanFactory(user=user)
    page = member.get(reverse("assessments:result", args=[now.public_id]))
    said = words_of(page)
    chance = said.index("Eerst: wat toeval alleen al doet")
    table = page_of(page).select_one("section[aria-labelledby=h-worked] table")
    assert table is not None
    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in table.select("tbody tr")
    ]
    assert rows == [
        ["Vertrouwen op voorschot jouw belofte: gelijk gebleven", "33", "45", "33"],
        ["Uit handen geven de eerstvolgende lage, zonder belofte: kan toeval zijn", "42", "49", "25"],
    ]
    assert chance < said.index("jouw belofte")
    assert "gedaan in 1 van 6 weken" in said
    assert "effect" not in said
    first = words_of(member.get(reverse("assessments:result", args=[before.public_id])))
    assert "wat toeval alleen al doet" not in first


def test_a_scan_of_another_major_version_is_not_compared(member: Client, user: User) -> None:
    before = CompletedScanFactory(user=user, days_ago=60, instrument=InstrumentFactory(version="2.0"))
    PromiseFactory(user=user, scan=before, weeks_ago=8)
    now = CompletedScanFactory(user=user, instrument=InstrumentFactory(version="1.1"))
    page = member.get(reverse("assessments:result", args=[now.public_id]))
    assert "wat toeval alleen al doet" not in words_of(page)


def test_promises_stand_on_the_time_line_in_one_query(user: User, django_assert_num_queries: Any) -> None:
    for days in (2, 1):
        PromiseFactory(
            user=user, made_at=times.now() - timedelta(days=days), ended_at=times.now(), why_ended="replaced"
        )
    PromiseFactory(moment="van een ander")
    summary.moments_since(user.pk, times.now() - timedelta(days=9))
    with django_assert_num_queries(1):
        found = moments(user.pk, times.now() - timedelta(days=9))
    phrase = instrument().key("letting-go").phrase
    assert [one.words for one in found] == [
        f"Belofte aan jezelf over {phrase}: maandag in het teamoverleg"
    ] * 2
    assert [one.kind for one in found] == ["promise"] * 2
    assert found[0].at < found[1].at
