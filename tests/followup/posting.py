"""Deliveries of outcomes and group attributes, written as the supplier does, and where they are taken in."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from shared.bootstrap.wiring import core
from shared.followup.rows import NEWEST
from shared.followup.stored import kept_deliveries, read_rows
from shared.installation import Installation
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.stages.pseudonym import Pseudonymiser
from shared.sweep import Round, run_waiting
from shared.usecase import FollowUp, FollowUpKind, at_mailbox
from tests.shell.workshop import Workshop

OUTCOMES, GROUPS = LEVENSONDERHOUD.follow_ups
COLUMNS = {
    OUTCOMES.dataset: ("aanvraagnummer", "soort", "resultaat", "datum", "selectie"),
    GROUPS.dataset: (
        "persoonnr", "geslacht", "geboortejaar", "nationaliteit", "geboorteland", "burgerlijke_staat", "ouderschap"
    ),
}  # fmt: skip
OUTCOME = {
    "aanvraagnummer": "KANARIE-1",
    "soort": "onderzocht door handhaving",
    "resultaat": "onrechtmatig",
    "datum": "2026-11-12",
    "selectie": "proces",
}
PERSON = {
    "persoonnr": "KANARIE-91827",
    "geslacht": "vrouw",
    "geboortejaar": "1991",
    "nationaliteit": "Kanarische",
    "geboorteland": "Nederland",
    "burgerlijke_staat": "gehuwd",
    "ouderschap": "deeltijd",
}
CANARIES = ("KANARIE", "kanari", "91827", "Kanarische")

type Rows = Sequence[Mapping[str, str]]


def table_of(rows: Rows, columns: Sequence[str]) -> bytes:
    """Return rows as csv."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@dataclass(frozen=True)
class Desk:
    """A workshop of one mailbox, with the real checks."""

    workshop: Workshop
    follow_up: FollowUp

    @property
    def installation(self) -> Installation:
        return self.workshop.installation

    @property
    def dataset(self) -> str:
        return self.follow_up.dataset

    def deliver(
        self,
        rows: Rows,
        levering: str = "2026-11-20",
        *,
        van: str = "",
        columns: Sequence[str] = (),
        table: bytes | None = None,
        description: bool = True,
    ) -> Path:
        """Write a delivery, the description last. `table`: bytes in place of what is described."""
        data = table_of(rows, [*COLUMNS[self.dataset], *columns])
        begin = datetime.fromisoformat(van or levering[:10]) - (timedelta() if van else timedelta(days=1))
        end = datetime.fromisoformat(levering[:10])
        resource = {
            "name": self.dataset,
            "path": "rijen.csv",
            "format": "csv",
            "bytes": len(data),
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "rijen": len(rows),
        }
        said = {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": f"{self.dataset}-{levering}",
            "created": f"{levering[:10]}T02:00:00+01:00",
            "dataset": self.dataset,
            "schemaversie": "1.0.0",
            "periode": {"van": begin.isoformat(), "tot": end.isoformat()},
            "resources": [resource],
        }
        folder = self.workshop.root / "brievenbus" / self.dataset / levering
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "rijen.csv").write_bytes(data if table is None else table)
        if description:
            (folder / "datapackage.json").write_text(json.dumps(said))
        return folder

    def round(self) -> Round:
        return run_waiting(self.installation)

    def kept(self) -> list[pd.DataFrame]:
        """Return the rows of every delivery that was taken in and not removed, without what ties them over keys."""
        return [rows.drop(columns=NEWEST) for rows in self.stored()]

    def stored(self) -> list[pd.DataFrame]:
        """Return the rows as they are stored."""
        found = kept_deliveries(self.installation.ledger, self.follow_up)
        rows = [read_rows(self.installation.blobs, kept) for kept in found]
        return [one for one in rows if one is not None]

    def pseudonym(self, number: str) -> str:
        domain = "dienst" if self.follow_up.kind is FollowUpKind.UITKOMSTEN else "persoon"
        return Pseudonymiser(self.installation.keys.current()).pseudonym(domain, number)

    def message(self, levering: str = "2026-11-20") -> dict[str, Any]:
        path = self.workshop.root / "terugkoppeling" / self.dataset / levering / "bericht.json"
        found: dict[str, Any] = json.loads(path.read_bytes())
        return found

    def everything(self) -> dict[str, bytes]:
        """Return all storage by name."""
        root = self.workshop.root
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and not path.name.startswith("administratie")
        }


def desk_of(workshop: Workshop, follow_up: FollowUp) -> Desk:
    """Return the desk of a mailbox in a workshop."""
    case = at_mailbox(LEVENSONDERHOUD, follow_up)
    return Desk(workshop.with_(use_case=case, core=core()), follow_up)
