"""The table of fifteen: names in contract order, their types, and what stands for unknown or never (domain.md §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # who only names features must not pay for tables
    import numpy as np

type Features = dict[str, np.ndarray]

FEATURES = (
    "at_least_one_address_in_amsterdam",
    "deelnames_started_percentage_last_year",
    "active_address_count",
    "days_since_last_relocation",
    "days_since_last_dienst_end",
    "has_medebewoner",
    "avg_percentage_maatregel",
    "total_vermogen",
    "afspraken_no_show_count_last_year",
    "has_partner",
    "applied_for_same_product_last_year",
    "received_same_product_last_year",
    "afspraken_no_contact_count_last_year",
    "sum_inkomen_bruto_value",
    "sum_inkomen_bruto_was_mean_imputed",
)
NEVER = 99_999  # days since a relocation of which nothing is known
NO_EARLIER_BENEFIT = 99_999  # days since the end of a benefit that never was
FLAGS = ("adres_onbekend", "vermogen_onbekend", "inkomen_onbekend", "geen_deelnames")
# flags and counts are whole numbers in a feature file, the rest doubles
WHOLE = frozenset(
    {
        "at_least_one_address_in_amsterdam",
        "active_address_count",
        "has_medebewoner",
        "afspraken_no_show_count_last_year",
        "has_partner",
        "applied_for_same_product_last_year",
        "received_same_product_last_year",
        "afspraken_no_contact_count_last_year",
        "sum_inkomen_bruto_was_mean_imputed",
        *FLAGS,
    }
)
