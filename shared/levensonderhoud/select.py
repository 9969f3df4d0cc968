"""Chooses the applications of a delivery and only the rows that they need, before anything is stored (domain.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from shared.levensonderhoud.applications import find_applications, rows_of_applications
from shared.levensonderhoud.features import afspraken, deelnames, feiten, relaties
from shared.levensonderhoud.moments import Mask
from shared.levensonderhoud.pairs import Applicants, Pairs, codes_in, is_valid
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
    "diensten": "subjectnrklant",
    "partijen": "persoonnr",
}
# different services of one person times rows in a table (or services through parties): nobody has so many, and a number
# that has stands for many people. Each of its applications would be held beside each of these rows.
MOST_PAIRS = 400_000
# of services through parties alone: of a party that stands for many, each of these has all services of them all
MOST_THROUGH_PARTIES = 1_000


def select(checked: CheckedDelivery) -> Selection:
    """Return the applications and the rows they need; of a part of a delivery, those of its own applications."""
    if checked.description is None:
        raise ValueError("a rejected delivery has no applications")
    tables = checked.tables
    applications = _with_clients(find_applications(tables, checked.description.period), tables)
    applicants = _applicants(applications, tables)
    set_aside = _set_aside(applications, tables, checked.affected)
    crowded = _are_crowded(applicants, tables)
    if crowded.any():
        applications.loc[crowded, "persoon"] = ""
        applicants = _applicants(applications, tables)
    contradicting = applications.pop("contradicting").to_numpy()
    applications["onbruikbaar"] = set_aside | contradicting | crowded
    needs = _needs(applications, tables, applicants)
    kept = {name: without_traces(tables[name][need == Need.NEEDED]) for name, need in needs.items()}
    kept["soorteninkomen"] = tables["soorteninkomen"]
    return Selection(applications, kept, tuple(_unusable_findings(set_aside, contradicting, crowded)), needs)


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
    links = links[is_valid(links)]
    parties = set(affected.partij) | _others(links, "dienstnr", affected.dienst, "subjectnr")
    incomes, kinds = tables["inkomens"], {code for table, code in affected.codes if table == "soorteninkomen"}
    with_kind = incomes["soort"].isin(kinds).to_numpy(dtype=bool) & is_valid(incomes)
    persons = set(affected.persoon) | set(incomes["subjectnr"][with_kind].astype(str))
    persons |= _others(members, "partijnr", parties, "persoonnr")
    of_person = applications["persoon"].isin(persons)
    return (of_person | applications["aanvraagnummer"].isin(affected.dienst)).to_numpy(dtype=bool)


def _others(rows: pd.DataFrame, column: str, numbers: set[str] | frozenset[str], other: str) -> set[str]:
    """Return the numbers that stand in one column of the rows that hold certain numbers in another."""
    return set(rows.loc[rows[column].isin(numbers), other].dropna().astype(str)) if numbers else set()


def _unusable_findings(set_aside: np.ndarray, contradicting: np.ndarray, crowded: np.ndarray) -> list[Finding]:
    counts = {"LEV-605": int(set_aside.sum()), "LEV-604": int(contradicting.sum()), "LEV-607": int(crowded.sum())}
    return [finding(code, aantal=number) for code, number in counts.items() if number]


def _applicants(applications: pd.DataFrame, tables: Tables) -> Applicants:
    return Applicants(applications, {name: tables[name][column] for name, column in PERSON_COLUMN.items()})


def _are_crowded(applicants: Applicants, tables: Tables) -> np.ndarray:
    """Say which applications name a client with more services and rows than anybody has, themselves or by a party.

    Every part of a delivery has all rows of its clients, and all services of their parties, so it says the same however
    many parts there are.
    """
    links = tables["dienstsubjecten"]
    reached = applicants.reached("partijen", tables["partijen"]["partijnr"], links["subjectnr"][is_valid(links)])
    services = applicants.different("diensten", tables["diensten"]["dienstnr"])
    too_many = services * np.maximum(applicants.most_rows(), reached) > MOST_PAIRS
    return applicants.of_applications(too_many | (reached > MOST_THROUGH_PARTIES))


def _needs(applications: pd.DataFrame, tables: Tables, applicants: Applicants) -> dict[str, np.ndarray]:
    """Return per table and row whether it is needed, and if not, why not (Need)."""
    pieces = [some for _, some in applicants.pieces(applicants.most_rows())]
    needs = {name: _needs_of_person(name, tables[name], pieces) for name in WINDOWS}
    partijen, links, diensten = tables["partijen"], tables["dienstsubjecten"], tables["diensten"]
    of_person = applicants.of_rows["partijen"] >= 0
    needs["partijen"] = _need(of_person)

    parties = pd.Index(partijen["partijnr"][of_person].unique())
    of_party = codes_in(links["subjectnr"], parties) >= 0
    needs["dienstsubjecten"] = _need(of_party, in_time=is_valid(links))

    own_services = diensten["dienstnr"][applicants.of_rows["diensten"] >= 0]
    held = links["dienstnr"][needs["dienstsubjecten"] == Need.NEEDED]
    numbers = pd.Index(set(applications["aanvraagnummer"]) | set(own_services.unique()) | set(held.unique()))
    needs["diensten"] = _need(codes_in(diensten["dienstnr"], numbers) >= 0, in_time=is_valid(diensten))
    return needs


def _needs_of_person(name: str, rows: pd.DataFrame, pieces: Sequence[Applicants]) -> np.ndarray:
    in_window = np.zeros(len(rows), dtype=bool)
    for some in pieces:
        pairs = some.pairs(name, rows)
        in_window[pairs.row[WINDOWS[name](pairs)]] = True
    used_kind = np.ones(len(rows), dtype=bool)
    if name == "relaties":
        used_kind = rows["categorie"].isin(relaties.NEEDED).to_numpy(dtype=bool)
    return _need(pieces[0].of_rows[name] >= 0, used_kind, in_window & is_valid(rows))


def _need(of_somebody: Mask, used_kind: Mask | bool = True, in_time: Mask | bool = True) -> np.ndarray:
    need = np.where(in_time, Need.NEEDED, Need.OUT_OF_TIME).astype(np.int8)
    need = np.where(used_kind, need, np.int8(Need.OTHER_KIND))
    return np.where(of_somebody, need, np.int8(Need.OF_NOBODY))
