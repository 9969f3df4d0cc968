"""Outcomes and group attributes: published shares and directions, apart from the delivery."""

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from development.population import Period, World, make_world, write_history
from development.population.facts import application_facts
from development.population.groups import groepskenmerken
from development.population.numbers import dienst_text
from development.population.outcomes import KINDS, RESULTS, SELECTION, uitkomsten

YEARS = (datetime(2022, 11, 1), datetime(2026, 11, 1))


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=5, applications=40_000, period=Period.between(*YEARS))


@pytest.fixture(scope="module")
def outcomes(world: World) -> pd.DataFrame:
    return uitkomsten(world).to_pandas()


@pytest.fixture(scope="module")
def investigated(outcomes: pd.DataFrame) -> pd.DataFrame:
    return outcomes[outcomes["soort"] == "onderzocht door handhaving"]


def test_words_are_those_of_the_contract(outcomes: pd.DataFrame) -> None:
    assert set(outcomes["soort"]) == set(KINDS)
    assert set(outcomes["resultaat"].dropna()) == set(RESULTS)
    assert set(outcomes["selectie"].dropna()) <= set(SELECTION)
    assert list(outcomes.columns) == ["aanvraagnummer", "soort", "resultaat", "datum", "selectie"]


def test_seven_of_a_hundred_are_investigated_and_just_over_half_prove_worth_it(investigated: pd.DataFrame) -> None:
    assert len(investigated) == 2_800
    assert investigated["aanvraagnummer"].is_unique
    answered = investigated[investigated["resultaat"].isin(["onrechtmatig", "rechtmatig"])]
    assert (answered["resultaat"] == "onrechtmatig").mean() == pytest.approx(0.55, abs=0.03)


def test_outcomes_come_after_the_application_and_only_for_those_the_model_judges(
    world: World, investigated: pd.DataFrame
) -> None:
    numbers = pd.Index(dienst_text(world.applications.dienst, world.seed).to_pylist())
    places = numbers.get_indexer(investigated["aanvraagnummer"])
    assert (places >= 0).all()
    assert application_facts(world).judged[places].all()
    assert (pd.to_datetime(investigated["datum"]).to_numpy() > world.applications.ref[places]).all()


def test_outcomes_follow_the_published_directions(world: World, investigated: pd.DataFrame) -> None:
    numbers = pd.Index(dienst_text(world.applications.dienst, world.seed).to_pylist())
    places = numbers.get_indexer(investigated["aanvraagnummer"])
    share = application_facts(world).share_started[places]
    worth = (investigated["resultaat"] == "onrechtmatig").to_numpy()
    assert worth[share == 0].mean() - worth[share == 1].mean() > 0.12


def test_group_attributes_have_the_published_shares(world: World) -> None:
    groups = groepskenmerken(world).to_pandas()
    assert groups["persoonnr"].is_unique
    assert (groups["geslacht"] == "man").mean() == pytest.approx(0.569, abs=0.02)
    applied = world.moments.first.astype("M8[Y]").astype(np.int64) + 1970
    ages = pd.Series(applied, index=world_numbers(world)).reindex(groups["persoonnr"]).to_numpy()
    assert (ages - groups["geboortejaar"].to_numpy() < 40).mean() == pytest.approx(0.577, abs=0.02)
    known = groups["nationaliteit"].dropna()
    assert (known == "Nederlandse").mean() == pytest.approx(0.756, abs=0.02)
    assert 0 < groups["nationaliteit"].isna().mean() < 0.06


def world_numbers(world: World) -> list[str]:
    from development.population.numbers import person_text

    return list(person_text(np.arange(world.people), world.seed).to_pylist())


def test_each_dataset_has_its_own_mailbox(tmp_path: Path) -> None:
    folders = write_history(tmp_path, applications=500, period=YEARS, seed=1)
    assert len({folder.parent for folder in folders.values()}) == 3
    for dataset, folder in folders.items():
        package = json.loads((folder / "datapackage.json").read_text())
        assert package["dataset"] == dataset
        assert len(package["resources"]) == (12 if dataset == "levensonderhoud" else 1)
    first = {name: path.read_bytes() for folder in folders.values() for name, path in _files(folder)}
    again = write_history(tmp_path / "again", applications=500, period=YEARS, seed=1)
    assert first == {name: path.read_bytes() for folder in again.values() for name, path in _files(folder)}


def _files(folder: Path) -> list[tuple[str, Path]]:
    return [(f"{folder.parent.name}/{path.name}", path) for path in sorted(folder.iterdir())]
