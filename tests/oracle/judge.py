"""Judges every application of a delivery: its moment, features, flags and eligibility (sections 4 and 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.oracle.bounds import as_benefit, filled, known, pick, same_rank
from tests.oracle.features import Number, current_addresses, features_of
from tests.oracle.places import address_key, in_municipality
from tests.oracle.reading import SetAside, read
from tests.oracle.tables import Row, Tables, Value

MODEL = "MODEL"


@dataclass(frozen=True)
class Judgement:
    """One application; `values` is None where no features can be told, `resultaattype` 0 where the model decides."""

    aanvraagnummer: str
    peilmoment: datetime
    values: Mapping[str, Number] | None
    resultaattype: int
    reden: str


def _applications(tables: Tables, van: datetime, tot: datetime) -> list[tuple[str, datetime]]:
    first: dict[str, datetime] = {}
    for order in tables["werkopdrachten"]:
        number, moment = order["dienstnr"], order["dtopvoer"]
        if number not in first or moment < first[number]:
            first[number] = moment
    return sorted((number, moment) for number, moment in first.items() if van <= moment < tot)


def _own_row(number: Value, tables: Tables) -> tuple[Row | None, bool]:
    """The application's row, and whether its candidates contradict each other about the client."""
    rows = [as_benefit(row) for row in tables["diensten"] if row["dienstnr"] == number and row["geldig"] == 1]
    if not rows:
        return None, False
    own = pick(rows, earliest=True)
    equals = [row for row in rows if row["dtopvoer"] == own["dtopvoer"] and same_rank(row, own)]
    return own, any(row["subjectnrklant"] != own["subjectnrklant"] for row in equals)


def _is_set_aside(number: Value, own: Row | None, aside: SetAside, tables: Tables) -> bool:
    if number in aside.services:
        return True
    if own is None:
        return False
    person = own["subjectnrklant"]
    parties = {row["partijnr"] for row in tables["partijen"] if row["persoonnr"] == person}
    links = [row for row in tables["dienstsubjecten"] if row["subjectnr"] in parties and row["geldig"] == 1]
    held = {row["dienstnr"] for row in links}
    incomes = [row for row in tables["inkomens"] if row["subjectnr"] == person and row["geldig"] == 1]
    if any(row["soort"] in aside.income_kinds for row in incomes):
        return True
    return person in aside.persons or bool(parties & aside.parties) or bool(held & aside.services)


def _decided(number: Value, ref: datetime, tables: Tables) -> bool:
    return any(
        row["dienstnr"] == number and row["geldig"] == 1 and known(row, ref) and filled(row["besluit"])
        for row in tables["diensten"]
    )


def _on_special_address(addresses: Sequence[Row], special: Sequence[Mapping[str, str]]) -> bool:
    if not addresses:
        return False
    youngest = max(row["dtbegin"] for row in addresses)
    listed = [address_key(address) for address in special]
    return any(address_key(row) in listed for row in addresses if row["dtbegin"] == youngest)


def _outside_municipality(addresses: Sequence[Row]) -> bool:
    places = [row["plaats"] for row in addresses if filled(row["plaats"])]
    return bool(places) and not any(in_municipality(place) for place in places)


def _outcome(own: Row, ref: datetime, tables: Tables, special: Sequence[Mapping[str, str]]) -> tuple[int, str]:
    """Conditions 3 to 8 of the eligibility table; the first that applies."""
    if own["productnr"] in (87, 88):
        return 3, "IOAW_IOAZ"
    if own["productnr"] not in (131, 135, 227):
        return 4, "PRODUCT_BUITEN_BEREIK"
    if _decided(own["dienstnr"], ref, tables):
        return 4, "AL_BESLIST"
    addresses = current_addresses(own["subjectnrklant"], ref, tables)
    if _on_special_address(addresses, special):
        return 4, "BIJZONDERE_DOELGROEP"
    if _outside_municipality(addresses):
        return 2, "BUITEN_GEMEENTE"
    return 0, MODEL


def judge(
    tables: Tables, van: datetime, tot: datetime, special_addresses: Sequence[Mapping[str, str]] = ()
) -> list[Judgement]:
    """Every application whose first work order lies in [van, tot), in order of its number."""
    clean, aside = read(tables)
    judgements = []
    for number, ref in _applications(clean, van, tot):
        own, contradictory = _own_row(number, clean)
        if contradictory or _is_set_aside(number, own, aside, clean):
            judgements.append(Judgement(number, ref, None, 4, "GEGEVENS_ONBRUIKBAAR"))
        elif own is None:
            judgements.append(Judgement(number, ref, None, 4, "GEEN_DIENST"))
        else:
            values = features_of(own, ref, clean)
            judgements.append(Judgement(number, ref, values, *_outcome(own, ref, clean, special_addresses)))
    return judgements
