"""The invented stream has the published figures of domain.md §8, measured on features and not on what was drawn.

Shares lie within 2 percentage points. A quantile fits when the share of values up to the published one lies within
2 percentage points of its rank. One published pair contradicts itself: 29.6 % relocated within 365 days, and yet the
25 % quantile is 373 days. There the share is kept and the quantile's value lies within 10 %.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from development.population import marginals as m
from tests.population.measuring import by_command, command_is_there

TOLERANCE = 0.02
with_command = pytest.mark.skipif(not command_is_there(), reason="python -m shared does not exist yet")


def shares(f: pd.DataFrame) -> Iterator[tuple[str, float, float]]:
    """Gives every published share: name, measured, published."""
    started = f["deelnames_started_percentage_last_year"]
    addresses, ended = f["active_address_count"], f["days_since_last_dienst_end"]
    wealth, income = f["total_vermogen"], f["sum_inkomen_bruto_value"]
    yield "address in city", f["at_least_one_address_in_amsterdam"].mean(), 0.888
    yield "none started", (started == 0).mean(), 0.323
    yield "all started", (started == 1).mean(), 0.586
    yield "partly started", started.between(0, 1, inclusive="neither").mean(), 0.091
    yield "one address", (addresses == 1).mean(), 0.934
    yield "two or three addresses", addresses.between(2, 3).mean(), 0.066
    yield "relocated within a year", (f["days_since_last_relocation"] <= 365).mean(), 0.296
    yield "no earlier benefit", (ended == 99_999).mean(), 0.789
    yield "benefit ended within 60 days", (ended <= 60).mean(), 0.075
    yield "housemate", f["has_medebewoner"].mean(), 0.054
    yield "maatregel", (f["avg_percentage_maatregel"] > 0).mean(), 0.017
    yield "debt", (wealth < 0).mean(), 0.620
    yield "wealth", (wealth > 0).mean(), 0.115
    yield "never missed", (f["afspraken_no_show_count_last_year"] == 0).mean(), 0.971
    yield "partner", f["has_partner"].mean(), 0.104
    yield "applied before", f["applied_for_same_product_last_year"].mean(), 0.237
    yield "received before", f["received_same_product_last_year"].mean(), 0.210
    yield "always reached", (f["afspraken_no_contact_count_last_year"] == 0).mean(), 0.981
    yield "income unknown", income.isna().mean(), 0.905
    yield "income zero", (income == 0).mean(), 0.089
    yield "income positive", (income > 0).mean(), 0.006


def quantiles(f: pd.DataFrame) -> Iterator[tuple[str, float, float]]:
    """Gives every published quantile: name, share up to the published value, rank."""
    relocation, wealth = f["days_since_last_relocation"], f["total_vermogen"]
    for name, values, published in (
        ("relocation", relocation, {0.05: 60, 0.50: 887, 0.75: 2_233, 0.90: 9_308, 0.95: 17_558}),
        ("debt", wealth[wealth < 0], {0.05: -30_770, 0.25: -6_521, 0.50: -2_270, 0.75: -1_050, 0.95: -443}),
        ("wealth", wealth[wealth > 0], {0.05: 110, 0.25: 757, 0.50: 2_628, 0.75: 7_576, 0.95: 45_160}),
    ):
        for rank, value in published.items():
            yield f"{name} {rank:.0%}", (values <= value).mean(), rank


def compare(f: pd.DataFrame) -> None:
    figures = [*shares(f), *quantiles(f)]
    wrong = [
        f"{name}: {found:.2%} and not {said:.2%}" for name, found, said in figures if abs(found - said) > TOLERANCE
    ]
    assert not wrong, "\n".join(wrong)
    assert f["days_since_last_relocation"].quantile(0.25) == pytest.approx(373, rel=0.10)
    income = f["sum_inkomen_bruto_value"]
    assert income[income > 0].median() == pytest.approx(600, rel=0.15)


@with_command
def test_the_product_measures_the_published_figures(year_delivery: Path, tmp_path: Path) -> None:
    features = by_command(year_delivery, tmp_path)
    assert len(features) > 9_850
    compare(features)


def test_the_oracle_measures_the_published_figures(judged: pd.DataFrame) -> None:
    compare(judged)


@with_command
def test_the_product_and_the_oracle_measure_the_same(year_delivery: Path, judged: pd.DataFrame, tmp_path: Path) -> None:
    features = by_command(year_delivery, tmp_path)
    assert features["aanvraagnummer"].tolist() == judged["aanvraagnummer"].tolist()
    for name in features.columns[2:]:
        found, expected = (frame[name].to_numpy(dtype=float) for frame in (features, judged))
        assert np.array_equal(found, expected, equal_nan=True), name


def test_the_stated_figures_are_those_compared() -> None:
    # What the generator draws by and what is compared are written down apart; a slip in one shows here.
    assert (m.IN_CITY, m.SHARE_NONE, m.SHARE_ALL, m.SHARE_PARTLY) == (0.888, 0.323, 0.586, 0.091)
    assert (m.DEBT, m.WEALTH, m.PARTNER, m.HOUSEMATE, m.MEASURE) == (0.620, 0.115, 0.104, 0.054, 0.017)
    assert (m.INCOME_UNKNOWN, m.INCOME_ZERO, m.INCOME_POSITIVE) == (0.905, 0.089, 0.006)
