"""A pulse as somebody with an account meets it: ten statements, saved by one press, apart from the scans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from assessments.models import Scan
from assessments.pulse import views
from assessments.pulse.models import TEAM_TRUST_PULSE, Pulse
from assessments.pulse.panels import account_panel
from portal.accounts.models import User
from portal.common import retention, times
from portal.leads.funnel.models import Tally
from tests.assessments.demo import instrument
from tests.assessments.walk import posted
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory
from tests.factories.pulse import PulseFactory, at_level

pytestmark = pytest.mark.django_db
ITEMS = [item.id for item in instrument().pulse]
FOURS = posted(at_level(4))


@pytest.fixture
def sanne() -> User:
    user = UserFactory()
    CompletedScanFactory(user=user, days_ago=20)
    return user


@pytest.fixture
def own(client: Client, sanne: User) -> Client:
    client.force_login(sanne)
    return client


def page(client: Client) -> BeautifulSoup:
    return BeautifulSoup(client.get(reverse("assessments:pulse")).content, "html.parser")


def form_key(client: Client) -> str:
    return str(page(client).select_one("form#scan input[name=form]")["value"])


def press(client: Client, answers: dict[str, str] | None = None, **extra: str) -> Any:
    sent = FOURS if answers is None else answers
    return client.post(reverse("assessments:pulse"), {"form": form_key(client), **sent, **extra})


def panel(client: Client) -> Any:
    found = BeautifulSoup(client.get(reverse("accounts:account")).content, "html.parser")
    return found.select_one("section#pulse")


# ---- saving -----------------------------------------------------------------------------------------------
def test_ten_statements_one_of_each_key_stand_on_one_page_and_looking_keeps_nothing(own: Client) -> None:
    shown = page(own)
    assert [one["id"].removesuffix("-1") for one in shown.select("form#scan input[value='1']")] == ITEMS
    assert len({item.key_slug for item in instrument().pulse}) == 10
    assert [number.text for number in shown.select(".item-number b")] == [str(n) for n in range(1, 11)]
    assert not Pulse.objects.exists()


def test_one_press_keeps_all_ten_and_freezes_the_score(clock: Any, own: Client, sanne: User) -> None:
    key = form_key(own)
    clock.shift(timedelta(seconds=90))
    answer = own.post(reverse("assessments:pulse"), {"form": key, **FOURS})
    assert answer.headers["Location"] == reverse("accounts:account") + "#pulse"
    kept = Pulse.objects.get()
    assert (kept.user, kept.score, kept.answers) == (sanne, 75.0, at_level(4))
    assert kept.done_at - kept.started_at == timedelta(seconds=90)
    assert str(kept).startswith(TEAM_TRUST_PULSE)
    assert "Je peiling is bewaard: 75 van 100." in own.get(reverse("accounts:account")).content.decode()


def test_a_form_that_is_sent_twice_is_one_pulse_and_the_first_answers_stay(own: Client) -> None:
    key = form_key(own)
    for answers in (FOURS, posted(at_level(1))):
        own.post(reverse("assessments:pulse"), {"form": key, **answers})
    assert Pulse.objects.get().score == 75.0


def test_what_is_missing_is_asked_for_and_what_was_given_is_kept(own: Client) -> None:
    most = {name: value for name, value in FOURS.items() if name not in ITEMS[:2]}
    answer = press(own, most)
    shown = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 422
    assert len(shown.select(".item.has-error")) == 2
    assert len(shown.select("form#scan input[checked]")) == 8
    assert shown.title.text.strip().startswith("Fout:")
    assert len(page(own).select("form#scan input[checked]")) == 8  # also for who comes back later
    press(own, {name: FOURS[name] for name in ITEMS[:2]})
    assert Pulse.objects.get().score == 75.0


def test_two_tabs_are_never_two_pulses_under_way(own: Client, sanne: User) -> None:
    one, other = form_key(own), form_key(own)
    half = {name: FOURS[name] for name in ITEMS[:5]}
    rest = {name: FOURS[name] for name in ITEMS[5:]}
    own.post(reverse("assessments:pulse"), {"form": one, **half})
    own.post(reverse("assessments:pulse"), {"form": other, **rest})
    assert Pulse.objects.get().is_completed
    PulseFactory(user=sanne, completed_at=None, started_at=times.now(), score=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        PulseFactory(user=sanne, completed_at=None, started_at=times.now(), score=None)


def test_the_other_language_keeps_what_was_filled_in(own: Client) -> None:
    half = {name: FOURS[name] for name in ITEMS[:5]}
    answer = press(own, half, to_language="en")
    with_english = BeautifulSoup(own.get(answer.headers["Location"]).content, "html.parser")
    assert answer.headers["Location"] == "/en/pulse/"
    assert len(with_english.select("form#scan input[checked]")) == 5
    assert with_english.html["lang"] == "en"


def test_did_not_come_up_is_an_answer_and_three_of_them_leave_no_score(own: Client) -> None:
    press(own, FOURS | dict.fromkeys(ITEMS[:3], "na"))
    assert Pulse.objects.get().score is None
    shown = panel(own)
    assert shown.h2.text.strip() == "Je laatste peiling heeft geen score."
    assert "te weinig antwoorden" in shown.text


@pytest.mark.parametrize(
    "key", ["", "\x00", "é" * 5000, "[1,2,3]", signing.dumps([1, "x", "y"], salt="other")]
)
def test_a_key_that_is_not_ours_loses_no_answer(own: Client, key: str) -> None:
    answer = own.post(reverse("assessments:pulse"), {"form": key, **FOURS})
    assert answer.status_code == 302
    assert Pulse.objects.get().score == 75.0


def test_a_key_of_somebody_else_reaches_nothing_of_theirs(own: Client) -> None:
    theirs = PulseFactory(level=2)
    key = views.make_key(theirs)
    own.post(reverse("assessments:pulse"), {"form": key, **FOURS})
    theirs.refresh_from_db()
    assert theirs.score == 25.0
    assert Pulse.objects.exclude(pk=theirs.pk).get().score == 75.0


@pytest.mark.parametrize("value", ["9", "\x00", "vaak", "x" * 9000, "-1", "4.0"])
def test_a_value_that_is_none_is_asked_for_again(own: Client, value: str) -> None:
    answer = press(own, FOURS | {ITEMS[0]: value})
    assert answer.status_code == 422
    assert Pulse.objects.get().answers == {name: at_level(4)[name] for name in ITEMS[1:]}


# ---- apart ------------------------------------------------------------------------------------------------
def test_a_pulse_leaves_scans_and_the_figures_of_the_funnel_alone(own: Client) -> None:
    before = (list(Scan.objects.values()), Tally.objects.count())
    press(own)
    assert (list(Scan.objects.values()), Tally.objects.count()) == before


@pytest.mark.parametrize("has_open", [False, True])
def test_a_pulse_comes_after_a_whole_scan(client: Client, has_open: bool) -> None:
    user = UserFactory()
    InstrumentFactory()
    if has_open:
        ScanFactory(user=user)
    client.force_login(user)
    assert client.get(reverse("assessments:pulse")).headers["Location"] == "/"
    assert client.post(reverse("assessments:pulse"), FOURS).headers["Location"] == "/"
    assert not Pulse.objects.exists()
    assert panel(client) is None


def test_pulses_are_compared_with_each_other_and_never_with_a_scan(own: Client, sanne: User) -> None:
    PulseFactory(user=sanne, level=2, days_ago=60)
    PulseFactory(user=sanne, level=3, days_ago=30)
    shown = panel(own)
    cells = [[" ".join(cell.text.split()) for cell in row.select("td")] for row in shown.select("tbody tr")]
    assert cells == [["50", "43 en 57", "+25, zeker gegroeid"], ["25", "18 en 32", ""]]
    assert shown.h2.text.strip() == "Je peiling: 50 van 100, +25 sinds de vorige."
    assert len(shown.select("svg.trend circle")) == 2
    assert "59" not in shown.text  # the overall of the scan


def test_a_difference_below_20_points_may_be_chance_and_makes_no_headline(own: Client, sanne: User) -> None:
    PulseFactory(user=sanne, days_ago=60)
    PulseFactory(user=sanne, days_ago=30, answers=at_level(3) | dict.fromkeys(ITEMS[2:9], 4), score=67.5)
    shown = panel(own)
    assert shown.h2.text.strip() == "Je peiling: 68 van 100."
    assert "+18, kan toeval zijn" in " ".join(shown.text.split())
    assert "zo’n 20 punten" in shown.text


def test_pulses_of_another_major_version_are_not_subtracted(own: Client, sanne: User) -> None:
    PulseFactory(user=sanne, level=2, days_ago=60)
    PulseFactory(user=sanne, level=4, days_ago=30, instrument=InstrumentFactory(version="2.0"))
    shown = panel(own)
    assert len(shown.select("tbody tr")) == 1
    assert not shown.select("svg.trend")
    assert "Eén eerdere peiling staat hier niet bij." in shown.text


# ---- when it is offered -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("days", "is_offered"), [(13, False), (14, True), (59, True), (60, False)])
def test_it_is_offered_between_two_weeks_and_the_next_scan_and_can_always_be_reached(
    client: Client, days: int, is_offered: bool
) -> None:
    user = UserFactory()
    CompletedScanFactory(user=user, days_ago=days)
    client.force_login(user)
    link = panel(client).find("a", href=reverse("assessments:pulse"))
    assert (link["class"] == ["btn", "outlined"]) is is_offered
    assert client.get(reverse("assessments:pulse")).status_code == 200


def test_one_under_way_is_offered_to_go_on_with(own: Client) -> None:
    press(own, {ITEMS[0]: "3"})
    assert panel(own).find("a", href=reverse("assessments:pulse")).text.strip() == "Ga verder met je peiling"
    assert "Wat je eerder invulde, staat er nog." in page(own).text


def test_the_panel_takes_two_queries_however_many_there_are(
    rf: Any, sanne: User, django_assert_num_queries: Any
) -> None:
    request = rf.get("/")
    request.user = sanne
    for count in (0, 1, 3):
        for number in range(count):
            PulseFactory(user=sanne, days_ago=number)
        account_panel(request)
        with django_assert_num_queries(2):
            account_panel(request)


# ---- kept for as long as it should ------------------------------------------------------------------------
def test_one_that_nobody_finished_goes_after_thirty_days_and_the_others_with_the_account(
    clock: Any, sanne: User
) -> None:
    PulseFactory(user=sanne, days_ago=400)
    PulseFactory(user=sanne, completed_at=None, started_at=times.now() - timedelta(days=29), score=None)
    for days, left in ((0, 2), (2, 1)):
        clock.shift(timedelta(days=days))
        dict(retention.carry_out(times.now()))
        assert Pulse.objects.count() == left
    sanne.delete()
    assert not Pulse.objects.exists()
