"""Replaces every number of a person, party or service by a keyed pseudonym (domain.md §3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from shared.dataset import NUMBER_CLASSES, ColumnClass, TableSchema
from shared.errors import KeyUnavailable
from shared.records import PseudonymisedDelivery, Selection
from shared.usecase import UseCase

SHORTEST_SECRET = 32
_KEY_ID = re.compile(r"[a-z0-9-]{1,32}")
_NEVER_STORED = (ColumnClass.ADRES, ColumnClass.VRIJE_TEKST, *NUMBER_CLASSES)


@dataclass(frozen=True)
class PseudonymKey:
    """A key by its name; the secret never shows in a text of this object.

    Raises KeyUnavailable for a key that is too short or badly named.
    """

    key_id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not _KEY_ID.fullmatch(self.key_id):
            raise KeyUnavailable(
                "The name of the pseudonymisation key has another form than agreed.",
                where="key id",
                next_step="Use 1 to 32 characters of a-z, 0-9 and -.",
            )
        if len(self.secret) < SHORTEST_SECRET:
            raise KeyUnavailable(
                "The pseudonymisation key is too short.",
                where=f"key {self.key_id}",
                next_step=f"Use at least {SHORTEST_SECRET} random bytes.",
            )


class Pseudonymiser:
    """Gives the pseudonym of a value: the same for the same key, domain and value, and nothing else."""

    def __init__(self, key: PseudonymKey) -> None:
        self._prefix = f"{key.key_id}:"
        self._keyed = hmac.new(key.secret, digestmod=hashlib.sha256)

    def pseudonym(self, domain: str, canonical: str) -> str:
        """Return the pseudonym of one canonical value (trimmed text)."""
        return self.pseudonyms(domain, [canonical])[0]

    def pseudonyms(self, domain: str, canonical: Iterable[str]) -> list[str]:
        """Return the pseudonyms of canonical values, in order."""
        of_domain = self._keyed.copy()
        of_domain.update(b"slimme-check/v1/" + domain.encode("ascii") + b"\x00")
        pseudonyms = []
        for value in canonical:
            mac = of_domain.copy()
            mac.update(value.encode("utf-8"))
            pseudonyms.append(self._prefix + base64.urlsafe_b64encode(mac.digest()).decode("ascii").rstrip("="))
        return pseudonyms


def _replace_numbers(frame: pd.DataFrame, table: TableSchema, pseudonymiser: Pseudonymiser) -> pd.DataFrame:
    """Return the table with its numbers as pseudonyms, each column under the name of its class."""
    for column in table.number_columns():
        numbers = frame[column.name].cat.remove_unused_categories()
        replaced = numbers.cat.rename_categories(pseudonymiser.pseudonyms(column.klasse, numbers.cat.categories))
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
    persons = clear["persoon"].to_numpy()
    applications = pd.DataFrame(
        {
            "dienst": pseudonymiser.pseudonyms(ColumnClass.DIENST, clear["aanvraagnummer"]),
            "persoon": [pseudonymiser.pseudonym(ColumnClass.PERSOON, person) if person else "" for person in persons],
            "peilmoment": clear["peilmoment"].to_numpy(),
            "onbruikbaar": clear["onbruikbaar"].to_numpy(),
        }
    )
    return PseudonymisedDelivery(applications, tables, tuple(clear["aanvraagnummer"]), key.key_id)
