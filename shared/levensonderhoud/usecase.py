"""Aanvragen levensonderhoud: the one record by which the rest of the product knows this use case.

What sees tables is imported when it is first called: a page that only needs a title must not pay for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from shared.dataset import read_dataset
from shared.levensonderhoud.followups import FOLLOW_UPS, OUTCOME_RULES
from shared.levensonderhoud.groups import GROUP_RULES
from shared.levensonderhoud.outcomes import REASONS, ROUTES
from shared.levensonderhoud.sentences import NO_VALUES, SENTENCES, UNKNOWN_LABELS, value_in_words
from shared.records import CheckedDelivery, FeatureTable, Finding, Period, PseudonymisedDelivery, Selection
from shared.stages.rules import finding
from shared.usecase import Columns, Divided, Division, Tables, UseCase

if TYPE_CHECKING:
    import pandas as pd

    from shared.stages.pseudonym import Pseudonymiser


def _count_applications(tables: Tables, period: Period) -> int:
    from shared.levensonderhoud.applications import find_applications

    return len(find_applications(tables, period))


def _divide(columns: Columns, period: Period, size: int) -> Divided:
    from shared.levensonderhoud.parts import divide

    return divide(columns, period, size)


def _one_category_per_kind(tables: Tables) -> list[Finding]:
    """Reject a delivery in which one kind of income has two categories: nobody can say which one counts."""
    kinds = tables["soorteninkomen"]
    categories = kinds.drop_duplicates(["srtinkomennr", "categorie"]).groupby("srtinkomennr").size()
    doubled = int((categories > 1).sum())
    return [finding("LEV-305", tabel="soorteninkomen", aantal=doubled)] if doubled else []


def _select(checked: CheckedDelivery) -> Selection:
    from shared.levensonderhoud.select import select

    return select(checked)


def _derive(table: str, frame: pd.DataFrame, pseudonymiser: Pseudonymiser) -> pd.DataFrame:
    from shared.levensonderhoud.derive import derive

    return derive(table, frame, pseudonymiser)


def _compute_features(delivery: PseudonymisedDelivery, special: frozenset[str]) -> FeatureTable:
    from shared.levensonderhoud.judge import compute_features

    return compute_features(delivery, special)


def _special_address(address: Mapping[str, str], pseudonymiser: Pseudonymiser) -> str:
    from shared.levensonderhoud.addresses import special_address_key

    return special_address_key(address, pseudonymiser)


# read first: by them the rows of the other tables find their application
LINKS = ("werkopdrachten", "diensten", "partijen", "dienstsubjecten")
EVERYWHERE = ("soorteninkomen",)

LEVENSONDERHOUD = UseCase(
    dataset="levensonderhoud",
    title="Aanvragen levensonderhoud",
    schema=read_dataset(Path(__file__).parent / "dataset", "levensonderhoud"),
    package="levensonderhoud-1.0.0",
    moment_column=("werkopdrachten", "dtopvoer"),
    count_applications=_count_applications,
    cross_check=_one_category_per_kind,
    division=Division(LINKS, EVERYWHERE, _divide),
    select=_select,
    derive=_derive,
    compute_features=_compute_features,
    special_address=_special_address,
    sentences=SENTENCES,
    routes=ROUTES,
    reasons=REASONS,
    value_in_words=value_in_words,
    unknown_labels=UNKNOWN_LABELS,
    groupings={
        "has_partner": "Partner",
        "has_medebewoner": "Medebewoner",
        "at_least_one_address_in_amsterdam": "Adres in de gemeente",
        "inkomen_onbekend": "Inkomen onbekend",
        "vermogen_onbekend": "Vermogen onbekend",
        "geen_deelnames": "Geen trajecten",
    },
    follow_ups=FOLLOW_UPS,
    outcome_rules=OUTCOME_RULES,
    group_rules=GROUP_RULES,
    no_values=NO_VALUES,
)
