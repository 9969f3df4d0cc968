"""The fifteen features and four flags of section 5 for one application, each from its own line of the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from tests.oracle.benefits import CORE_PRODUCTS, benefits_of, granted_of
from tests.oracle.bounds import TOL, current, days, filled, inyear, lastyear
from tests.oracle.places import address_key, in_municipality
from tests.oracle.tables import Row, Tables, Value

NEVER = 99999
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

type Number = int | float | None


def _current_rows(table: str, person: Value, ref: datetime, tables: Tables) -> list[Row]:
    return [
        row
        for row in tables[table]
        if row["subjectnr"] == person and row["geldig"] == 1 and current(row, row["dtbegin"], row["dteinde"], ref)
    ]


def current_addresses(person: Value, ref: datetime, tables: Tables) -> list[Row]:
    """The addresses of a person that are in force at ref, of any soort."""
    return _current_rows("adressen", person, ref, tables)


def _money(amounts: Sequence[Value]) -> float:
    total = Decimal(0)
    for amount in amounts:
        total += amount if isinstance(amount, Decimal) else 0
    total = total.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return float(total) if total else 0.0


def _address_features(addresses: Sequence[Row], ref: datetime) -> dict[str, Number]:
    complete = [row for row in addresses if filled(row["plaats"]) and filled(row["straat"])]
    lived = [max(0, days(row["dtbegin"], ref)) for row in addresses if row["soort"] in (1, 3, 9)]
    return {
        "at_least_one_address_in_amsterdam": int(any(in_municipality(row["plaats"]) for row in addresses)),
        "active_address_count": len({address_key(row) for row in complete}),
        "days_since_last_relocation": min(lived, default=NEVER),
        "adres_onbekend": int(not addresses),
    }


def _participations(person: Value, ref: datetime, tables: Tables) -> dict[str, Number]:
    counted = started = 0
    for row in tables["deelnames"]:
        if row["administratienummer"] != person:
            continue
        start, end = row["start_deelname"], row["einde_deelname"]
        if inyear(row["datum_aanmelding"], ref) or inyear(start, ref) or inyear(end, ref):
            counted += 1
            if (start is not None and start <= ref + TOL) or (end is not None and end <= ref + TOL):
                started += 1
    share = started / counted if counted else 0.0
    return {"deelnames_started_percentage_last_year": share, "geen_deelnames": int(counted == 0)}


def _appointments(person: Value, ref: datetime, tables: Tables) -> dict[str, Number]:
    no_show = no_contact = 0
    for row in tables["afspraken"]:
        dates = (row["datum_invoer"], row["datum_afhandeling_gepland"])
        if row["administratienummer"] != person or any(date is not None and date > ref + TOL for date in dates):
            continue
        if not any(inyear(date, ref) for date in dates):
            continue
        result = str(row["afspraakresultaat"] or "").lower()
        if ("no show" in result or "niet verschenen" in result) and "met bericht" not in result:
            no_show += 1
        if any(words in result for words in ("geen contact", "niet bereikt", "geen gegevens geleverd")):
            no_contact += 1
    return {"afspraken_no_show_count_last_year": no_show, "afspraken_no_contact_count_last_year": no_contact}


def _measures(person: Value, ref: datetime, tables: Tables) -> float:
    percentages = [
        row["percentage"]
        for row in tables["feiten"]
        if row["subjectnr"] == person
        and row["geldig"] == 1
        and filled(row["percentage"])
        and lastyear(row, row["dtconstatering"], row["dtconstatering"], ref)
    ]
    return sum(percentages) / len(percentages) if percentages else 0.0


def _relations(person: Value, ref: datetime, tables: Tables) -> dict[str, Number]:
    categories = {
        row["categorie"] for row in _current_rows("relaties", person, ref, tables) if filled(row["subjectnrrelatie"])
    }
    return {"has_partner": int(1 in categories), "has_medebewoner": int(2 in categories)}


def _income(person: Value, ref: datetime, tables: Tables) -> float | None:
    counted = {row["srtinkomennr"] for row in tables["soorteninkomen"] if row["categorie"] in (1, 2, 3, 4)}
    rows = [row for row in _current_rows("inkomens", person, ref, tables) if row["soort"] in counted]
    return _money([row["bedragbruto"] for row in rows]) if rows else None


def _benefit_features(own: Row, ref: datetime, tables: Tables) -> dict[str, Number]:
    person, number, product = own["subjectnrklant"], own["dienstnr"], own["productnr"]
    applied = any(
        row["dienstnr"] != number
        and row["productnr"] in CORE_PRODUCTS
        and row["productnr"] == product
        and lastyear(row, row["dtaanvraag"], row["dtaanvraag"], ref)
        for row in benefits_of(person, ref, tables)
    )
    granted = granted_of(person, ref, tables)
    ends = [row["end"] for row in granted if row["productnr"] in CORE_PRODUCTS]
    if not ends:
        since_end = NEVER
    elif None in ends:
        since_end = 0
    else:
        since_end = max(0, days(max(ends), ref))
    return {
        "applied_for_same_product_last_year": int(applied),
        "received_same_product_last_year": int(
            product is not None and any(row["productnr"] == product for row in granted)
        ),
        "days_since_last_dienst_end": since_end,
    }


def features_of(own: Row, ref: datetime, tables: Tables) -> dict[str, Number]:
    """The fifteen features and the four flags of the application with this own row at this ref."""
    person = own["subjectnrklant"]
    wealth = _current_rows("vermogens", person, ref, tables)
    income = _income(person, ref, tables)
    found = {
        **_address_features(current_addresses(person, ref, tables), ref),
        **_participations(person, ref, tables),
        **_appointments(person, ref, tables),
        **_relations(person, ref, tables),
        **_benefit_features(own, ref, tables),
        "avg_percentage_maatregel": _measures(person, ref, tables),
        "total_vermogen": _money([row["bedrag"] for row in wealth]),
        "vermogen_onbekend": int(not wealth),
        "sum_inkomen_bruto_value": income,
        "sum_inkomen_bruto_was_mean_imputed": int(income is None),
        "inkomen_onbekend": int(income is None),
    }
    return {name: found[name] for name in (*FEATURES, *FLAGS)}
