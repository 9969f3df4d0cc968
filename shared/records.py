"""The records that travel between the stages; their types say how far the data has come.

    DeliveryFiles -> CheckedDelivery -> PseudonymisedDelivery -> FeatureTable -> Scored -> Explained -> ResultSet

A stage can only be handed what the stage before it made: features never see a person's number, for example.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # a page or a key look-up must not pay for the import of pandas
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from shared.modelpackage.package import ModelPackage


class Severity(StrEnum):
    """How much a finding weighs, from worst to least."""

    AFKEUREN = "afkeuren"  # the delivery is rejected as a whole
    AANHOUDEN = "aanhouden"  # the delivery waits for a person
    ALARM = "alarm"  # something arrived that may never arrive; removed, and told
    TERZIJDE = "terzijde"  # rows set aside; their applications get type 4
    MELDING = "melding"  # worth knowing


class Verdict(StrEnum):
    """What a check concludes about a delivery as a whole."""

    GEACCEPTEERD = "geaccepteerd"
    AANGEHOUDEN = "aangehouden"
    AFGEKEURD = "afgekeurd"


@dataclass(frozen=True, order=True)
class Finding:
    """What a rule found: where, how often, and what to do. Never a value from a row.

    `rijen` holds the first few row numbers (1 = first row after the header), `aantal` counts them all.
    """

    code: str
    ernst: Severity
    zin: str
    advies: str = ""
    tabel: str = ""
    kolom: str = ""
    rijen: tuple[int, ...] = ()
    aantal: int = 1

    def as_dict(self) -> dict[str, object]:
        """Return the finding as plain JSON, without empty members."""
        plain: dict[str, object] = {"code": self.code, "ernst": str(self.ernst), "zin": self.zin, "aantal": self.aantal}
        extra = {"advies": self.advies, "tabel": self.tabel, "kolom": self.kolom, "rijen": list(self.rijen)}
        return plain | {name: value for name, value in extra.items() if value}


LARGEST_DESCRIPTION = 1_000_000  # bytes; a larger one is no list of tables, and to parse it takes 25 times its size


class DeliveryFiles(Protocol):
    """The files of one delivery, wherever they lie (mailbox, quarantine, folder)."""

    def names(self) -> frozenset[str]:
        """Return the plain names of all files in the delivery's folder."""

    def read(self, name: str, most: int | None = None) -> bytes:
        """Return the bytes of one file; of a larger one no more than the first `most`."""


@dataclass(frozen=True)
class Period:
    """A half-open period in local time: `van` belongs to it, `tot` does not."""

    van: datetime
    tot: datetime


@dataclass(frozen=True)
class Resource:
    """One table file as its supplier describes it."""

    name: str
    path: str
    format: str
    bytes: int
    sha256: str
    rijen: int
    delimiter: str


@dataclass(frozen=True)
class Description:
    """What datapackage.json says about a delivery. `digest` is the sha256 of its bytes."""

    dataset: str
    schemaversie: str
    created: str
    period: Period
    resources: tuple[Resource, ...]
    digest: str


@dataclass(frozen=True)
class Affected:
    """The numbers, still in clear, whose applications cannot be judged because a row of theirs was set aside.

    `codes`: (table, code) of set-aside rows of code tables; they belong to whoever uses the code.
    """

    persoon: frozenset[str] = frozenset()
    partij: frozenset[str] = frozenset()
    dienst: frozenset[str] = frozenset()
    codes: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class Judgement:
    """What the check of a delivery concludes, and why."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    description: Description | None


@dataclass(frozen=True)
class CheckedDelivery(Judgement):
    """A delivery after reading and checking. `tables` is empty when it is rejected.

    Tables are typed: numbers and text are categoricals, dates and times datetime64[us], amounts whole cents (Int64).
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    affected: Affected = field(default_factory=Affected)


class Need(IntEnum):
    """Whether a row is needed, and if not why not; of a row in several parts the highest counts."""

    OF_NOBODY = 0
    OTHER_KIND = 1
    OUT_OF_TIME = 2
    NEEDED = 3


@dataclass(frozen=True)
class Selection:
    """The applications of a delivery (or a part of one) and only the rows that they need; numbers still in clear.

    `applications` has one row per application, sorted by aanvraagnummer: aanvraagnummer, peilmoment, persoon (empty
    when unknown), and `onbruikbaar` (bool: set aside, clients that contradict each other, or a crowd). `findings` are
    about applications. `needs`: per table that was chosen from, the Need of each row as the selection was given them.
    """

    applications: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    needs: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class PseudonymisedDelivery:
    """What the app itself may store: pseudonyms and derived facts, no number, address or text of a person.

    `applications` is that of the selection with `dienst` and `persoon` as pseudonyms. The clear numbers are kept
    beside it, in the same order, because the Dataverkenner joins on them; they are no part of a snapshot.
    """

    applications: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    aanvraagnummers: tuple[str, ...]
    key_id: str


@dataclass(frozen=True)
class PseudonymisedPart:
    """A part of a delivery under pseudonyms. `fresh`: per table, which of its rows no part before it had."""

    delivery: PseudonymisedDelivery
    fresh: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class FeatureTable:
    """One row per application: features, unknown flags, the facts of the sentences, and the eligibility outcome.

    `frame` columns: aanvraagnummer, peilmoment, dienst, persoon, resultaattype (0 = the model decides), reden,
    then the features in order, the flags, and facts named `feit_<name>`.
    """

    frame: pd.DataFrame
    feature_names: tuple[str, ...]
    flag_names: tuple[str, ...]
    key_id: str


@dataclass(frozen=True)
class RunIdentity:
    """Who and what made a result: enough to find it back and to compute it again."""

    run_id: str
    dataset: str
    levering: str
    delivery_digest: str
    model: ModelPackage
    contract_version: str
    key_id: str
    request_id: str = ""


@dataclass(frozen=True, eq=False)
class ResultSet:
    """What a run publishes of some applications, or of all. Bytes are a function of delivery, model, contract and key.

    `results`: one row per application, sorted by aanvraagnummer, with aanvraagnummer, dienst, persoon (pseudonyms),
    peilmoment (ISO text), resultaattype, reden, advies, score, intercept, zekerheid (NaN where there is none),
    steekproef (bool), and as JSON text (None where the model did not score) kenmerken, bijdragen; uitleg always.
    `documents`: what readers see of them, as the columns of the Parquet file; `lines`: the same as JSON lines. Row i of
    each is row i of the others.
    """

    results: pd.DataFrame
    documents: pa.RecordBatch
    lines: bytes

    @property
    def schema(self) -> pa.Schema:
        """Return the columns of the Parquet file."""
        return self.documents.schema
