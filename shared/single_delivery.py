"""What can be asked of one delivery without publishing anything: its features and eligibility.

The key is made on the spot and forgotten: no number that is asked for here depends on it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

import pandas as pd

from shared import pipeline
from shared.errors import DeliveryRefused
from shared.records import CheckedDelivery, DeliveryFiles, FeatureTable, Verdict
from shared.stages.present import moment_texts
from shared.stages.pseudonym import SHORTEST_SECRET, PseudonymKey
from shared.usecase import UseCase


def feature_table(
    files: DeliveryFiles, use_case: UseCase, special_addresses: Sequence[Mapping[str, str]] = ()
) -> FeatureTable:
    """Return the feature table of a delivery; a hold is ignored, a rejected delivery raises DeliveryRefused."""
    checked = pipeline.check_delivery(files, use_case, bands={})
    if checked.verdict is Verdict.AFGEKEURD:
        raise _refused(checked)
    key = PseudonymKey("eenmalig", secrets.token_bytes(SHORTEST_SECRET))
    delivery, _ = pipeline.pseudonymise_delivery(checked, use_case, key)
    return pipeline.features(delivery, use_case, key, tuple(special_addresses))


def feature_rows(table: FeatureTable) -> pd.DataFrame:
    """Return the feature file of domain.md §5: applications with a valid dienst row, eligible or not."""
    rows = table.frame[table.frame["heeft_dienst"]]
    moments = moment_texts(rows["peilmoment"])
    names = [*table.feature_names, *table.flag_names]
    return rows.assign(peilmoment=moments)[["aanvraagnummer", "peilmoment", *names]].reset_index(drop=True)


def _refused(checked: CheckedDelivery) -> DeliveryRefused:
    codes = ", ".join(sorted({found.code for found in checked.findings if found.ernst == "afkeuren"}))
    return DeliveryRefused(
        f"The delivery would be rejected: {codes}.", next_step="See every finding with: python -m shared check DELIVERY"
    )
