"""Which rows of a pseudonymised delivery are about one person, and the delivery as it is without that person.

Columns are known by their class alone (persoon, partij, dienst), so this holds for every use case. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from shared.dataset import ColumnClass
from shared.records import PseudonymisedDelivery

PERSON, PARTY, SERVICE = (str(kind) for kind in (ColumnClass.PERSOON, ColumnClass.PARTIJ, ColumnClass.DIENST))
APPLICATIONS = "aanvragen"

type Rows = dict[str, list[dict[str, object]]]
type Names = frozenset[str]


@dataclass(frozen=True)
class PersonRows:
    """The rows of one person, by table. `withheld`: rows that are (also) about somebody else, which are not shown."""

    tables: Rows
    withheld: int


def mentions(delivery: PseudonymisedDelivery, persons: Names, services: Names = frozenset()) -> bool:
    """Say whether a person stands anywhere in a delivery: as applicant, or in a row of somebody else's application.

    `services`: applications of the person, which count where their client is unknown.
    """
    if _applied(delivery.applications, persons, services).any():
        return True
    frames = (delivery.applications, *delivery.tables.values())
    return any(bool(_in(frame, PERSON, persons).any()) for frame in frames if PERSON in frame)


def rows_of(delivery: PseudonymisedDelivery, persons: Names) -> PersonRows:
    """Return every row about a person (under all of its pseudonyms), without pseudonyms of persons and parties.

    A benefit that a party of the person holds is only shown where no other person is its main client.
    """
    services = _values(delivery, SERVICE, PERSON, persons) | _applications(delivery, persons)
    parties = _values(delivery, PARTY, PERSON, persons)
    of_others = _values(delivery, SERVICE, PERSON, persons, others=True) - services
    found: Rows = {
        APPLICATIONS: plain_rows(
            delivery.applications[_in(delivery.applications, PERSON, persons)], without=(PERSON, PARTY)
        )
    }
    withheld = 0
    for name, frame in delivery.tables.items():
        mine, hidden = _about(frame, persons, parties, services, of_others)
        found[name] = plain_rows(frame[mine], without=(PERSON, PARTY))
        withheld += int(hidden.sum())
    return PersonRows({name: rows for name, rows in found.items() if rows}, withheld)


def _about(
    frame: pd.DataFrame, persons: Names, parties: Names, services: Names, of_others: Names
) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows of a table are about the person alone, and which about somebody else too."""
    nobody = np.zeros(len(frame), dtype=bool)
    if PERSON in frame:
        mine = _in(frame, PERSON, persons)
        shared = _in(frame, SERVICE, services) & ~mine if SERVICE in frame else nobody
        return mine, shared
    mine = nobody
    if SERVICE in frame:
        mine = mine | _in(frame, SERVICE, services)
    if PARTY in frame:
        mine = mine | _in(frame, PARTY, parties)
    hidden = mine & _in(frame, SERVICE, of_others) if SERVICE in frame else nobody
    return mine & ~hidden, hidden


def without(
    delivery: PseudonymisedDelivery, persons: Names, services: Names, new_label: Callable[[], str]
) -> tuple[PseudonymisedDelivery, int]:
    """Return the delivery without a person, and how many rows went or lost that person's name.

    `services`: applications known to be of the person, which go too where their client is unknown.

    Only rows that the remaining applications need stay, so their features stay what they were. Where one of these is
    about the person (a benefit that both held), a label that leads to nobody takes the place of the pseudonym.
    """
    if not mentions(delivery, persons, services):
        return delivery, 0
    gone = _applied(delivery.applications, persons, services)
    services = frozenset(delivery.applications.loc[gone, SERVICE]) | _values(delivery, SERVICE, PERSON, persons)
    left = replace(
        delivery,
        applications=delivery.applications[~gone].reset_index(drop=True),
        aanvraagnummers=tuple(n for n, is_gone in zip(delivery.aanvraagnummers, gone, strict=True) if not is_gone),
    )
    tables = _needed(left)
    services = services - frozenset(left.applications[SERVICE])
    labels = {old: new_label() for old in sorted(persons | services)}
    number = int(gone.sum())
    for name, frame in tables.items():
        number += len(delivery.tables[name]) - len(frame)
        number += int((_in(frame, PERSON, persons) if PERSON in frame else np.zeros(0, dtype=bool)).sum())
    renamed = {name: _relabelled(frame, labels) for name, frame in tables.items()}
    return replace(left, tables=renamed), number


