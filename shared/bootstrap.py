"""Where settings, adapters and callables meet; nothing else knows more than one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from shared.adapters.deliveryfolder import DeliveryFolder
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.single_delivery import feature_rows, feature_table


def features_of_delivery(folder: Path) -> pd.DataFrame:
    """Return the feature file of a delivery in a folder (see `feature_rows`)."""
    return feature_rows(feature_table(DeliveryFolder(folder), LEVENSONDERHOUD))


def eligibility_of_delivery(folder: Path, special_addresses: Sequence[Mapping[str, str]] = ()) -> pd.DataFrame:
    """Return aanvraagnummer, resultaattype (0 = the model decides) and reden of every application in a folder."""
    table = feature_table(DeliveryFolder(folder), LEVENSONDERHOUD, special_addresses)
    return table.frame[["aanvraagnummer", "resultaattype", "reden"]]
