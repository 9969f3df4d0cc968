"""When the source corrects whose application it is, what was said before stays the first's, and what follows is not."""

import json
from collections.abc import Callable
from itertools import groupby

import pytest

from shared.adapters.sql.purge import SqlPurge
from shared.interventions import request_run
from shared.retention.files import follow_removals
from shared.sweep import run_waiting
from tests.rights import persons
from tests.rights.persons import ANNA, BEN, Office, office
from tests.rights.removing import DATASET, PURGER, Scene

pytestmark = pytest.mark.xdist_group("postgresql")
CORRECTED = "zaak1009"

type Correct = Callable[[Scene], tuple[Office, str, str]]


@pytest.fixture
def corrected(monkeypatch: pytest.MonkeyPatch) -> Correct:
    """Deliver an application as Anna's and later as Ben's; each objects in the time that it is theirs."""

    def build(scene: Scene) -> tuple[Office, str, str]:
        owners = {"zaak1001": ANNA, "zaak1002": BEN, CORRECTED: ANNA}
        monkeypatch.setattr(persons, "number_of", lambda application: owners.get(application, ""))
        desk = office(scene)
        scene = desk.scene
        scene.night("2026-11-20", {CORRECTED: 2, "zaak1001": 1})
        first = scene.object(CORRECTED)
        scene.close(first)
        scene.later(1)
        owners[CORRECTED] = BEN
        scene.night("2026-11-21", {CORRECTED: 2, "zaak1002": 1})
        request_run(scene.installation, "2026-11-21", [CORRECTED], "van Ben")
        run_waiting(scene.installation)
        scene.later(1)
        second = scene.object(CORRECTED)
        scene.close(second)
        return desk, first, second

    return build


def objections(document: dict[str, object]) -> set[str]:
    return {one["bezwaar"] for each in document["aanvragen"] for one in each["bezwaren"]}  # type: ignore[attr-defined]


def test_each_is_shown_their_own_and_told_that_there_is_more(either: Scene, corrected: Correct) -> None:
    desk, first, second = corrected(either)
    of_anna, of_ben = desk.export(number=ANNA), desk.export(number=BEN)
    assert objections(of_anna) == {first} and objections(of_ben) == {second}
    assert second not in json.dumps(of_anna) and first not in json.dumps(of_ben)
    assert [len(each["herverwerkingen"]) for each in (of_anna, of_ben)] == [0, 1]
    assert [each["aanvragen_ook_van_een_ander"]["aantal"] for each in (of_anna, of_ben)] == [1, 1]
    assert {each["aanvraagnummer"]: len(each["resultaten"]) for each in of_anna["aanvragen"]} == {
        "zaak1001": 1,
        CORRECTED: 1,
    }
    assert {each["aanvraagnummer"]: len(each["resultaten"]) for each in of_ben["aanvragen"]} == {
        "zaak1002": 1,
        CORRECTED: 2,
    }


def test_each_sees_what_was_done_with_the_application_while_it_was_theirs(either: Scene, corrected: Correct) -> None:
    desk, _, _ = corrected(either)
    done = [
        [each["tijdstip"][:10] for each in desk.export(number=number)["bekeken"] if "bezwaar" in each["wat"]]
        for number in (ANNA, BEN)
    ]
    assert len(done[0]) == len(done[1]) > 0
    assert max(done[0]) < min(done[1])


def test_the_first_leaves_and_takes_nothing_of_the_second_along(either: Scene, corrected: Correct) -> None:
    desk, first, second = corrected(either)
    before, current = desk.export(number=BEN), desk.scene.sql("SELECT * FROM actuele_resultaten")
    desk.remove(number=ANNA)
    after = desk.export(number=BEN)
    for what in ("aanvragen", "herverwerkingen", "invoer", "bewaking"):
        assert after[what] == before[what], what
    assert [row for row in current if "zaak1001" not in row] == desk.scene.sql("SELECT * FROM actuele_resultaten")
    assert not desk.scene.sql(f"SELECT 1 FROM bezwaren WHERE bezwaar = '{first}'") and objections(after) == {second}
    assert desk.scene.holds()


def test_the_second_leaves_and_what_was_scored_of_the_first_does_not_count_again(
    either: Scene, corrected: Correct
) -> None:
    desk, first, second = corrected(either)
    before = desk.export(number=ANNA)
    desk.remove(number=BEN)
    after = desk.export(number=ANNA)
    assert not desk.scene.sql(f"SELECT 1 FROM resultaten WHERE aanvraagnummer = '{CORRECTED}'")
    assert [each for each in before["aanvragen"] if each["aanvraagnummer"] != CORRECTED] == after["aanvragen"]
    assert after["invoer"] == before["invoer"]
    assert {one["bezwaar"] for one in after["bezwaren_zonder_resultaat"]} == {first}
    assert not desk.scene.sql(f"SELECT 1 FROM bezwaren WHERE bezwaar = '{second}'")
    assert desk.scene.holds()


def test_an_application_that_was_corrected_and_back_is_the_first_ones_again(
    either: Scene, corrected: Correct, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, first, second = corrected(either)
    monkeypatch.setattr(persons, "number_of", lambda application: ANNA)
    desk.scene.night("2026-11-22", {CORRECTED: 2})
    assert objections(desk.export(number=ANNA)) == {first}
    assert objections(desk.export(number=BEN)) == {second}
    assert [len(desk.export(number=number)["herverwerkingen"]) for number in (ANNA, BEN)] == [1, 0]


def test_as_many_current_rows_are_not_the_same_rows(either: Scene) -> None:
    """One row of a date goes and an older one of it counts again; the files follow, also in the round after a crash."""
    either.night("2026-11-20", {"1001": 1, "1009": 2})
    either.night("2026-11-21", {"1002": 1, "1009": 2})
    either.later(200)
    purge, installation = SqlPurge(either.purger), either.purging
    for run, number in either.sql(
        "SELECT v.run, r.dienst FROM resultaten r JOIN verwerkingen v ON v.nr = r.verwerking_nr "
        "WHERE (v.datum, r.aanvraagnummer) IN (('2026-11-20', '1001'), ('2026-11-21', '1009'))"
    ):
        purge.remove_of(DATASET, [run], [number], "proef", PURGER, installation.clock.now())
    assert follow_removals(installation) == ["2026-11-20", "2026-11-21"]
    current = either.sql("SELECT datum, aanvraagnummer FROM actuele_resultaten ORDER BY datum, aanvraagnummer")
    dates = ("2026-11-20", "2026-11-21")
    assert current == [(date, row["aanvraagnummer"]) for date in dates for row in either.workshop.current(date)]
    assert [len(list(group)) for _, group in groupby(current, key=lambda row: row[0])] == [1, 1]
    assert follow_removals(installation) == []
