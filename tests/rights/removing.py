"""A workshop together with the identity that may remove, and what a test wants to know of what is left."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from shared.adapters.sql.due_rows import SqlDue
from shared.adapters.sql.oversight import SqlOversight
from shared.adapters.sql.purge import SqlPurge
from shared.adapters.sql.tables import metadata
from shared.anchors import check_audit
from shared.events import Action, Caller
from shared.installation import Installation
from shared.people.records import ObjectionState
from shared.retention.purge import Purge, Purged
from shared.retention.terms import DEFAULT, Kept, Retention
from shared.sweep import run_waiting
from tests.shell.workshop import DATASET, Workshop

PURGER = Caller("verwijderronde", "tijdklok")
CONTAINERS = ("brievenbus", "terugkoppeling", "uitvoer", "quarantaine", "momentopname", "logboek", "modellog")


def terms(**days: int) -> Retention:
    """The default terms, some of them otherwise (by the name of Kept, in small letters)."""
    return replace(DEFAULT, days=tuple((kept, days.get(kept.name.lower(), number)) for kept, number in DEFAULT.days))


@dataclass
class Scene:
    """A workshop, its database as the app has it, and as the identity that removes has it."""

    workshop: Workshop
    app: sa.Engine
    purger: sa.Engine

    @property
    def installation(self) -> Installation:
        return self.workshop.installation

    @property
    def purging(self) -> Installation:
        return replace(self.installation, caller=PURGER)

    def night(self, levering: str, rows: dict[str, int]) -> str:
        """Deliver and process; return the digest of the delivery."""
        digest = self.workshop.deliver(levering, rows)
        assert not run_waiting(self.installation).failed
        return digest

    def purge(self, retention: Retention = DEFAULT, installation: Installation | None = None) -> Purged:
        """Do one round of removal."""
        round_ = Purge(SqlPurge(self.purger), SqlDue(self.app), retention)
        return round_.run([installation or self.purging])

    def later(self, days: float) -> None:
        self.workshop.clock.pass_by(timedelta(days=days))

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        return self.workshop.sql(query)

    def count(self, table: str) -> int:
        return int(self.sql(f"SELECT count(*) FROM {table}")[0][0])

    def add(self, statement: str) -> None:
        with self.app.begin() as connection:
            connection.exec_driver_sql(statement)

    def object(self, number: str) -> str:
        """Open an objection about an application, which puts it under legal hold; return its id."""
        bezwaar = uuid.uuid4().hex
        dienst = self.pseudonyms(number)[0]
        event = self.installation.event(Action.BEZWAAR_OPENEN, f"aanvraag {dienst}", "open")
        ((client,),) = self.sql(f"SELECT persoon FROM actuele_resultaten WHERE aanvraagnummer = '{number}'")
        SqlOversight(self.app).open_objection(DATASET, dienst, bezwaar, "niet eens", event, persoon=client)
        return bezwaar

    def close(self, bezwaar: str) -> None:
        """Close an objection, which ends the hold."""
        event = self.installation.event(Action.BEZWAAR_AFHANDELEN, "aanvraag", "ongegrond")
        SqlOversight(self.app).close_objection(bezwaar, ObjectionState.ONGEGROND, "klaar", event)

    def pseudonyms(self, number: str) -> list[str]:
        found = self.sql(f"SELECT DISTINCT dienst FROM resultaten WHERE aanvraagnummer = '{number}'")
        return [dienst for (dienst,) in found]

    def manifest(self, levering: str) -> dict[str, Any]:
        ((name, data),) = [
            (name, data)
            for name, data in self.workshop.files("uitvoer").items()
            if f"/{levering}/runs/" in name and name.endswith("manifest.json")
        ][:1]
        assert name
        document: dict[str, Any] = json.loads(data)
        return document

    def proofs(self) -> list[dict[str, Any]]:
        logs = self.workshop.files("logboek")
        return [json.loads(data) for name, data in logs.items() if name.startswith("verwijderingen/")]

    def holds(self) -> bool:
        return check_audit(self.installation.ledger, self.installation.blobs).holds

    def found(self, words: Sequence[str], containers: Sequence[str] = CONTAINERS) -> list[str]:
        """Return every place in storage and database where one of these words stands."""
        places = []
        for container in containers:
            for name, data in self.workshop.files(container).items():
                if any(word in text for text in (name, *texts_in(name, data)) for word in words):
                    places.append(f"{container}/{name}")
        with self.app.connect() as connection:
            for table in metadata.sorted_tables:
                rows = json.dumps([list(row) for row in connection.execute(sa.select(table))], default=str)
                if any(word in rows for word in words):
                    places.append(table.name)
        return sorted(places)


def texts_in(name: str, data: bytes) -> Iterator[str]:
    """Yield every text in a file; of Parquet also what stands in a dictionary that no row uses, and its metadata."""
    if not name.endswith(".parquet"):
        yield data.decode("utf-8", "replace")
        return
    table = pq.read_table(io.BytesIO(data))
    yield str(pq.read_metadata(io.BytesIO(data)).to_dict())
    yield str(table.schema.metadata)
    for column in table.columns:
        for chunk in column.chunks:
            if pa.types.is_dictionary(chunk.type):
                yield str(chunk.dictionary.to_pylist())
            yield str(chunk.to_pylist())


def everything(root: Path) -> dict[str, bytes]:
    """Return all files below a folder, by name."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


__all__ = ["DATASET", "PURGER", "Kept", "Scene", "everything", "terms", "texts_in"]
