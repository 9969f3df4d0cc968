"""A client with more rows than a person can have stands for many: nobody is scored on them, and they cost little.

Each application goes with each row of its client, so a number that stands for everybody unknown would take all time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from shared import pipeline
from shared.levensonderhoud import LEVENSONDERHOUD, pairs, select
from shared.records import Finding
from shared.stages.rules import RULES
from tests.stages import crowds
from tests.stages.deliveries import Delivery, check, codes
from tests.stages.test_in_parts import KEY, assert_the_same

UNUSABLE = "GEGEVENS_ONBRUIKBAAR"
MOST_ROWS = 1_000


@pytest.fixture(autouse=True)
def smaller_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a person who has two services, as each of the three does, have so many rows in a table."""
    monkeypatch.setattr(select, "MOST_PAIRS", 2 * MOST_ROWS)


def judged(delivery: Delivery) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Return the feature table of a delivery by application number, and what was found when its rows were chosen."""
    pseudonymised, found = pipeline.pseudonymise_delivery(check(delivery), LEVENSONDERHOUD, KEY)
    return pipeline.features(pseudonymised, LEVENSONDERHOUD, KEY).frame.set_index("aanvraagnummer"), found


@pytest.mark.parametrize("table", crowds.BY_PERSON)
def test_a_client_with_too_many_rows_in_a_table_gets_no_prediction(table: str) -> None:
    delivery = Delivery()
    crowds.rows(delivery, MOST_ROWS, (table,))  # and the one that was there
    frame, found = judged(delivery)
    assert frame.loc["KANARIE-D1", "reden"] == UNUSABLE
    assert UNUSABLE not in frame["reden"].drop("KANARIE-D1").tolist()
    assert [(one.code, one.aantal) for one in found if one.code in ("LEV-605", "LEV-607")] == [("LEV-607", 1)]


def test_one_row_less_is_scored() -> None:
    delivery = Delivery()
    crowds.rows(delivery, MOST_ROWS - 1)
    frame, found = judged(delivery)
    assert frame.loc["KANARIE-D1", "reden"] != UNUSABLE
    assert "LEV-607" not in codes(found)


@pytest.mark.parametrize(("rows", "crowded"), [(200_000, False), (200_001, True)])
def test_the_bound_is_what_its_rule_says(monkeypatch: pytest.MonkeyPatch, rows: int, crowded: bool) -> None:
    monkeypatch.undo()
    number = dict.fromkeys(select.PERSON_COLUMN, 0) | {"diensten": 2, "vermogens": rows}
    tables = {
        name: pd.DataFrame({column: pd.Categorical.from_codes(np.zeros(number[name], np.int8), ["KANARIE-P1"])})
        for name, column in select.PERSON_COLUMN.items()
    }
    tables["diensten"]["dienstnr"] = pd.Categorical(["KANARIE-D1", "KANARIE-D2"])
    tables["partijen"]["partijnr"] = tables["partijen"]["persoonnr"]
    tables["dienstsubjecten"] = pd.DataFrame({"subjectnr": pd.Categorical([]), "geldig": np.zeros(0, np.int64)})
    applicants = select._applicants(pd.DataFrame({"persoon": ["KANARIE-P1", ""]}), tables)
    assert select._are_crowded(applicants, tables).tolist() == [crowded, False]
    for bound in (select.MOST_PAIRS, select.MOST_THROUGH_PARTIES):
        assert f" {bound:_} ".replace("_", ".") in RULES["LEV-607"].zin.replace(",", " ")


def test_an_application_of_nobody_has_nothing_of_the_last_person() -> None:
    applicants = pairs.Applicants(pd.DataFrame({"persoon": ["a", "", "b"]}), {})
    assert applicants.of_applications(np.array([7, 8])).tolist() == [7, 0, 8]


def test_many_rows_about_one_service_are_one_service() -> None:
    delivery = Delivery()
    service = delivery.rows["diensten"][1]
    changes = [{**service, "dteindedienst": f"2001-01-{1 + day:02}", "productnr": "7"} for day in range(20)]
    delivery.write("diensten", [*delivery.rows["diensten"], *changes])
    crowds.rows(delivery, MOST_ROWS - 1, ("adressen",))
    assert "LEV-607" not in codes(judged(delivery)[1])


def test_rows_set_aside_are_told_of_a_crowd_too() -> None:
    delivery = Delivery()
    crowds.rows(delivery, MOST_ROWS, ("adressen",))
    delivery.change("vermogens", 1, bedrag="91827,36")
    frame, found = judged(delivery)
    assert frame.loc["KANARIE-D1", "reden"] == UNUSABLE
    assert {one.code: one.aantal for one in found if one.code in ("LEV-605", "LEV-607")} == {"LEV-605": 1, "LEV-607": 1}


def test_a_client_who_applied_more_often_than_anybody_can(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = Delivery()
    crowds.applications(delivery, MOST_ROWS)
    monkeypatch.undo()
    frame, found = judged(delivery)
    assert set(frame.loc[frame["reden"] == UNUSABLE].index) == set(frame.index) - {"KANARIE-D2", "KANARIE-D3"}
    assert [one.aantal for one in found if one.code == "LEV-607"] == [MOST_ROWS + 1]


def test_a_client_whose_party_holds_more_services_than_any_can() -> None:
    delivery = Delivery()
    crowds.through_a_party(delivery, MOST_ROWS)
    frame, found = judged(delivery)
    assert frame.loc["KANARIE-D1", "reden"] == UNUSABLE
    assert frame.loc["KANARIE-D2", "reden"] == UNUSABLE  # is the client in a thousand rows of the service
    assert frame.loc["KANARIE-D3", "reden"] != UNUSABLE
    assert [one.aantal for one in found if one.code == "LEV-607"] == [2]


@pytest.mark.parametrize("number", [12, 13])
def test_a_party_of_so_many_people_is_none(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Each of them has few rows, and each would have all services of them all."""
    monkeypatch.setattr(select, "MOST_THROUGH_PARTIES", 12)
    delivery = Delivery()
    crowds.one_party(delivery, number)
    frame, found = judged(delivery)
    unusable = list(frame["reden"] == UNUSABLE)
    assert unusable == [number > 12] * number
    assert [one.aantal for one in found if one.code == "LEV-607"] == [number] * (number > 12)
    assert_the_same(delivery, 5)


