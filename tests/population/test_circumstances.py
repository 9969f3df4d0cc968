"""What was drawn for a person is what the rows say about them: the oracle reads it back without a difference."""

import numpy as np
import pandas as pd
import pytest

from development.population import World
from development.population.facts import Facts, application_facts
from development.population.numbers import dienst_text

READ_BACK = {
    "share_started": "deelnames_started_percentage_last_year",
    "addresses": "active_address_count",
    "relocation_days": "days_since_last_relocation",
    "partner": "has_partner",
    "housemate": "has_medebewoner",
    "measure": "avg_percentage_maatregel",
    "wealth": "total_vermogen",
    "no_shows": "afspraken_no_show_count_last_year",
    "no_contacts": "afspraken_no_contact_count_last_year",
    "income": "sum_inkomen_bruto_value",
    "applied": "applied_for_same_product_last_year",
    "received": "received_same_product_last_year",
}


@pytest.fixture(scope="module")
def facts(year: World) -> Facts:
    return application_facts(year)


@pytest.fixture(scope="module")
def places(year: World, judged: pd.DataFrame) -> np.ndarray:
    """Where each judged application stands among the facts."""
    numbers = dienst_text(year.applications.dienst, year.seed).to_pylist()
    return pd.Index(numbers).get_indexer(judged["aanvraagnummer"])


@pytest.mark.parametrize("fact", READ_BACK)
def test_rows_say_what_was_drawn(fact: str, facts: Facts, places: np.ndarray, judged: pd.DataFrame) -> None:
    # Of applications that get a score; those decided beforehand have their own decision in their history.
    scored = (judged["reden"] == "MODEL").to_numpy()
    drawn = getattr(facts, fact)[places].astype(float)[scored]
    read = judged[READ_BACK[fact]].to_numpy(dtype=float)[scored]
    assert np.array_equal(drawn, read, equal_nan=True)


def test_the_model_judges_whom_it_was_meant_to(facts: Facts, places: np.ndarray, judged: pd.DataFrame) -> None:
    assert np.array_equal(facts.judged[places], (judged["reden"] == "MODEL").to_numpy())


def test_every_reason_for_no_score_occurs(judged: pd.DataFrame) -> None:
    assert set(judged["reden"]) == {"MODEL", "BUITEN_GEMEENTE", "PRODUCT_BUITEN_BEREIK", "IOAW_IOAZ", "AL_BESLIST"}
