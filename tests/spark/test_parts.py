"""A part holds every row that its applications can need, and nothing of anybody else."""

from __future__ import annotations

import random
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from bulk.parts import _connected, split
from development.population import write_delivery
from shared import pipeline
from shared.adapters.deliveryfolder import DeliveryFolder
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import PseudonymisedDelivery
from shared.stages.pseudonym import PseudonymKey

KEY = PseudonymKey("test-1", bytes(range(32)))
CATEGORICAL = "category"


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> PseudonymisedDelivery:
    """Three hundred invented applications over a year: people apply more than once, and through parties."""
    folder = tmp_path_factory.mktemp("jaar") / "2026-11-20"
    year = (datetime(2025, 11, 20), datetime(2026, 11, 20))
    write_delivery(folder, applications=300, period=year, seed=4, format="parquet")
    checked = pipeline.check_delivery(DeliveryFolder(folder), LEVENSONDERHOUD, {})
    return pipeline.pseudonymise_delivery(checked, LEVENSONDERHOUD, KEY)[0]


def _features(delivery: PseudonymisedDelivery) -> pd.DataFrame:
    return pipeline.features(delivery, LEVENSONDERHOUD, KEY).frame


@pytest.mark.parametrize("size", [1, 7, 100, 1_000])
def test_every_application_has_the_same_features_in_its_part_as_in_the_whole(
    delivery: PseudonymisedDelivery, size: int
) -> None:
    parts = list(split(delivery, size))
    assert len(parts) == 1 if size == 1_000 else len(parts) > 300 / size / 2
    together = pd.concat([_features(part) for part in parts], ignore_index=True)
    together = together.sort_values("aanvraagnummer", ignore_index=True)
    pd.testing.assert_frame_equal(together, _features(delivery), check_exact=True)


def test_a_part_knows_no_number_of_another_part(delivery: PseudonymisedDelivery) -> None:
    seen: set[str] = set()
    for part in split(delivery, 20):
        frames = [part.applications, *part.tables.values()]
        numbers = {
            name
            for frame in frames
            for column in ("persoon", "partij", "dienst")
            if column in frame
            for name in frame[column].astype(CATEGORICAL).cat.categories
        } - {""}
        assert numbers and not numbers & seen
        seen |= numbers


def test_whoever_shares_a_party_or_a_service_shares_a_part() -> None:
    applications = pd.DataFrame(
        {
            "dienst": ["d1", "d2", "d3"],
            "persoon": ["p1", "p2", "p3"],
            "peilmoment": pd.to_datetime(["2026-01-01"] * 3),
            "onbruikbaar": [False] * 3,
        }
    )
    # p1 is in party a, which holds d9; p3 is the client of d9
    tables = {
        "leden": pd.DataFrame({"partij": ["a"], "persoon": ["p1"]}, dtype=CATEGORICAL),
        "via": pd.DataFrame({"dienst": ["d9"], "partij": ["a"]}, dtype=CATEGORICAL),
        "diensten": pd.DataFrame({"dienst": ["d9", "d2"], "persoon": ["p3", "p2"]}, dtype=CATEGORICAL),
        "codes": pd.DataFrame({"code": [1, 2]}),
        "van_niemand": pd.DataFrame({"persoon": ["p8", None]}, dtype=CATEGORICAL),
    }
    one, other = split(PseudonymisedDelivery(applications, tables, ("1", "2", "3"), "k"), 1)
    assert one.aanvraagnummers == ("1", "3") and other.aanvraagnummers == ("2",)
    assert list(one.tables["diensten"]["dienst"]) == ["d9"] and len(one.tables["leden"]) == 1
    assert len(other.tables["leden"]) == 0 and list(other.tables["diensten"]["persoon"].cat.categories) == ["p2"]
    assert all(len(part.tables["codes"]) == 2 and part.tables["van_niemand"].empty for part in (one, other))


def test_people_whom_nobody_knows_are_not_one_person() -> None:
    applications = pd.DataFrame(
        {
            "dienst": ["d1", "d2"],
            "persoon": ["", ""],
            "peilmoment": pd.to_datetime(["2026-01-01"] * 2),
            "onbruikbaar": [True, True],
        }
    )
    assert len(list(split(PseudonymisedDelivery(applications, {}, ("1", "2"), "k"), 1))) == 2


def test_a_delivery_without_applications_is_one_part(delivery: PseudonymisedDelivery) -> None:
    nobody = PseudonymisedDelivery(delivery.applications.iloc[:0], delivery.tables, (), delivery.key_id)
    (part,) = split(nobody, 10)
    assert len(part.applications) == 0 and len(part.tables["adressen"]) == 0
    assert _features(part).empty


def _by_hand(number_of: int, pairs: np.ndarray) -> list[int]:
    lowest = list(range(number_of))
    for _ in range(number_of):
        for one, other in pairs.T.tolist():
            lowest[one] = lowest[other] = min(lowest[one], lowest[other])
    return lowest


@pytest.mark.parametrize("seed", range(30))
def test_what_is_connected_by_any_way_is_found(seed: int) -> None:
    draw = random.Random(seed)
    number_of = draw.randint(1, 40)
    drawn = [[draw.randrange(number_of), draw.randrange(number_of)] for _ in range(draw.randint(0, 45))]
    pairs = np.array(drawn, dtype=np.int64).reshape(-1, 2).T
    assert _connected(number_of, [pairs]).tolist() == _by_hand(number_of, pairs)


def test_a_long_chain_is_one() -> None:
    chain = np.stack([np.arange(999), np.arange(1, 1_000)])
    order = np.random.default_rng(1).permutation(1_000)
    assert len(set(_connected(1_000, [order[chain]]).tolist())) == 1