def test_services_that_are_not_valid_are_not_through_a_party() -> None:
    delivery = Delivery()
    crowds.through_a_party(delivery, MOST_ROWS)
    links = [{**link, "geldig": "0"} for link in delivery.rows["dienstsubjecten"]]
    delivery.write("dienstsubjecten", links)
    assert judged(delivery)[0].loc["KANARIE-D1", "reden"] != UNUSABLE


def test_the_rows_of_a_crowd_are_not_stored() -> None:
    delivery = Delivery()
    crowds.rows(delivery, MOST_ROWS, ("adressen",))
    pseudonymised, found = pipeline.pseudonymise_delivery(check(delivery), LEVENSONDERHOUD, KEY)
    assert len(pseudonymised.tables["adressen"]) == 2
    assert [one.aantal for one in found if one.code == "LEV-601" and one.tabel == "adressen"] == [MOST_ROWS + 1]
    assert list(pseudonymised.applications["persoon"] == "") == [True, False, False]


def test_a_crowd_is_the_same_in_however_many_parts_its_applications_are() -> None:
    delivery = Delivery()
    crowds.applications(delivery, 7)
    crowds.rows(delivery, MOST_ROWS, ("adressen",))
    assert assert_the_same(delivery, 3).number == 4


@pytest.mark.parametrize("at_most", [1, 7, 50])
def test_however_few_pairs_are_in_memory_at_a_time_the_features_are_the_same(
    monkeypatch: pytest.MonkeyPatch, at_most: int
) -> None:
    delivery = Delivery()
    crowds.crowd(delivery, 6, 9)
    whole = judged(delivery)
    at_once, pair = list[pairs.Pairs](), pairs.pair

    def paired(*given: Any) -> pairs.Pairs:
        at_once.append(pair(*given))
        return at_once[-1]

    monkeypatch.setattr(pairs, "pair", paired)
    monkeypatch.setattr(pairs, "_MOST_PAIRS", at_most)
    frame, found = judged(delivery)
    pd.testing.assert_frame_equal(frame, whole[0])
    assert found == whole[1]
    assert all(len(some.row) <= at_most or len(set(some.application)) == 1 for some in at_once)
    assert max(len(some.row) for some in at_once) > min(at_most, 9)
