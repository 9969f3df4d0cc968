"""Random deliveries: the product and the row-by-row oracle agree on every number, flag and outcome.

And the product agrees with itself: whatever the order of rows, columns and files, csv, semicolons or parquet, one
application alone or among others.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.oracle.features import FEATURES, FLAGS
from tests.oracle.judge import Judgement, judge
from tests.oracle.tables import typed_tables
from tests.spec.delivery import Texts, write_delivery
from tests.spec.judges import FeatureRow, Product, feature_rows
from tests.spec.worlds import PERIODE, SPECIAL, delivery


def _judged(texts: Texts) -> dict[str, Judgement]:
    return {found.aanvraagnummer: found for found in judge(typed_tables(texts), *PERIODE, SPECIAL)}


def _differences(expected: dict[str, Judgement], found: dict[str, FeatureRow]) -> list[str]:
    """Where the product tells something else than the oracle, about applications that can be judged."""
    told = []
    for number, judgement in expected.items():
        if judgement.values is None:
            continue
        if number not in found:
            told.append(f"{number}: no features")
            continue
        if found[number].peilmoment != judgement.peilmoment.isoformat():
            told.append(f"{number}.peilmoment: product {found[number].peilmoment}, oracle {judgement.peilmoment}")
        for name in (*FEATURES, *FLAGS):
            product, oracle = found[number].values[name], judgement.values[name]
            if product != oracle:
                told.append(f"{number}.{name}: product {product}, oracle {oracle}")
    unwanted = {number for number in found if number not in expected or expected[number].reden == "GEEN_DIENST"}
    return told + [f"{number}: features nobody asked for" for number in sorted(unwanted)]


@pytest.mark.parametrize("seed", range(15))
def test_twenty_random_worlds_in_one_delivery_get_the_oracles_features(seed: int, tmp_path: Path) -> None:
    texts = delivery(20, seed, unreadable=seed % 3 == 2)
    found = feature_rows(write_delivery(tmp_path / "2023-11-17", texts, PERIODE))
    assert _differences(_judged(texts), found) == []


@pytest.mark.parametrize("seed", range(15))
def test_twenty_random_worlds_in_one_delivery_get_the_oracles_eligibility(seed: int, tmp_path: Path) -> None:
    texts = delivery(20, seed, unreadable=seed % 3 == 2)
    found = Product().outcomes(texts, PERIODE, tmp_path / "2023-11-17", SPECIAL)
    expected = {number: (told.resultaattype, told.reden) for number, told in _judged(texts).items()}
    assert {number: outcome for number, outcome in found.items() if outcome != expected.get(number)} == {}
    assert list(found) == list(expected)


@pytest.mark.parametrize("seed", range(100, 160))
def test_a_random_world_on_its_own_gets_the_oracles_features(seed: int, tmp_path: Path) -> None:
    texts = delivery(1, seed)
    found = feature_rows(write_delivery(tmp_path / "2023-11-17", texts, PERIODE))
    assert _differences(_judged(texts), found) == []


@pytest.mark.parametrize("form", ["csv", "semicolon", "parquet"])
@pytest.mark.parametrize("shuffle", [None, 1, 2, 3])
def test_order_of_rows_columns_and_files_and_their_form_make_no_difference(
    form: str, shuffle: int | None, tmp_path: Path
) -> None:
    texts = delivery(8, 500)
    plain = feature_rows(write_delivery(tmp_path / "2023-11-17", texts, PERIODE))
    other = feature_rows(write_delivery(tmp_path / "2023-11-17-x", texts, PERIODE, form=form, shuffle=shuffle))
    assert other == plain
    assert list(other) == list(plain)


def test_an_application_alone_gets_the_same_as_among_others(tmp_path: Path) -> None:
    texts = delivery(6, 600)
    judged = _judged(texts)
    together = feature_rows(write_delivery(tmp_path / "2023-11-17", texts, PERIODE))
    outcomes = Product().outcomes(texts, PERIODE, tmp_path / "2023-11-17-o", SPECIAL)
    for index, number in enumerate(judged):
        orders = [row for row in texts["werkopdrachten"] if row["dienstnr"] == number]
        alone = {**texts, "werkopdrachten": orders}
        folder = tmp_path / f"2023-11-17-{index}"
        if number in together:
            assert feature_rows(write_delivery(folder, alone, PERIODE)) == {number: together[number]}
        assert Product().outcomes(alone, PERIODE, folder, SPECIAL) == {number: outcomes[number]}


# The worlds are worth the trouble -----------------------------------------------------------------------------------


def test_the_random_worlds_reach_every_outcome_and_several_values_of_every_feature() -> None:
    outcomes: Counter[str] = Counter()
    values: dict[str, Counter[object]] = {name: Counter() for name in (*FEATURES, *FLAGS)}
    for seed in range(15):
        for told in _judged(delivery(20, seed, unreadable=seed % 3 == 2)).values():
            outcomes[told.reden] += 1
            for name, value in (told.values or {}).items():
                values[name][value] += 1
    assert min(outcomes.values()) >= 20
    assert len(outcomes) == 8
    for name, counted in values.items():
        commonest = counted.most_common(1)[0][1]
        assert commonest <= 0.97 * counted.total(), f"{name} is nearly always the same"


@pytest.mark.parametrize("seed", range(5))
def test_the_oracle_itself_does_not_depend_on_the_order_of_rows(seed: int) -> None:
    texts = delivery(10, seed)
    turned = {table: list(reversed(rows)) for table, rows in texts.items()}
    assert _judged(turned) == _judged(texts)


def test_a_person_holds_several_of_the_random_applications() -> None:
    texts = delivery(20, 1)
    applications = set(_judged(texts))
    clients = Counter(
        client
        for number, client in {(row["dienstnr"], row["subjectnrklant"]) for row in texts["diensten"]}
        if number in applications
    )
    assert clients.most_common(1)[0][1] >= 2
