"""A tiny core for the tests of effects: lines `nummer;resultaattype` in, results out.

The description says what the check concludes (`oordeel`); a gap with the delivery before it holds, as in the real one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa

from shared.installation import Core
from shared.records import (
    CheckedDelivery,
    DeliveryFiles,
    Description,
    FeatureTable,
    Finding,
    Period,
    PseudonymisedDelivery,
    PseudonymisedPart,
    Resource,
    ResultSet,
    RunIdentity,
    Severity,
    Verdict,
)
from shared.stages.inparts import DeliveryInParts, StoredTable
from shared.stages.pseudonym import Pseudonymiser, PseudonymKey
from shared.stages.resultfiles import json_lines
from shared.stages.rowstore import RowStore, Scratch

DATASET = "proef"
TABLE = "aanvragen.csv"
TOLD = '{"reden":"","verhogend":[],"verlagend":[],"onbekend":[],"signaal":"een signaal"}'
SHOWN = pa.schema(
    {"aanvraagnummer": pa.string(), "resultaattype": pa.int64(), "score": pa.float64(), "run": pa.string()}
)


def check(
    files: DeliveryFiles, _case: object, _bands: object, *, previous_tot: datetime | None = None
) -> CheckedDelivery:
    document = json.loads(files.read("datapackage.json"))
    raw = files.read("datapackage.json")
    rejected = [Finding("LEV-201", Severity.AFKEUREN, "Het bestand klopt niet.", tabel="aanvragen")]
    resource = Resource("aanvragen", TABLE, "csv", 0, document["sha256"], 0, ";")
    van, tot = (datetime.fromisoformat(document["periode"][end]) for end in ("van", "tot"))
    said = Description(DATASET, "1", "", Period(van, tot), (resource,), hashlib.sha256(raw).hexdigest())
    present = TABLE in files.names()
    data = files.read(TABLE) if present else b""
    if document["oordeel"] == "afgekeurd" or hashlib.sha256(data).hexdigest() != document["sha256"]:
        return CheckedDelivery(Verdict.AFGEKEURD, tuple(rejected), said)
    findings = [Finding("LEV-601", Severity.MELDING, "Er viel iets op.", aantal=2)]
    if document["oordeel"] == "aangehouden":
        findings.append(Finding("LEV-501", Severity.AANHOUDEN, "Een tabel is dun."))
    if previous_tot is not None and van > previous_tot:
        findings.append(Finding("LEV-502", Severity.AANHOUDEN, "Er zit een gat tussen de periodes."))
    held = any(found.ernst is Severity.AANHOUDEN for found in findings)
    rows = [line.split(";") for line in data.decode().splitlines()]
    table = pd.DataFrame(sorted(rows), columns=["nummer", "type"])
    verdict = Verdict.AANGEHOUDEN if held else Verdict.GEACCEPTEERD
    return CheckedDelivery(verdict, tuple(findings), said, {"aanvragen": table})


def check_in_parts(
    files: DeliveryFiles,
    case: object,
    bands: object,
    *,
    size: int,
    scratch: Scratch,
    previous_tot: datetime | None = None,
) -> DeliveryInParts:
    checked = check(files, case, bands, previous_tot=previous_tot)
    tables = {}
    for name, rows in checked.tables.items():
        store = RowStore(scratch)
        store.add(rows)
        tables[name] = StoredTable(store, np.ones(len(rows), dtype=bool), False)
    return DeliveryInParts(checked.verdict, checked.findings, checked.description, tables, number=min(len(tables), 1))


def pseudonymised(table: pd.DataFrame, key: PseudonymKey) -> PseudonymisedDelivery:
    """Return lines `nummer;type` under pseudonyms."""
    dienst = Pseudonymiser(key).pseudonyms("dienst", table["nummer"])
    applications = pd.DataFrame({"dienst": dienst, "persoon": dienst, "type": table["type"].to_numpy()})
    return PseudonymisedDelivery(applications, {}, tuple(table["nummer"]), key.key_id)


class Minimised:
    def __init__(self, delivery: DeliveryInParts, _case: object, key: PseudonymKey) -> None:
        self._delivery, self._key = delivery, key
        self.findings = (Finding("LEV-602", Severity.MELDING, "Er is iets weggelaten."),)

    def __iter__(self) -> Iterator[PseudonymisedPart]:
        for part in self._delivery.parts():
            yield PseudonymisedPart(pseudonymised(part.tables["aanvragen"].astype(object), self._key), {})


class Snapshot:
    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._files: dict[str, BinaryIO] = {}

    def add(self, part: PseudonymisedPart) -> None:
        for name, data in snapshot_files(part.delivery).items():
            self._files[name] = self._scratch()
            self._files[name].write(data)

    def finished(self) -> Mapping[str, BinaryIO]:
        for file in self._files.values():
            file.seek(0)
        return self._files

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def features(delivery: PseudonymisedDelivery, _case: object, _key: object, _special: object) -> FeatureTable:
    frame = delivery.applications.assign(aanvraagnummer=list(delivery.aanvraagnummers))
    return FeatureTable(frame, (), (), delivery.key_id)


def judge(table: FeatureTable, _case: object, identity: RunIdentity, _key: object) -> ResultSet:
    frame = table.frame
    scored = frame["type"].isin(["1", "2"])
    score = scored.map({True: 0.5 + identity.model.threshold / 10, False: float("nan")})
    results = pd.DataFrame(
        {
            "aanvraagnummer": frame["aanvraagnummer"],
            "dienst": frame["dienst"],
            "persoon": frame["dienst"].where(scored, None),
            "peilmoment": "2026-11-19T10:00:00",
            "resultaattype": frame["type"].astype(int),
            "reden": scored.map({True: "MODEL", False: "GEEN_DIENST"}),
            "advies": "inkomensconsulent",
            "score": score,
            "intercept": score,
            "zekerheid": score,
            "steekproef": False,
            "kenmerken": scored.map({True: "{}", False: None}),
            "bijdragen": scored.map({True: '{"a":1.0}', False: None}),
            "uitleg": TOLD,
        }
    )
    shown = results[["aanvraagnummer", "resultaattype", "score"]].assign(run=identity.run_id)
    lines = shown.astype(object).where(shown.notna(), None).to_dict("records")
    documents = pa.RecordBatch.from_pylist(lines, schema=SHOWN)
    return ResultSet(results, documents, json_lines(documents))


def snapshot_files(delivery: PseudonymisedDelivery) -> dict[str, bytes]:
    return {"aanvragen.json": json.dumps([delivery.key_id, delivery.applications.to_dict("list")]).encode()}


def read_snapshot(files: Mapping[str, bytes], numbers: Mapping[str, str] | None) -> PseudonymisedDelivery:
    key_id, columns = json.loads(files["aanvragen.json"])
    frame = pd.DataFrame(columns)
    if numbers is None:
        numbers = {dienst: dienst for dienst in frame["dienst"]}
    frame = frame[frame["dienst"].isin(list(numbers))].reset_index(drop=True)
    return PseudonymisedDelivery(frame, {}, tuple(numbers[dienst] for dienst in frame["dienst"]), key_id)


CORE = Core(check, check_in_parts, Minimised, features, judge, Snapshot, snapshot_files, read_snapshot)
