"""Feature rows with the published marginals of domain.md §8, drawn directly: no deliveries, no people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from development.training.cuts import FEATURES
from development.training.train import INCOME, INCOME_FLAG


def feature_rows(rows: int, seed: int) -> pd.DataFrame:
    """Return rows as a feature file has them, with a person (some apply twice) and a peilmoment over two years."""
    rng = np.random.default_rng(seed)

    def some(share: float) -> np.ndarray:
        return (rng.random(rows) < share).astype("int64")

    relocation = np.interp(
        rng.random(rows),
        [0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 1],
        [0, 60, 373, 887, 2233, 9308, 17_558, 25_000],
    ).astype("int64")
    wealth = np.select(
        [(side := rng.random(rows)) < 0.62, side > 0.885],
        [-np.round(rng.lognormal(7.73, 1.2, rows), 2), np.round(rng.lognormal(7.87, 1.6, rows), 2)],
        0.0,
    )
    income = np.select(
        [(kind := rng.random(rows)) < 0.905, kind < 0.994], [np.nan, 0.0], np.round(rng.lognormal(6.4, 0.5, rows), 2)
    )
    share = np.select([(part := rng.random(rows)) < 0.323, part < 0.909], [0.0, 1.0], rng.integers(1, 4, rows) / 4)
    ended = np.select(
        [(end := rng.random(rows)) < 0.789, end < 0.864],
        [99_999, rng.integers(0, 61, rows)],
        rng.integers(61, 2000, rows),
    )
    values = {
        "at_least_one_address_in_amsterdam": some(0.888),
        "deelnames_started_percentage_last_year": share,
        "active_address_count": 1 + some(0.066) * rng.integers(1, 3, rows),
        "days_since_last_relocation": relocation,
        "days_since_last_dienst_end": ended,
        "has_medebewoner": some(0.054),
        "avg_percentage_maatregel": some(0.017) * rng.choice([30_000.0, 100_000.0], rows),
        "total_vermogen": wealth,
        "afspraken_no_show_count_last_year": some(0.029) * rng.integers(1, 4, rows),
        "has_partner": some(0.104),
        "applied_for_same_product_last_year": some(0.237),
        "received_same_product_last_year": some(0.21),
        "afspraken_no_contact_count_last_year": some(0.019),
        INCOME: income,
        INCOME_FLAG: np.isnan(income).astype("int64"),
    }
    assert tuple(values) == FEATURES
    seconds = rng.integers(0, 2 * 365 * 86_400, rows).astype("timedelta64[s]")
    frame = pd.DataFrame(values)
    frame.insert(0, "aanvraagnummer", [f"{number:08d}" for number in range(rows)])
    frame.insert(1, "peilmoment", (np.datetime64("2024-11-01T08:00:00") + seconds).astype(str))
    frame.insert(2, "persoon", [f"p{number}" for number in rng.integers(0, rows, rows)])
    return frame


def true_log_odds(frame: pd.DataFrame) -> np.ndarray:
    """Return log-odds by the published directions of effect (domain.md §8), a little stronger."""
    share = frame["deelnames_started_percentage_last_year"]
    no_show = frame["afspraken_no_show_count_last_year"].clip(upper=2)
    return (
        1.35
        * (
            np.interp(share, [0, 1], [0.34, -0.45])
            + np.interp(no_show, [0, 1, 2], [0, 0.32, 0.5])
            + 0.1 * frame["has_medebewoner"]
            + 0.13 * (frame["active_address_count"] > 1)
            + 0.1 * frame["applied_for_same_product_last_year"]
            + 0.36 * (frame["avg_percentage_maatregel"] > 0)
            - 0.17 * frame["has_partner"]
            - 0.4 * frame["afspraken_no_contact_count_last_year"]
            - 0.27 * (frame[INCOME].fillna(0) > 0)
            - 0.27 * (frame["days_since_last_relocation"] > 30 * 365)
        )
        + 0.2
    ).to_numpy()


def outcomes(frame: pd.DataFrame, share: float, seed: int) -> pd.Series:
    """Return labels for a share of the applications, by aanvraagnummer."""
    rng = np.random.default_rng(seed)
    worth = rng.random(len(frame)) < 1 / (1 + np.exp(-true_log_odds(frame)))
    labels = pd.Series(worth.astype("int64"), index=frame["aanvraagnummer"])
    return labels[rng.random(len(frame)) < share]
