"""From scans in the database to figures that are put away, by the real calculator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Scan
from assessments.numbers import working_out
from assessments.numbers.models import Figures
from assessments.numbers.tasks import work_out_numbers
from assessments.numbers.working_out import publish, settled
from portal.common import times
from tests.factories.assessments import InstrumentFactory, ScanFactory, UserFactory
from tests.factories.numbers import FEW, completed, leaders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def whole(version: str = "1.1") -> Figures:
    return Figures.objects.get(instrument__version=version, language="")


def languages() -> set[str]:
    return set(Figures.objects.values_list("language", flat=True))


# ---- the whole way ------------------------------------------------------------------------------------
def test_scans_become_figures_of_each_version_and_language():
    sheets = leaders(70, gaps=0.01)
    completed(sheets, language=lambda place: "en" if place % 2 else "nl")
    completed(leaders(8, seed=2), version="1.0")
    completed(leaders(6, seed=3), minutes=0.2)  # done in seconds
    work_out_numbers()
    figures = whole()
    assert (figures.used, figures.content["completed"], figures.content["flags"]["too_fast"]) == (70, 76, 6)
    assert figures.content["complete"] == sum(None not in sheet.values() for sheet in sheets)
    assert sum(figures.norm) == figures.content["complete"]
    assert 6 < figures.content["minutes"][1] < 8
    assert set(figures.content["items"]) == set(sheets[0])
    assert whole("1.0").used == 8
    assert {row.used for row in Figures.objects.exclude(language="")} == {35}


def test_a_version_without_a_scan_has_a_row_that_says_so_and_a_broken_answer_is_none():
    InstrumentFactory()
    work_out_numbers()
    assert (whole().used, whole().norm) == (0, None)
    completed([{"naming_1": "x", "naming_2": 23, "naming_3": 9.5, "steady_1": None}])  # type: ignore[dict-item]
    work_out_numbers()
    assert whole().content["complete"] == 0


def test_an_answer_of_two_figures_is_no_answer_and_broken_times_stop_nothing():
    [sheet] = leaders(1)
    completed([sheet, sheet | {"naming_1": 23}])
    for times_saved in ([], "x", {"1": "yesterday", "2": None}):
        Scan.objects.update(page_saved_at=times_saved)
        work_out_numbers()
        assert (whole().content["completed"], whole().content["complete"]) == (2, 1)


def test_the_queries_are_as_many_for_three_scans_as_for_sixty(django_assert_num_queries: Any):
    InstrumentFactory()
    work_out_numbers()
    counts = []
    for many in (3, 60):
        completed(leaders(many))
        with CaptureQueriesContext(connection) as queries:
            work_out_numbers()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_calculator_that_dies_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch):
    completed(leaders(3))
    work_out_numbers()
    monkeypatch.setattr(working_out, "CALCULATOR", ["false"])
    with pytest.raises(working_out.CalculatorError):
        work_out_numbers()
    assert whole().used == 3


# ---- nobody stands in the difference of two pages -----------------------------------------------------
def test_figures_wait_until_five_scans_came_or_went(clock: Any):
    completed(leaders(40))
    work_out_numbers()
    clock.shift(timedelta(hours=1))
    completed(leaders(4, seed=2), days_ago=0)
    work_out_numbers()
    assert whole().used == 40
    clock.shift(timedelta(hours=1))
    Scan.objects.filter(pk=Scan.objects.earliest("pk").pk).delete()
    work_out_numbers()
    assert whole().used == 43


def found(
    used: int, changed: int, nl: tuple[int, int] = (0, 0), en: tuple[int, int] = (0, 0)
) -> dict[str, Any]:
    """As the calculator gives it: so many used, of which so many changed."""
    sizes = {"": (used, changed), "nl": nl, "en": en}
    return {
        code: {**FEW, "used": one, "changed": moved, "norm": None} for code, (one, moved) in sizes.items()
    }


def put(content: dict[str, Any], rescans: dict[str, Any] | None = None) -> None:
    row = InstrumentFactory()
    published = {(one.instrument_id, one.language): one for one in Figures.objects.all()}
    publish(row, published, content, rescans or FEW["rescans"], times.now())


@pytest.mark.parametrize(("changed", "used"), [(0, 45), (1, 40), (4, 40), (5, 45)])
def test_one_to_four_scans_more_or_fewer_change_nothing(changed, used):
    put(found(40, 40))
    put(found(45, changed))
    assert whole().used == used


def test_below_thirty_each_scan_shows_at_once_for_only_their_number_does():
    put(found(4, 4))
    put(found(5, 1))
    assert whole().used == 5


@pytest.mark.parametrize(("nl", "en", "shown"), [(30, 30, {"", "nl", "en"}), (90, 29, {""}), (90, 0, {""})])
def test_languages_stand_apart_once_both_have_thirty(nl, en, shown):
    put(found(nl + en, nl + en, (nl, nl), (en, en)))
    assert languages() == shown


def test_a_language_with_a_few_new_scans_waits_and_the_whole_goes_on():
    put(found(100, 100, (60, 60), (40, 40)))
    put(found(122, 22, (80, 20), (42, 2)))
    sizes = dict(Figures.objects.values_list("language", "used"))
    assert sizes == {"": 122, "nl": 60, "en": 40}
    put(found(128, 6, (83, 23), (45, 5)))
    assert dict(Figures.objects.values_list("language", "used")) == {"": 128, "nl": 83, "en": 45}


def test_languages_that_became_too_few_are_no_longer_apart():
    put(found(70, 70, (40, 40), (30, 30)))
    put(found(60, 10, (40, 0), (20, 10)))
    assert languages() == {""}


def test_what_is_said_of_who_came_back_waits_for_five_more_of_them():
    def again(pairs: int, returned: int = 40, stayed: int = 40) -> dict[str, Any]:
        return {"pairs": pairs, "returned": {"n": returned}, "stayed": {"n": stayed}}

    before = Figures(content={"rescans": again(40)})
    assert settled(before, again(44))["pairs"] == 40
    assert settled(before, again(45))["pairs"] == 45
    assert settled(before, again(45, stayed=41))["pairs"] == 40
    assert settled(None, again(3))["pairs"] == 3


# ---- who stops where ----------------------------------------------------------------------------------
def test_who_stopped_finished_and_may_go_on_are_all_who_began():
    long_ago, now = times.now() - timedelta(days=3), times.now()
    for reached, status, count in (
        (1, "in_progress", 6),
        (1, "discarded", 2),
        (4, "in_progress", 5),
        (6, "discarded", 1),
    ):
        ScanFactory.create_batch(
            count,
            started_at=long_ago,
            reached=reached,
            status=status,
            user=UserFactory() if status == "discarded" else None,
        )
    ScanFactory.create_batch(3, started_at=now, reached=2)
    ScanFactory(
        started_at=times.now() - timedelta(days=40), reached=1
    )  # from before: others of then are gone
    completed(leaders(7))
    work_out_numbers()
    reached = whole().content["reached"]
    assert reached == {"line": [21, 13, 13, 13, 8, 8, 7], "open": 3}
    assert reached["line"][0] + reached["open"] == Scan.objects.count() - 1
