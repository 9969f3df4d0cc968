"""The datasets that come after the judging: what may arrive in them alone, and what of it is kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from development.population import Period, make_world
from development.population.groups import BIRTH_COUNTRIES, NATIONALITIES, groepskenmerken
from development.population.outcomes import KINDS, RESULTS, SELECTION
from shared.dataset import Column, ColumnClass, read_dataset
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.levensonderhoud.followups import KEPT_VALUES, stored_groups, stored_outcomes
from shared.monitoring.months import UNKNOWN_GROUP
from shared.usecase import FollowUpKind
from tests.house.repository import DATASETS

OUTCOMES, GROUPS = LEVENSONDERHOUD.follow_ups
RULES = LEVENSONDERHOUD.group_rules


def columns(schema_of: FollowUpKind) -> dict[str, Column]:
    (follow_up,) = (one for one in LEVENSONDERHOUD.follow_ups if one.kind is schema_of)
    return {column.name: column for column in follow_up.schema.tables[follow_up.table].columns}


def test_columns_are_those_of_the_contract() -> None:
    assert list(columns(FollowUpKind.UITKOMSTEN)) == ["aanvraagnummer", "soort", "resultaat", "datum", "selectie"]
    assert list(columns(FollowUpKind.GROEPSKENMERKEN)) == [
        "persoonnr", "geslacht", "geboortejaar", "nationaliteit", "geboorteland", "burgerlijke_staat", "ouderschap"
    ]  # fmt: skip


def test_words_of_outcomes_are_those_of_the_contract() -> None:
    found = columns(FollowUpKind.UITKOMSTEN)
    assert found["soort"].allowed == tuple(KINDS)
    assert found["resultaat"].allowed == tuple(RESULTS)
    assert found["selectie"].allowed == tuple(SELECTION)
    rules = LEVENSONDERHOUD.outcome_rules
    assert rules is not None
    assert rules.investigated in KINDS
    assert {rules.worth, rules.not_worth, rules.overturned} <= set(RESULTS)
    assert {rules.people, rules.sample} <= set(SELECTION)
    assert rules.route in {route.advies for route in LEVENSONDERHOUD.routes.values()}


def test_group_attributes_may_arrive_in_their_own_dataset_alone() -> None:
    groups = {name for name, column in columns(FollowUpKind.GROEPSKENMERKEN).items() if name != "persoonnr"}
    assert groups <= LEVENSONDERHOUD.schema.forbidden.keys()
    assert groups <= OUTCOMES.schema.forbidden.keys()
    assert LEVENSONDERHOUD.schema.forbidden.keys() - GROUPS.schema.forbidden.keys() == groups
    assert {"bsn", "naam", "etniciteit", "religie", "leeftijd"} <= GROUPS.schema.forbidden.keys()


@pytest.mark.parametrize("klasse", [klasse for klasse in ColumnClass if klasse is not ColumnClass.GROEP])
def test_a_schema_cannot_ask_for_what_is_forbidden(klasse: ColumnClass, tmp_path: Path) -> None:
    home = tmp_path / "dataset"
    shutil.copytree(DATASETS, home)
    path = home / "datasets" / "groepskenmerken" / "groepskenmerken" / "v1.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    table["schema"]["properties"]["nationaliteit"]["$comment"] = f"klasse={klasse}"
    path.write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(ValueError, match="nationaliteit"):
        read_dataset(home, "groepskenmerken")


def test_no_nationality_and_no_country_is_kept() -> None:
    world = make_world(3, 800, Period(np.datetime64("2026-01-01"), np.datetime64("2026-07-01")))
    frame = groepskenmerken(world).to_pandas().rename(columns={"persoonnr": "persoon"})
    stored = stored_groups(frame)
    values = set(stored.drop(columns="persoon").astype(object).to_numpy().ravel().tolist())
    assert not values & {word.lower() for word in (*NATIONALITIES, *BIRTH_COUNTRIES)}
    dutch = (frame["nationaliteit"] == "Nederlandse").mean()
    assert (stored["nederlandse_nationaliteit"] == "ja").mean() == pytest.approx(dutch)
    assert (stored["nederlandse_nationaliteit"] == UNKNOWN_GROUP).sum() == frame["nationaliteit"].isna().sum() > 0
    assert (stored["geboren_in_nederland"] == "ja").sum() == (frame["geboorteland"] == "Nederland").sum()
    for name, kept in KEPT_VALUES.items():
        assert set(stored[name]) <= {*kept, UNKNOWN_GROUP}, name


def test_an_unknown_word_becomes_unknown_and_is_not_kept() -> None:
    words = ["kanarie", " ", None]
    frame = pd.DataFrame(
        {
            "persoon": ["a", "b", "c"],
            **dict.fromkeys(("geslacht", "nationaliteit", "geboorteland", "burgerlijke_staat"), words),
            "ouderschap": words,
            "geboortejaar": pd.array([1990, None, 2001], dtype="Int64"),
        }
    )
    stored = stored_groups(frame)
    assert "kanarie" not in stored.to_csv()
    assert stored["geslacht"].tolist() == [UNKNOWN_GROUP] * 3
    assert stored["nederlandse_nationaliteit"].tolist()[::2] == ["nee", UNKNOWN_GROUP]


def test_outcomes_are_kept_in_lower_case() -> None:
    frame = pd.DataFrame(
        {
            "dienst": ["d"],
            "soort": ["Gescreend"],
            "resultaat": [None],
            "selectie": ["PROCES"],
            "datum": pd.to_datetime(["2026-05-04"]),
        }
    )
    assert stored_outcomes(frame).to_dict("records") == [
        {"dienst": "d", "soort": "gescreend", "resultaat": "", "selectie": "proces", "datum": "2026-05-04"}
    ]


@pytest.mark.parametrize("name", RULES)
def test_every_group_has_words_and_one_is_compared_with(name: str) -> None:
    rule = RULES[name]
    assert rule.privileged in rule.labels
    assert UNKNOWN_GROUP in rule.labels
    attributes = {"geboortejaar": 1996, **{column: values[0] for column, values in KEPT_VALUES.items()}}
    assert rule.of(attributes, 2026) in rule.labels


@pytest.mark.parametrize(("born", "group"), [(1997, "ja"), (1996, "nee"), (None, UNKNOWN_GROUP)])
def test_age_is_by_the_year_of_birth(born: int | None, group: str) -> None:
    assert RULES["leeftijd_onder_30"].of({"geboortejaar": born}, 2026) == group
