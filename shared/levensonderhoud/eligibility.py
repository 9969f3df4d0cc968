"""Who is scored and who is not, decided before any score: the first condition that applies (domain.md §4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shared.levensonderhoud.features.diensten import CORE_PRODUCTS
from shared.levensonderhoud.moments import Mask, known
from shared.levensonderhoud.outcomes import OUTCOMES, Outcome
from shared.levensonderhoud.pairs import Pairs, codes_in, exists, is_valid, pair
from shared.usecase import Tables

OTHER_LAWS = (87, 88)  # IOAW and IOAZ


def decide(
    applications: pd.DataFrame,
    row: np.ndarray,
    product: pd.Series,
    tables: Tables,
    addresses: Pairs,
    special: frozenset[str],
) -> list[Outcome]:
    """Return the outcome of every application. `row`: its row in diensten, -1 without; `addresses`: its applicant's."""
    number = len(applications)
    current = addresses.where(addresses.current())
    conditions = (
        applications["onbruikbaar"].to_numpy(dtype=bool),
        row < 0,
        product.isin(OTHER_LAWS).to_numpy(dtype=bool),
        ~product.isin(CORE_PRODUCTS).to_numpy(dtype=bool),
        _already_decided(applications, tables["diensten"]),
        _lives_in_special_place(current, special, number),
        _lives_elsewhere(current, number),
        np.ones(number, dtype=bool),
    )
    first = np.argmax(np.stack(conditions), axis=0) if number else np.zeros(0, dtype=np.int64)
    return [OUTCOMES[position] for position in first.tolist()]


def _already_decided(applications: pd.DataFrame, diensten: pd.DataFrame) -> Mask:
    """Say where a valid row of the number, known at ref and alive or not, has a decision."""
    decided = diensten[is_valid(diensten) & diensten["besluit"].notna().to_numpy(dtype=bool)]
    numbers = pd.Index(applications["dienst"])
    pairs = pair(applications, np.arange(len(numbers)), decided, codes_in(decided["dienst"], numbers))
    return exists(pairs.application[known(pairs.moments("dtopvoer"), pairs.ref)], len(applications))


def _lives_in_special_place(current: Pairs, special: frozenset[str], applications: int) -> Mask:
    """Say where the youngest current address is a listed one; with ties one listed address is enough."""
    begins = current.moments("dtbegin").astype(np.int64)
    youngest = np.full(applications, np.iinfo(np.int64).min)
    np.maximum.at(youngest, current.application, begins)
    listed = current["adressleutel"].isin(special).to_numpy(dtype=bool)
    return exists(current.application[listed & (begins == youngest[current.application])], applications)


def _lives_elsewhere(current: Pairs, applications: int) -> Mask:
    """Say where current addresses with a place are known, and none lies in the municipality."""
    placed = current.application[current["plaats_gevuld"].to_numpy(dtype=bool)]
    inside = current.application[current["in_gemeente"].to_numpy(dtype=bool)]
    return exists(placed, applications) & ~exists(inside, applications)
