"""The mail of a Friday: sent while it is true, with links that ask, and for its reader alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from assessments.promises import emails, services
from assessments.promises.models import Promise
from portal.accounts import services as accounts
from portal.common import export, tokens
from portal.mail import delivery, preview, refused, shown
from portal.mail.models import OutboundEmail
from portal.mail.outbox import Skip
from portal.mail.render import Parts, due_context, render
from tests.factories.assessments import CompletedScanFactory, UserFactory

pytestmark = pytest.mark.django_db
DAYS = 86_400
MOMENT = "woensdag bij de koffie"


@pytest.fixture
def promise(clock: Any) -> Promise:
    """Made on Monday, with mails, of somebody who reads Dutch."""
    user = UserFactory()
    scan = CompletedScanFactory(user=user)
    return services.make(user, scan, key="letting-go", action=1, moment=MOMENT, by_mail=True, language="nl")


def mail_of(week: int) -> OutboundEmail:
    return OutboundEmail.objects.get(message=emails.FRIDAY, data__week=week)


def written(week: int) -> Parts:
    mail = mail_of(week)
    context = due_context(mail)
    assert not isinstance(context, Skip), context
    return render(mail.message, mail.language, context)


def action_of(promise: Promise) -> str:
    return promise.action_in("nl")


# ---- what stands in it --------------------------------------------------------------------------------
def test_it_says_the_action_the_moment_and_one_question_with_three_links(promise: Promise) -> None:
    parts = written(1)
    for text in (parts.text, parts.html):
        assert action_of(promise) in " ".join(text.replace("&#x27;", "'").split())
        assert MOMENT in text
        assert "Heb je het deze week gedaan?" in text
        assert [
            re.search(rf"answer={one}\b", text) is not None for one in ("done", "not", "differently")
        ] == [
            True,
            True,
            True,
        ]
    assert "Dit is vrijdag 1 van zes." in parts.text
    assert "Dit was de laatste van zes vrijdagen." in written(6).text
    assert parts.subject == "Vrijdag: gedaan, niet of anders?"
    assert len(parts.html) < 30_000


def test_nothing_somebody_wrote_stands_in_the_subject_whatever_it_is(promise: Promise) -> None:
    Promise.objects.update(moment="<b>Bcc: x@voorbeeld.nl</b> ~~token:promises.stop:x:0:y~~")
    parts = written(1)
    assert "Bcc" not in parts.subject
    assert "&lt;b&gt;Bcc" in parts.html
    assert "<b>Bcc" not in parts.html


# ---- why it stays away ----------------------------------------------------------------------------------
def ends(promise: Promise) -> None:
    services.end(promise, Promise.Why.DONE)


def is_replaced(promise: Promise) -> None:
    services.make(
        promise.user,
        promise.scan,
        key="open",
        action=2,
        moment="morgen",
        by_mail=False,
        language="nl",
        replaces=promise.public_id,
    )


def is_refused(promise: Promise) -> None:
    refused.refuse(promise.user.email, refused.Why.BOUNCE, reason="550 5.1.1")


def is_answered(promise: Promise) -> None:
    services.answer(promise, 1, given="not")


def is_erased(promise: Promise) -> None:
    accounts.erase(promise.user)


STOPS: dict[str, Callable[[Promise], object]] = {
    "done with it": ends,
    "a new one": is_replaced,
    "one click": services.stop_mails,
    "the address refuses": is_refused,
    "answered already": is_answered,
    "the account is gone": is_erased,
}


def deliver_first() -> OutboundEmail | None:
    """What the worker makes of it on Friday, up to the bytes that would leave."""
    mail = delivery.claim()
    if mail is None:
        return None
    assert mail.data["week"] == 1
    return mail if delivery.prepare(mail) is not None else None


def test_on_friday_at_three_it_leaves_and_no_minute_sooner(promise: Promise, clock: Any) -> None:
    clock.shift(4 * DAYS + 2 * 3600 - 60)
    assert delivery.claim() is None
    clock.shift(60)
    assert deliver_first() is not None


@pytest.mark.parametrize("stop", STOPS)
def test_it_stays_away_when_it_was_stopped_before(promise: Promise, clock: Any, stop: str) -> None:
    clock.shift(4 * DAYS + 2 * 3600)
    STOPS[stop](promise)
    assert deliver_first() is None


@pytest.mark.parametrize("stop", STOPS.keys() - {"the address refuses", "the account is gone"})
def test_its_own_check_would_stop_it_too(promise: Promise, clock: Any, stop: str) -> None:
    """As for a row that somebody lets leave by hand, or that was planned by a version of before."""
    clock.shift(4 * DAYS + 2 * 3600)
    STOPS[stop](promise)
    assert isinstance(due_context(mail_of(1)), Skip)


@pytest.mark.parametrize("stop", STOPS)
def test_it_stays_away_when_that_happens_while_a_worker_writes_it(
    promise: Promise, clock: Any, stop: str, monkeypatch: Any
) -> None:
    clock.shift(4 * DAYS + 2 * 3600)
    fill = delivery.due_context

    def filled_and_then(mail: OutboundEmail) -> Any:
        context = fill(mail)
        STOPS[stop](promise)
        return context

    monkeypatch.setattr(delivery, "due_context", filled_and_then)
    left = deliver_first()
    # what an address or a bounce says after the words were written is too late for this one, and stops the next
    assert (left is None) is (stop != "the address refuses")


def test_what_could_not_leave_before_sunday_afternoon_does_not_leave(promise: Promise, clock: Any) -> None:
    clock.shift(6 * DAYS + 2 * 3600)
    delivery.cancel_expired()
    assert (mail_of(1).status, mail_of(2).status) == ("cancelled", "queued")


# ---- links ------------------------------------------------------------------------------------------------
def test_its_links_open_without_a_sign_in_and_only_its_own_week(promise: Promise, clock: Any) -> None:
    clock.shift(5 * DAYS)
    paths = re.findall(r"https?://[^/\s]+(/\S+)", filled(written(1).text))
    answer = next(path for path in paths if path.endswith("answer=not"))
    stop = next(path for path in paths if "/stop/" in path)
    page = Client().get(answer)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert 'value="not" checked' in " ".join(page.content.decode().split())
    assert Client().get(stop).status_code == 200
    assert not promise.answers.exists()
    assert Client().get(answer.replace("/1/", "/2/")).status_code == 404
    assert Client().get(stop.replace("/stop/", "/1/")).status_code == 404


def filled(text: str) -> str:
    return tokens.fill_in(text)


# ---- for its reader alone ---------------------------------------------------------------------------------
def test_the_coach_sees_that_it_left_and_nothing_that_stands_in_it(promise: Promise, clock: Any) -> None:
    before = preview.of(mail_of(1))
    assert (before.has_samples, before.can_leave, before.why_not) == (True, True, "")
    assert MOMENT not in before.text + before.html + before.subject
    assert action_of(promise) not in before.text
    clock.shift(4 * DAYS + 2 * 3600)
    assert deliver_first() is not None
    mail = mail_of(1)
    assert MOMENT in mail.text
    for seen in (preview.of(mail), preview.of(OutboundEmail(**{**vars_of(mail), "status": "sent"}))):
        assert (seen.text, seen.html, seen.hidden) == (
            "",
            "",
            "Wat erin staat, is alleen voor de persoon zelf.",
        )
    assert MOMENT not in shown.text(mail) + shown.what(mail)
    assert emails.matters_of(None, [mail])[mail.pk].words == "week 1 van 6 van een belofte"


def vars_of(mail: OutboundEmail) -> dict[str, Any]:
    return {name: value for name, value in vars(mail).items() if not name.startswith("_")}


def test_the_copy_for_the_coach_holds_nothing_of_it_and_the_own_one_all(promise: Promise, clock: Any) -> None:
    clock.shift(4 * DAYS + 2 * 3600)
    deliver_first()
    services.answer(promise, 1, given="differently", words="in een belletje")
    coach = UserFactory(is_staff=True, is_superuser=True)
    own = str([one.as_data() for one in export.copy_of(promise.user.email)])
    said = str([one.as_words() for one in export.copy_of(promise.user.email)])
    theirs = str([one.as_data() for one in export.copy_of(promise.user.email, viewer=coach)])
    for words in (MOMENT, "in een belletje"):
        assert words in own
        assert words in said
        assert words not in theirs
    assert action_of(promise) in said
