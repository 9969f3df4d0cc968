"""Chooses the applications of a delivery and only the rows that they need, before anything is stored (domain.md §3)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from shared.levensonderhoud.applications import find_applications, rows_of_applications
from shared.levensonderhoud.features import afspraken, deelnames, feiten, relaties
from shared.levensonderhoud.moments import Mask
from shared.levensonderhoud.pairs import Applicants, Pairs, codes_in
from shared.records import Affected, CheckedDelivery, Finding, Need, Selection
from shared.stages.rowtypes import without_traces
from shared.stages.rules import finding
from shared.usecase import Tables

# the same bounds that the features use, so that minimising can never change one
WINDOWS: dict[str, Callable[[Pairs], Mask]] = {
    "adressen": Pairs.current,
    "afspraken": afspraken.counts,
    "deelnames": deelnames.counts,
    "feiten": feiten.counts,
    "inkomens": Pairs.current,
    "relaties": Pairs.current,
    "vermogens": Pairs.current,
}
PERSON_COLUMN = dict.fromkeys(WINDOWS, "subjectnr") | {
    "afspraken": "administratienummer",
    "deelnames": "administratienummer",
}


def select(checked: CheckedDelivery) -> Selection:
    """Return the applications and the rows they need; of a part of a delivery, those of its own applications."""
    if checked.description is None:
        raise ValueError("a rejected delivery has no applications")
    tables = checked.tables
    applications = _with_clients(find_applications(tables, checked.description.period), tables)
    set_aside = _set_aside(applications, tables, checked.affected)
    contradicting = applications.pop("contradicting").to_numpy()
    applications["onbruikbaar"] = set_aside | contradicting
    needs = _needs(applications, tables)
    kept = {name: without_traces(tables[name][need == Need.NEEDED]) for name, need in needs.items()}
    kept["soorteninkomen"] = tables["soorteninkomen"]
    return Selection(applications, kept, tuple(_unusable_findings(set_aside, contradicting)), needs)


def _with_clients(applications: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    diensten = tables["diensten"]
    rows = rows_of_applications(
        pd.Index(applications["aanvraagnummer"]), diensten, number_column="dienstnr", client_column="subjectnrklant"
    )
    clients = np.array([*diensten["subjectnrklant"].cat.categories.tolist(), ""], dtype=object)
    codes = np.append(diensten["subjectnrklant"].cat.codes.to_numpy(), -1)[rows.row]
    codes[rows.contradicting] = -1
    return applications.assign(persoon=clients[codes], contradicting=rows.contradicting)


def _set_aside(applications: pd.DataFrame, tables: Tables, affected: Affected) -> np.ndarray:
    """Say which applications a row was set aside for: of their person, of a party of theirs, or of their service.

    A service that the applicant holds through a party counts as theirs: its product and decision make features. So
    does a kind of income that they have: without its category nobody can say whether the income counts.
    """
    members, links = tables["partijen"], tables["dienstsubjecten"]
    links = links[_valid(links)]
    parties = set(affected.partij) | _others(links, "dienstnr", affected.dienst, "subjectnr")
    incomes, kinds = tables["inkomens"], {code for table, code in affected.codes if table == "soorteninkomen"}
    with_kind = incomes["soort"].isin(kinds).to_numpy(dtype=bool) & _valid(incomes)
    persons = set(affected.persoon) | set(incomes["subjectnr"][with_kind].astype(str))
    persons |= _others(members, "partijnr", parties, "persoonnr")
    of_person = applications["persoon"].isin(persons)
    return (of_person | applications["aanvraagnummer"].isin(affected.dienst)).to_numpy(dtype=bool)


def _others(rows: pd.DataFrame, column: str, numbers: set[str] | frozenset[str], other: str) -> set[str]:
    """Return the numbers that stand in one column of the rows that hold certain numbers in another."""
    return set(rows.loc[rows[column].isin(numbers), other].dropna().astype(str)) if numbers else set()


def _unusable_findings(set_aside: np.ndarray, contradicting: np.ndarray) -> list[Finding]:
    counts = {"LEV-605": int(set_aside.sum()), "LEV-604": int(contradicting.sum())}
    return [finding(code, aantal=number) for code, number in counts.items() if number]


def _needs(applications: pd.DataFrame, tables: Tables) -> dict[str, np.ndarray]:
    """Return per table and row whether it is needed, and if not, why not (Need)."""
    applicants = Applicants(applications)
    needs = {name: _needs_of_person(name, tables[name], applicants) for name in WINDOWS}
    partijen, links, diensten = tables["partijen"], tables["dienstsubjecten"], tables["diensten"]
    of_person = codes_in(partijen["persoonnr"], applicants.persons) >= 0
    needs["partijen"] = _need(of_person)

    parties = pd.Index(partijen["partijnr"][of_person].unique())
    of_party = codes_in(links["subjectnr"], parties) >= 0
    needs["dienstsubjecten"] = _need(of_party, in_time=_valid(links))

    own_services = diensten["dienstnr"][codes_in(diensten["subjectnrklant"], applicants.persons) >= 0]
    held = links["dienstnr"][needs["dienstsubjecten"] == Need.NEEDED]
    numbers = pd.Index(set(applications["aanvraagnummer"]) | set(own_services.unique()) | set(held.unique()))
    needs["diensten"] = _need(codes_in(diensten["dienstnr"], numbers) >= 0, in_time=_valid(diensten))
    return needs


def _needs_of_person(name: str, rows: pd.DataFrame, applicants: Applicants) -> np.ndarray:
    pairs = applicants.pairs(rows.assign(_row=np.arange(len(rows))), PERSON_COLUMN[name])
    positions = pairs.rows["_row"].to_numpy()
    of_applicant = np.zeros(len(rows), dtype=bool)
    of_applicant[positions] = True
    in_window = np.zeros(len(rows), dtype=bool)
    in_window[positions[WINDOWS[name](pairs)]] = True
    if "geldig" in rows:
        in_window &= _valid(rows)
    used_kind = np.ones(len(rows), dtype=bool)
    if name == "relaties":
        used_kind = rows["categorie"].isin(relaties.NEEDED).to_numpy(dtype=bool)
    return _need(of_applicant, used_kind, in_window)


def _valid(rows: pd.DataFrame) -> Mask:
    return (rows["geldig"] == 1).to_numpy(dtype=bool)


def _need(of_somebody: Mask, used_kind: Mask | bool = True, in_time: Mask | bool = True) -> np.ndarray:
    need = np.where(in_time, Need.NEEDED, Need.OUT_OF_TIME).astype(np.int8)
    need = np.where(used_kind, need, np.int8(Need.OTHER_KIND))
    return np.where(of_somebody, need, np.int8(Need.OF_NOBODY))
