"""The table of fifteen: names in contract order, their types, and the unknown flags beside them (domain.md §5)."""

from __future__ import annotations

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