def _needed(left: PseudonymisedDelivery) -> dict[str, pd.DataFrame]:
    """Return of every table the rows that its applications need, as choosing them at the delivery would."""
    persons = frozenset(left.applications[PERSON]) - {""}
    parties = _values(left, PARTY, PERSON, persons)
    held = frozenset[str]()
    for frame in left.tables.values():
        if {PARTY, SERVICE} <= set(frame.columns):
            held |= frozenset(frame.loc[_in(frame, PARTY, parties), SERVICE].astype(str))
    services = frozenset(left.applications[SERVICE]) | _values(left, SERVICE, PERSON, persons) | held
    return {
        name: frame[_needed_of(frame, persons, parties, services)].reset_index(drop=True)
        for name, frame in left.tables.items()
    }


def _needed_of(frame: pd.DataFrame, persons: Names, parties: Names, services: Names) -> np.ndarray:
    for column, wanted in ((PARTY, parties), (SERVICE, services), (PERSON, persons)):
        # who is in a party is known by the person, and which benefits it holds by the party
        if column in frame and not (column == PARTY and PERSON in frame):
            return _in(frame, column, wanted)
    return np.ones(len(frame), dtype=bool)


def _relabelled(frame: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the table with new labels, and without names in its categories that no row has any more."""
    changed = {}
    for column in (PERSON, PARTY, SERVICE):
        if column in frame:
            slim = frame[column].astype("category").cat.remove_unused_categories()
            changed[column] = slim.cat.rename_categories({old: labels.get(old, old) for old in slim.cat.categories})
    others = [str(name) for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype) and name not in changed]
    return frame.assign(**changed, **{name: frame[name].cat.remove_unused_categories() for name in others})


def _applied(applications: pd.DataFrame, persons: Names, services: Names) -> np.ndarray:
    """Return which applications are a person's: by the client, or where that is unknown by the application itself."""
    unknown = (
        ~applications[PERSON].astype(bool).to_numpy() if PERSON in applications else np.ones(len(applications), bool)
    )
    return _in(applications, PERSON, persons) | (_in(applications, SERVICE, services) & unknown)


def _applications(delivery: PseudonymisedDelivery, persons: Names) -> Names:
    return frozenset(delivery.applications.loc[_in(delivery.applications, PERSON, persons), SERVICE].astype(str))


def _values(delivery: PseudonymisedDelivery, wanted: str, by: str, names: Names, *, others: bool = False) -> Names:
    """Return what stands in one column of the rows that have certain names in another (or others, not these)."""
    found: set[str] = set()
    for frame in delivery.tables.values():
        if {wanted, by} <= set(frame.columns):
            mask = _in(frame, by, names)
            found |= set(frame.loc[~mask if others else mask, wanted].dropna().astype(str))
    return frozenset(found)


def _in(frame: pd.DataFrame, column: str, names: Names) -> np.ndarray:
    if column not in frame:
        return np.zeros(len(frame), dtype=bool)
    return frame[column].isin(list(names)).to_numpy(dtype=bool)


def plain_rows(frame: pd.DataFrame, *, without: Sequence[str]) -> list[dict[str, object]]:
    """Return the rows as JSON knows them, without these columns."""
    columns = frame.drop(columns=list(without), errors="ignore").astype(object)
    return [{str(name): _value(value) for name, value in row.items()} for row in columns.to_dict("records")]


def _value(value: object) -> object:
    """Return a cell as JSON knows it; empty is None."""
    if value is None or value != value or str(value) in ("NaT", "<NA>"):
        return None
    moment = getattr(value, "isoformat", None)
    if moment is not None:
        return moment()
    item = getattr(value, "item", None)
    return item() if item is not None else value
