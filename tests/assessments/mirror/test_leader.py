"""What a leader does with a round: opened with whom it is sent to, guessed, withdrawn, and read after closing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from assessments.mirror.models import Round
from portal.mail.models import OutboundEmail
from tests.assessments.demo import NOW
from tests.assessments.mirror.teams import answered, closed
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.mirror import InvitationFactory, RoundFactory

pytestmark = pytest.mark.django_db
LAST_DAY = "2026-12-07"


@pytest.fixture
def leader(clock: Any) -> Any:
    return UserFactory()


@pytest.fixture
def desk(client: Client, leader: Any) -> Client:
    client.force_login(leader)
    return client


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def page(response: Any) -> str:
    return " ".join(soup(response).main.get_text(" ", strip=True).split())


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def at(name: str, round: Round) -> str:
    return reverse(f"assessments:team_{name}", args=[round.public_id])


def begin(leader: Any) -> str:
    return reverse("assessments:team_begin", args=[CompletedScanFactory(user=leader).public_id])


def filled_in(**changed: str) -> dict[str, str]:
    return {
        "emails": "noor@voorbeeld.nl, Daan <daan@voorbeeld.nl>\n",
        "closes_on": LAST_DAY,
        "language": "nl",
        "council": "on",
    } | changed


# ---- opening ------------------------------------------------------------------------------------------
def test_a_round_is_opened_with_its_invitations_and_asks_for_a_guess(desk, leader):
    response = desk.post(begin(leader), filled_in())
    round = Round.objects.get()
    assert response.headers["Location"] == at("guess", round)
    assert said(response) == ["Er zijn 2 uitnodigingen onderweg."]
    assert round.closes_at.isoformat() == "2026-12-07T22:59:00+00:00"
    mails = OutboundEmail.objects.order_by("to_email")
    assert [mail.to_email for mail in mails] == ["daan@voorbeeld.nl", "noor@voorbeeld.nl"]


def test_nothing_is_chosen_beforehand_and_without_the_council_there_is_no_round(desk, leader):
    url = begin(leader)
    form = soup(desk.get(url)).find("form", action=url)
    assert not form.select_one("[name=council]").has_attr("checked")
    assert not form.select_one("[name=has_link]").has_attr("checked")
    refused = desk.post(url, {k: v for k, v in filled_in().items() if k != "council"})
    assert refused.status_code == 422
    assert "noor@voorbeeld.nl, Daan <daan@voorbeeld.nl>" in soup(refused).textarea.text
    assert "Vraag het eerst de ondernemingsraad" in page(refused)
    assert not Round.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"emails": "noor@voorbeeld.nl\nbram@\nzomaar iemand"}, "‘bram@’ is geen e-mailadres."),
        ({"emails": "", "has_link": ""}, "Vul in wie je uitnodigt"),
        ({"emails": "a\x00b@voorbeeld.nl"}, "Er staat een teken in dat niet te lezen is."),
        ({"emails": "x" * 10_001}, "Dat is te veel tekst voor dertig adressen."),
        ({"emails": ",".join(f"n{i}@voorbeeld.nl" for i in range(31))}, "Dit zijn 31 adressen"),
        ({"closes_on": "2026-11-24"}, "Kies een dag van 26 november"),
        ({"closes_on": "2027-03-01"}, "Kies een dag van 26 november"),
        ({"closes_on": "morgen"}, "Dat is geen datum."),
        ({"language": "fr"}, "Kies een van de twee talen."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(desk, leader, changed, sentence):
    refused = desk.post(begin(leader), filled_in(**changed))
    assert refused.status_code == 422
    assert sentence in page(refused)
    assert not Round.objects.exists()


def test_a_second_round_points_to_the_open_one_and_soon_after_it_says_when(desk, leader):
    round = RoundFactory(user=leader)
    url = begin(leader)
    shown = soup(desk.get(url))
    assert shown.find("a", href=at("round", round))
    assert not shown.select("form[method=post] textarea")
    assert desk.post(url, filled_in()).status_code == 422
    answered(round, *[NOW] * 5)
    closed(round)
    assert "Vanaf 22 januari 2027 kun je het weer vragen" in page(desk.get(url))
    assert "kan beginnen op 22 januari 2027" in page(desk.post(url, filled_in()))


def test_a_round_begins_only_from_a_completed_scan_of_ones_own(desk):
    other = CompletedScanFactory(user=UserFactory())
    assert desk.get(reverse("assessments:team_begin", args=[other.public_id])).status_code == 404


# ---- open ---------------------------------------------------------------------------------------------
def test_an_open_round_says_enough_or_not_yet_and_no_number(desk, leader):
    round = RoundFactory(user=leader)
    answered(round, *[NOW] * 4)
    assert "Nog niet genoeg" in page(desk.get(at("round", round)))
    answered(round, NOW)
    shown = page(desk.get(at("round", round)))
    assert "Genoeg" in shown
    answered(round, NOW, NOW)
    assert page(desk.get(at("round", round))) == shown


def test_more_people_are_invited_and_who_cannot_be_is_named(desk, leader):
    round = RoundFactory(user=leader)
    desk.post(at("invite", round), {"emails": "noor@voorbeeld.nl"})
    response = desk.post(
        at("invite", round), {"emails": f"noor@voorbeeld.nl {leader.email} eva@voorbeeld.nl"}
    )
    assert said(response)[-3:] == [
        "Er is één uitnodiging onderweg.",
        "noor@voorbeeld.nl is al uitgenodigd. Misschien zit de mail in de spam.",
        f"{leader.email} is je eigen adres. Jij hebt in je scan geantwoord.",
    ]
    refused = desk.post(at("invite", round), {"emails": "bram"})
    assert refused.status_code == 422
    assert soup(refused).textarea.text.strip() == "bram"


def test_a_link_is_shown_as_the_weaker_way_with_a_code_for_a_phone(desk, leader):
    assert "zwakkere" not in page(desk.get(at("round", RoundFactory(user=leader, has_link=False)))).lower()
    Round.objects.update(has_link=True)
    shown = soup(desk.get(at("round", Round.objects.get())))
    assert "De zwakkere weg" in shown.main.text
    assert "/team/link/" in shown.select_one("#team-link")["value"]
    assert shown.select_one("img.qr")["src"].startswith("data:image/svg+xml;base64,")
    desk.post(at("renew_link", Round.objects.get()))
    renewed = soup(desk.get(at("round", Round.objects.get())))
    assert renewed.select_one("#team-link")["value"] != shown.select_one("#team-link")["value"]


def test_withdrawing_asks_first_and_then_leaves_nothing(desk, leader):
    round = RoundFactory(user=leader)
    answered(round, NOW)
    assert "kan niet worden teruggedraaid" in page(desk.get(at("withdraw", round)))
    assert desk.post(at("withdraw", round)).headers["Location"] == reverse("accounts:account")
    assert not Round.objects.exists()
    assert desk.post(at("withdraw", round)).status_code == 404


def test_past_its_last_day_a_round_says_that_it_is_being_closed(desk, leader, clock):
    round = RoundFactory(user=leader)
    clock.shift(timedelta(days=15))
    desk.force_login(leader)
    assert "De laatste dag is voorbij." in page(desk.get(at("round", round)))
    assert desk.post(at("invite", round), {"emails": "eva@voorbeeld.nl"}).status_code == 302
    assert not OutboundEmail.objects.filter(to_email="eva@voorbeeld.nl").exists()


# ---- the guess ----------------------------------------------------------------------------------------
def test_a_guess_is_kept_per_key_and_may_be_changed_while_the_round_is_open(desk, leader):
    round = RoundFactory(user=leader)
    desk.post(at("guess", round), {"naming": "4", "clear": "na", "open": "zomaar"})
    round.refresh_from_db()
    assert round.guess == {"naming": 75}
    form = soup(desk.get(at("guess", round)))
    assert form.select_one("#naming-4").has_attr("checked")
    desk.post(at("guess", round), {"naming": "2"})
    round.refresh_from_db()
    assert round.guess == {"naming": 25}


def test_who_never_guessed_is_asked_before_the_first_figure_and_not_after_it(desk, leader):
    round = RoundFactory(user=leader)
    answered(round, *[NOW] * 6)
    closed(round)
    assert desk.get(at("round", round)).headers["Location"] == at("guess", round)
    desk.post(at("guess", round), {"skip": "1", "naming": "4"})
    assert desk.get(at("round", round)).status_code == 200
    desk.post(at("guess", round), {"naming": "5"})
    round.refresh_from_db()
    assert round.guess == {}


# ---- closed -------------------------------------------------------------------------------------------
@pytest.fixture
def read(desk: Client, leader: Any) -> BeautifulSoup:
    """A closed round as its leader reads it: one key far lower than the leader thinks, one far higher."""
    round = RoundFactory(user=leader, guess={"naming": 75, "clear": 50})
    team = NOW | {"clear": 7, "letting-go": 10, "naming": 15}
    answered(round, *[team] * 7)
    return soup(desk.get(at("round", closed(round))))


def test_guess_self_and_team_stand_side_by_side(read):
    cells = {
        row.th.find(string=True, recursive=False).strip(): [
            td.get_text(" ", strip=True) for td in row("td")[1:]
        ]
        for row in read.select("table.team tbody tr:not(.key-group)")
    }
    assert cells["Heldere verwachtingen"] == ["Gok 50", "Jij 83", "Team 33"]
    assert cells["Uit handen geven"] == ["Gok –", "Jij 25", "Team 58"]
    assert cells["Benoemen wat er speelt"] == ["Gok 75", "Jij 67", "Team minstens 82"]
    groups = [group.th.get_text(strip=True) for group in read.select("tr.key-group")]
    assert groups[0].startswith("Blinde vlekken")
    assert read.h1.get_text(" ", strip=True).startswith(
        "Hier ziet je team minder dan jij: heldere verwachtingen."
    )


def test_the_meeting_is_about_the_two_widest_gaps_in_questions_of_our_own(read):
    meeting = read.find("section", attrs={"aria-labelledby": "h-meeting"})
    heads = [head.get_text(strip=True) for head in meeting.select("h3")]
    assert heads == [
        "Jij eerst, vijf minuten",
        "Heldere verwachtingen, een kwartier",
        "Uit handen geven, een kwartier",
        "Eén belofte, tien minuten",
    ]
    assert "Bij welke opdracht moest je raden" in meeting.text
    assert "Wanneer kreeg je echt de ruimte?" in meeting.text


def test_below_the_minimum_there_is_a_conversation_and_no_number(desk, leader):
    round = RoundFactory(user=leader)
    answered(round, *[NOW] * 4)
    shown = desk.get(at("round", closed(round)))
    assert soup(shown).h1.get_text(" ", strip=True) == "Minder dan 5 mensen antwoordden."
    assert "Welk werk is op papier van jou" in page(shown)
    assert desk.get(at("guess", round)).status_code == 302
    alone = RoundFactory(user=leader, scan=round.scan)
    answered(alone, NOW)
    assert page(desk.get(at("round", closed(alone)))) == page(shown)


# ---- elsewhere ----------------------------------------------------------------------------------------
def test_the_account_shows_the_rounds_and_a_kept_result_offers_one(desk, leader):
    open_one = RoundFactory(user=leader)
    account = soup(desk.get(reverse("accounts:account")))
    assert account.find("a", href=at("round", open_one)).get_text(strip=True) == "Bekijk de ronde"
    result = soup(desk.get(reverse("assessments:result", args=[open_one.scan.public_id])))
    assert result.find("a", href=reverse("assessments:team_begin", args=[open_one.scan.public_id]))


def test_anybody_may_read_what_is_kept_of_a_round_also_when_it_is_gone(visitor):
    round = RoundFactory(has_link=True)
    shown = visitor.get(at("about", round))
    assert shown.status_code == 200
    for said_ in (
        "6 × 60 − 5 × 64 = 40",
        "5 × 20 − 100 = 0",
        "‘hooguit 26’",
        "75, 67, 58, 50. De pagina zegt 60. Dan zit de laatste tussen 48 en 52.",
        "4 keer in met overal 50",
        "Deze ronde heeft zo’n link.",
    ):
        assert said_ in page(shown), said_
    rows = soup(shown).select("table.widths tbody tr")
    assert [cell.get_text(strip=True) for cell in rows[1]("td")][:2] == ["26", "74"]
    round.delete()
    assert visitor.get(at("about", round)).status_code == 410


@pytest.mark.parametrize("count", [1, 3])
def test_an_open_round_takes_as_many_queries_however_many_are_invited(
    desk, leader, count, django_assert_num_queries
):
    round = RoundFactory(user=leader)
    InvitationFactory.create_batch(count, round=round)
    desk.get(at("round", round))
    with django_assert_num_queries(3):  # session with the person, round, enough or not
        desk.get(at("round", round))
