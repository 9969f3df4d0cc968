"""One delivery in any folder, of which nothing is published or kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shared.usecases import use_case_of

if TYPE_CHECKING:
    import pandas as pd


def features_of_delivery(folder: Path) -> pd.DataFrame:
    """Return the feature file of a delivery in a folder (see `feature_rows`)."""
    from shared.adapters.deliveryfolder import DeliveryFolder
    from shared.single_delivery import feature_rows, feature_table

    return feature_rows(feature_table(DeliveryFolder(folder), use_case_of(folder)))


def eligibility_of_delivery(folder: Path, special_addresses: Sequence[Mapping[str, str]] = ()) -> pd.DataFrame:
    """Return aanvraagnummer, resultaattype (0 = the model decides) and reden of every application in a folder."""
    from shared.adapters.deliveryfolder import DeliveryFolder
    from shared.single_delivery import feature_table

    table = feature_table(DeliveryFolder(folder), use_case_of(folder), special_addresses)
    return table.frame[["aanvraagnummer", "resultaattype", "reden"]]
