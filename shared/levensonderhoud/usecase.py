"""Aanvragen levensonderhoud: the one record by which the rest of the product knows this use case."""

from __future__ import annotations

from pathlib import Path

from shared.dataset import read_dataset
from shared.levensonderhoud.addresses import special_address_key
from shared.levensonderhoud.applications import find_applications
from shared.levensonderhoud.derive import derive
from shared.levensonderhoud.eligibility import REASONS, ROUTES
from shared.levensonderhoud.followups import FOLLOW_UPS, OUTCOME_RULES
from shared.levensonderhoud.groups import GROUP_RULES
from shared.levensonderhoud.judge import compute_features
from shared.levensonderhoud.select import select
from shared.levensonderhoud.sentences import NO_VALUES, SENTENCES, UNKNOWN_LABELS, value_in_words
from shared.records import Finding, Period
from shared.stages.rules import finding
from shared.usecase import Tables, UseCase


def _count_applications(tables: Tables, period: Period) -> int:
    return len(find_applications(tables, period))


def _one_category_per_kind(tables: Tables) -> list[Finding]:
    """Reject a delivery in which one kind of income has two categories: nobody can say which one counts."""
    kinds = tables["soorteninkomen"]
    categories = kinds.drop_duplicates(["srtinkomennr", "categorie"]).groupby("srtinkomennr").size()
    doubled = int((categories > 1).sum())
    return [finding("LEV-305", tabel="soorteninkomen", aantal=doubled)] if doubled else []


LEVENSONDERHOUD = UseCase(
    dataset="levensonderhoud",
    title="Aanvragen levensonderhoud",
    schema=read_dataset(Path(__file__).parent / "dataset", "levensonderhoud"),
    package="levensonderhoud-1.0.0",
    moment_column=("werkopdrachten", "dtopvoer"),
    count_applications=_count_applications,
    cross_check=_one_category_per_kind,
    select=select,
    derive=derive,
    compute_features=compute_features,
    special_address=special_address_key,
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
