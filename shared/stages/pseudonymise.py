"""Replaces every number of a person, party or service by a keyed pseudonym (domain.md §3)."""

from __future__ import annotations

import pandas as pd

from shared.dataset import NUMBER_CLASSES, ColumnClass, TableSchema
from shared.records import PseudonymisedDelivery, Selection
from shared.stages.pseudonym import Pseudonymiser, PseudonymKey
from shared.usecase import UseCase

_NEVER_STORED = (ColumnClass.ADRES, ColumnClass.VRIJE_TEKST, *NUMBER_CLASSES)


def _replace_numbers(frame: pd.DataFrame, table: TableSchema, pseudonymiser: Pseudonymiser) -> pd.DataFrame:
    """Return the table with its numbers as pseudonyms, each column under the name of its class."""
    for column in table.number_columns():
        numbers = frame[column.name].cat.remove_unused_categories()
        pseudonyms = pseudonymiser.pseudonyms(column.klasse, numbers.cat.categories.tolist())
        replaced = pd.Categorical.from_codes(numbers.cat.codes, categories=pd.Index(pseudonyms, dtype="str"))
        frame = frame.assign(**{column.name: replaced}).rename(columns={column.name: str(column.klasse)})
    return frame


def _refuse_leftovers(frame: pd.DataFrame, table: TableSchema) -> None:
    left = [column.name for column in table.columns if column.klasse in _NEVER_STORED and column.name in frame.columns]
    if left:
        raise AssertionError(f"{table.name}: {', '.join(left)} must be derived or dropped before storing")


def pseudonymise(selection: Selection, use_case: UseCase, key: PseudonymKey) -> PseudonymisedDelivery:
    """Return the selection under pseudonyms, with each table turned into what may be stored."""
    pseudonymiser = Pseudonymiser(key)
    tables = {}
    for name, frame in selection.tables.items():
        table = use_case.schema.tables[name]
        stored = use_case.derive(name, _replace_numbers(frame, table, pseudonymiser), pseudonymiser)
        _refuse_leftovers(stored, table)
        tables[name] = stored
    clear = selection.applications
    persons = clear["persoon"].tolist()
    of_persons = pseudonymiser.pseudonyms(ColumnClass.PERSOON, persons)
    applications = pd.DataFrame(
        {
            "dienst": pseudonymiser.pseudonyms(ColumnClass.DIENST, clear["aanvraagnummer"]),
            "persoon": [pseudonym if person else "" for person, pseudonym in zip(persons, of_persons, strict=True)],
            "peilmoment": clear["peilmoment"].to_numpy(),
            "onbruikbaar": clear["onbruikbaar"].to_numpy(),
        }
    )
    return PseudonymisedDelivery(applications, tables, tuple(clear["aanvraagnummer"]), key.key_id)
