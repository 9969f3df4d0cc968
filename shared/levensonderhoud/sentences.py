"""Which sentence tells a feature's value to a case worker, and with which facts.

The words themselves are the model package's texts, one template per case, so that they are versioned and approved with
the model. A sentinel (99999) or an imputed mean is never shown as if it were a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared.levensonderhoud.features.frame import NEVER, NO_EARLIER_BENEFIT
from shared.usecase import Case, SentenceRule

NO_DATA = "geen_gegevens"


def whole_number(number: float) -> str:
    """Return a whole number the Dutch way: 1.234."""
    return f"{int(number):,}".replace(",", ".")


def amount(euros: float) -> str:
    """Return an amount the Dutch way: 1.234,50."""
    return f"{abs(euros):,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _yes_no(value: int) -> Case:
    return Case("ja" if value else "nee")


def _in_city(value: int, unknown: int) -> Case:
    return Case(NO_DATA) if unknown else _yes_no(value)


def _started(_: float, announced: int, begun: int) -> Case:
    facts = {"gestart": whole_number(begun), "aangemeld": whole_number(announced)}
    if not announced:
        return Case(NO_DATA)
    if not begun:
        return Case("geen", facts)
    return Case("alle" if begun == announced else "deel", facts)


def _number_of_addresses(value: int, unknown: int) -> Case:
    return Case(NO_DATA) if unknown else _times(value)


def _times(value: int) -> Case:
    facts = {"aantal": whole_number(value)}
    return Case({0: "nul", 1: "een"}.get(value, "meer"), facts)


def _moved(value: float) -> Case:
    return Case(NO_DATA) if value == NEVER else _days(value)


def _days(value: float) -> Case:
    facts = {"dagen": whole_number(value)}
    return Case({0: "nul", 1: "een"}.get(int(value), "meer"), facts)


def _benefit_ended(value: float, running: int) -> Case:
    if value == NO_EARLIER_BENEFIT:
        return Case("geen_eerdere_uitkering")
    return Case("loopt") if running else _days(value)


def _measure(value: float, number: int) -> Case:
    if not number:
        return Case("geen")
    percent = f"{value / 1000:.1f}".replace(".", ",").removesuffix(",0")
    return Case("een" if number == 1 else "meer", {"procent": percent, "aantal": whole_number(number)})


def _wealth(value: float, unknown: int) -> Case:
    if unknown:
        return Case(NO_DATA)
    case = "schuld" if value < 0 else "vermogen" if value > 0 else "nul"
    return Case(case, {"bedrag": amount(value)})


def _income(value: float, unknown: int) -> Case:
    if unknown:
        return Case(NO_DATA)
    return Case("nul" if value == 0 else "bedrag", {"bedrag": amount(value)})


def _income_unknown(unknown: int) -> Case:
    return Case(NO_DATA if unknown else "bekend")


def _rule(choose: Callable[..., Case], *columns: str) -> SentenceRule:
    return SentenceRule(columns, choose)


SENTENCES: dict[str, SentenceRule] = {
    "at_least_one_address_in_amsterdam": _rule(_in_city, "at_least_one_address_in_amsterdam", "adres_onbekend"),
    "deelnames_started_percentage_last_year": _rule(
        _started, "deelnames_started_percentage_last_year", "feit_deelnames", "feit_deelnames_gestart"
    ),
    "active_address_count": _rule(_number_of_addresses, "active_address_count", "adres_onbekend"),
    "days_since_last_relocation": _rule(_moved, "days_since_last_relocation"),
    "days_since_last_dienst_end": _rule(_benefit_ended, "days_since_last_dienst_end", "feit_uitkering_loopt"),
    "has_medebewoner": _rule(_yes_no, "has_medebewoner"),
    "avg_percentage_maatregel": _rule(_measure, "avg_percentage_maatregel", "feit_maatregelen"),
    "total_vermogen": _rule(_wealth, "total_vermogen", "vermogen_onbekend"),
    "afspraken_no_show_count_last_year": _rule(_times, "afspraken_no_show_count_last_year"),
    "has_partner": _rule(_yes_no, "has_partner"),
    "applied_for_same_product_last_year": _rule(_yes_no, "applied_for_same_product_last_year"),
    "received_same_product_last_year": _rule(_yes_no, "received_same_product_last_year"),
    "afspraken_no_contact_count_last_year": _rule(_times, "afspraken_no_contact_count_last_year"),
    "sum_inkomen_bruto_value": _rule(_income, "sum_inkomen_bruto_value", "inkomen_onbekend"),
    "sum_inkomen_bruto_was_mean_imputed": _rule(_income_unknown, "inkomen_onbekend"),
}
# what a case worker is told beside the score, by unknown flag
UNKNOWN_LABELS = {
    "adres_onbekend": "adres",
    "vermogen_onbekend": "vermogen",
    "inkomen_onbekend": "inkomen",
    "geen_deelnames": "deelname aan trajecten",
}

# where a feature's number is no value: the flag that says so
_NO_VALUE_BY_FLAG = {
    "at_least_one_address_in_amsterdam": "adres_onbekend",
    "active_address_count": "adres_onbekend",
    "total_vermogen": "vermogen_onbekend",
    "deelnames_started_percentage_last_year": "geen_deelnames",
    "sum_inkomen_bruto_value": "inkomen_onbekend",
}
NO_VALUES = {
    "days_since_last_relocation": (NEVER, "geen gegevens"),
    "days_since_last_dienst_end": (NO_EARLIER_BENEFIT, "geen eerdere uitkering"),
}


def value_in_words(feature: str, features: Mapping[str, float | None]) -> str:
    """Return a feature's value with its unit; never a sentinel or an imputed mean as if it were a value."""
    value = features[feature]
    sentinel, words = NO_VALUES.get(feature, (None, ""))
    if value is None or features.get(_NO_VALUE_BY_FLAG.get(feature, "")):
        return "geen gegevens"
    return words if value == sentinel else _UNITS[feature](value)


def _euros(value: float) -> str:
    return f"{'-' if value < 0 else ''}{amount(value)} euro"


def _said_yes_no(value: float) -> str:
    return "ja" if value else "nee"


def _said(one: str, more: str) -> Callable[[float], str]:
    return lambda value: f"{whole_number(value)} {one if value == 1 else more}"


_UNITS: dict[str, Callable[[float], str]] = {
    "at_least_one_address_in_amsterdam": _said_yes_no,
    "deelnames_started_percentage_last_year": lambda value: f"{value:.0%}".replace("%", " %"),
    "active_address_count": _said("adres", "adressen"),
    "days_since_last_relocation": _said("dag", "dagen"),
    "days_since_last_dienst_end": _said("dag", "dagen"),
    "has_medebewoner": _said_yes_no,
    "avg_percentage_maatregel": lambda value: f"{value / 1000:.6g} %".replace(".", ","),
    "total_vermogen": _euros,
    "afspraken_no_show_count_last_year": _said("afspraak", "afspraken"),
    "has_partner": _said_yes_no,
    "applied_for_same_product_last_year": _said_yes_no,
    "received_same_product_last_year": _said_yes_no,
    "afspraken_no_contact_count_last_year": _said("afspraak", "afspraken"),
    "sum_inkomen_bruto_value": _euros,
    "sum_inkomen_bruto_was_mean_imputed": _said_yes_no,
}
