"""`python -m benchmarks.publish_once WAY URL FOLDER`: publishes the parts that lie in a folder, and tells what it took.

In a process of its own, so that its memory is its own. Parts are read back one after another, as the app reads them.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql import result_rows
from shared.adapters.sql.engine import make_engine, transaction
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.tables import bijdragen, resultaten, verwerkingen
from shared.adapters.sql.upgrade import upgrade
from shared.administration import Claim, ClaimTerms, NewRun
from shared.events import Action, AuditEvent, Caller

_AT_ONCE = 1_000


def main(way: str, url: str, folder: Path) -> None:
    """Publish into an empty database, and write to the file `seconds` how long that took."""
    ledger = SqlLedger(make_engine(url, timedelta(seconds=30)))
    upgrade(ledger.engine)
    claim = ledger.claim(_new(), _terms(), _event(Action.CLAIMEN))
    began = time.perf_counter()
    WAYS[way](ledger, claim, _parts(folder))
    (folder / "seconds").write_text(f"{time.perf_counter() - began}", encoding="ascii")
    ledger.engine.dispose()


def _parts(folder: Path) -> Iterator[pd.DataFrame]:
    for path in sorted(folder.glob("*.parquet")):
        yield pd.read_parquet(path)


def as_the_app_does(ledger: SqlLedger, claim: Claim, parts: Iterable[pd.DataFrame]) -> None:
    """Publish part by part: rows, seal, state and event in one transaction; and what is left for the tail of a run."""
    ledger.publish(claim, parts, datetime.now(UTC), _event(Action.PUBLICEREN))
    with ledger.settling():
        pass


def by_executemany(ledger: SqlLedger, claim: Claim, parts: Iterable[pd.DataFrame]) -> None:
    """Publish as the app does, but for the way in which rows go to the database."""
    result_rows.insert_rows = _insert_rows
    as_the_app_does(ledger, claim, parts)


def _insert_rows(connection: Connection, table: sa.Table, columns: Mapping[str, Sequence[Any]]) -> None:
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    into = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"
    for some in batched(zip(*columns.values(), strict=True), _AT_ONCE, strict=False):
        connection.exec_driver_sql(into, list(some))


def by_dictionaries(ledger: SqlLedger, claim: Claim, parts: Iterable[pd.DataFrame]) -> None:
    """Store all rows at once as dictionaries: what most people would write. No seal, no state, no event."""
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.astype(object).where(frame.notna(), None)
    with transaction(ledger.engine, writes=True) as connection:
        nr = connection.execute(sa.select(verwerkingen.c.nr).where(verwerkingen.c.run == claim.run.run_id)).scalar_one()
        frame = frame.assign(verwerking_nr=nr, regel=range(len(frame)))
        names = [column.name for column in resultaten.columns]
        connection.execute(sa.insert(resultaten), frame[names].to_dict("records"))
        scored = frame[frame["bijdragen"].notna()]
        connection.execute(sa.insert(bijdragen), scored[["verwerking_nr", "regel", "bijdragen"]].to_dict("records"))


WAYS: Mapping[str, Callable[[SqlLedger, Claim, Iterable[pd.DataFrame]], None]] = {
    "app": as_the_app_does,
    "executemany": by_executemany,
    "dictionaries": by_dictionaries,
}


def _new() -> NewRun:
    versions = {"model_version": "1", "model_sha256": "m", "contract_version": "1", "key_id": "k-1"}
    return NewRun("meting", "2026-11-20", uuid.uuid4().hex, "meting", **versions, code_version="1", settings_digest="s")


def _terms() -> ClaimTerms:
    now = datetime.now(UTC)
    return ClaimTerms(now, now + timedelta(hours=1), "meting", lambda _: False)


def _event(action: Action) -> AuditEvent:
    return AuditEvent(action, "levering", "meting", Caller("meting", "meting"), datetime.now(UTC), "meting", "", {})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
