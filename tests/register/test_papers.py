"""The papers hold the facts of the package, the schema and the code, and the addresses that the Logboek writes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from shared import ACTIVITY_URI, logboek
from shared.modelregister import dossier, register
from shared.monitoring.register.activities import ACTIVITIES
from shared.monitoring.register.facts import Algorithm
from shared.monitoring.register.papers import papers
from shared.monitoring.register.systemcard import SCHEMA_VERSION
from shared.retention.terms import TERMS
from tests.house.repository import ROOT, document

FOLDER = ROOT / "models" / "levensonderhoud-1.0.0"
MEASURE = re.compile(r"urn:nl:ak:mtr:(imp|owk|dat|ver|mon|owp|uit)-[0-9]{2}")


@pytest.fixture(scope="module")
def texts(algorithm: Algorithm) -> dict[str, str]:
    """Every paper as text."""
    return {name: content.decode("utf-8") for name, content in papers(algorithm).items()}


def test_the_model_card_begins_with_the_packages_own_card(texts: dict[str, str]) -> None:
    assert texts["modelkaart.md"].startswith((FOLDER / "card.md").read_text(encoding="utf-8").rstrip("\n"))
    assert "## Wat herwegen zou veranderen" in texts["modelkaart.md"]
    assert "Niet: een aanvraag afwijzen" in texts["modelkaart.md"]


def test_the_instructions_have_the_measures_overall_and_per_group(texts: dict[str, str]) -> None:
    card = document(FOLDER / "card.json")
    text = texts["gebruiksinstructie.md"]
    for figure in ("AUC", "Boven de drempel", "Daarvan terecht"):
        assert card["quality"][figure] in text
    for row in card["quality"]["Uitkomsten per groep, op tientallen"]:
        cells = (row["kenmerk"], row["groep"], row["TP"], row["FP"], row["FN"], row["TN"])
        assert f"| {' | '.join(map(str, cells))} |" in text
    for term in card["terms"]:
        assert f"{abs(term['highest']):.3f}".replace(".", ",") in text
    assert all(limit in text for limit in card["limits"])


def test_the_processing_register_has_every_address_of_the_logboek(algorithm: Algorithm, texts: dict[str, str]) -> None:
    written = {
        logboek.JUDGING,
        logboek.SHADOWING,
        logboek.READING,
        register.TRACING,
        dossier.COMPARING,
        logboek.MONITORING,
    }
    assert {activity.name for activity in ACTIVITIES} == written
    entry = json.loads(texts["verwerkingsregister.json"])
    expected = {
        ACTIVITY_URI.format(dataset="levensonderhoud", activiteit=name, versie=algorithm.package.contract_version)
        for name in written
    }
    assert {activity["uri"] for activity in entry["activiteiten"]} == expected
    assert all(uri in texts["verwerkingsregister.md"] for uri in expected)


def test_the_processing_register_has_what_article_30_asks(texts: dict[str, str]) -> None:
    entry = json.loads(texts["verwerkingsregister.json"])
    asked = (
        "verwerkingsverantwoordelijke",
        "doel",
        "grondslag",
        "betrokkenen",
        "ontvangers",
        "doorgifte",
        "beveiliging",
    )
    assert all(entry[name] for name in asked)
    assert entry["bewaartermijnen_in_dagen"] == {str(kept): term.default for kept, term in TERMS.items()}
    assert entry["geautomatiseerd_besluit"] is False


def test_the_facts_for_assessments_have_every_column_with_its_reason(
    algorithm: Algorithm, texts: dict[str, str]
) -> None:
    text = texts["feiten-dpia-iama.md"]
    for table in algorithm.case.schema.tables.values():
        for column in table.columns:
            assert f"| `{table.name}` | `{column.name}` | {column.klasse} | {column.reason} |" in text
    assert all(feature.text.why in text for feature in algorithm.features)
    assert "Het is geen DPIA en geen IAMA" in text


@pytest.mark.parametrize("name", ["modelkaart.md", "gebruiksinstructie.md", "verwerkingsregister.md"])
def test_a_paper_names_the_version_and_leaves_no_place_open(texts: dict[str, str], name: str) -> None:
    assert not re.findall(r"\{\w+\}", texts[name])
    assert len(re.findall(r"^# ", texts[name], re.MULTILINE)) == 1


# The system card -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def card(texts: dict[str, str]) -> dict[str, Any]:
    """The system card."""
    read: dict[str, Any] = json.loads(texts["systeemkaart.json"])
    return read


def test_the_system_card_has_the_form_of_the_reporting_standard(card: dict[str, Any]) -> None:
    assert card["schema_version"] == SCHEMA_VERSION
    assert all(
        isinstance(card[name], str) for name in ("name", "description", "status", "goal_and_impact", "used_data")
    )
    assert not any("<" in card[name] for name in ("goal_and_impact", "considerations", "technical_design"))
    assert all(MEASURE.fullmatch(each["urn"]) and each["state"] and each["value"] for each in card["measures"])
    assert len({each["urn"] for each in card["measures"]}) == len(card["measures"]) >= 15
    (model,) = card["models"]
    assert model["license"]["license_name"] == "EUPL-1.2"
    (index,) = model["model_index"]
    (result,) = index["results"]
    assert result["task"][0]["type"]
    assert all(set(each) >= {"type", "name", "dtype", "value"} for each in result["metrics"])
    assert all(isinstance(each["value"], str) for each in result["metrics"])


def test_its_pictures_are_the_models_effects_and_their_class_is_a_text(
    card: dict[str, Any], algorithm: Algorithm
) -> None:
    measured = card["models"][0]["model_index"][0]["results"][0]["measurements"]
    graphs = {each["feature"]: each for each in measured["graph_plots"][0]["results"]}
    assert set(graphs) == set(algorithm.package.feature_names)
    assert all(isinstance(each["class"], str) for each in graphs.values())
    ebm = document(FOLDER / "ebm.json")
    for term, feature in zip(ebm["terms"], ebm["features"], strict=True):
        shown = graphs[feature["name"]]["data"]
        (cuts,) = feature["cuts"]
        assert [point["x_value"] for point in shown[::2]] == cuts
        assert [shown[0]["y_value"], *(point["y_value"] for point in shown[1::2])] == term["scores"][1:-1]
    bars = {each["name"]: each["value"] for each in measured["bar_plots"][0]["results"]}
    assert set(bars) <= set(algorithm.package.feature_names)
    assert all(value >= 0 for value in bars.values())


def test_the_random_sample_is_to_do_until_its_share_is_above_zero(card: dict[str, Any]) -> None:
    states = {each["urn"].rpartition(":")[2]: each["state"] for each in card["measures"]}
    assert states["imp-02"] == "to do"
    assert states["imp-03"] == "done"
