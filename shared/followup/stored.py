"""The rows of deliveries that follow the judging, as they are kept: one file per delivery, read only where it counts.

Each attempt at a delivery writes a file of its own, and the event that it was taken in says which one counts: a worker
that stood still and goes on later changes nothing, and brings nothing back that was removed since.

Group attributes are special: an import contract lets only those read here that count (shared/closing), and that give
people what is held on them or remove it (shared/rights, shared/retention).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.administration import RunRecord
from shared.errors import BlobNotFound
from shared.events import Action
from shared.followup.rows import about, from_parquet, in_columns, in_rows, own_name, to_parquet, without
from shared.ports import BlobStore, Ledger
from shared.runstates import PUBLISHED
from shared.usecase import FollowUp

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class Kept:
    """The rows of one delivery that were taken in: where they lie, and since when they count."""

    container: str
    name: str
    run: RunRecord
    since: datetime


def write_rows(
    blobs: BlobStore, follow_up: FollowUp, run: RunRecord, tables: Iterable[pa.Table]
) -> tuple[str, str, int]:
    """Write the rows of this attempt; returns name, sha256 and how many. They count once the run is published."""
    data, number = to_parquet(tables)
    name = f"{folder(run)}/{run.attempt}.parquet"
    blobs.write(follow_up.kind, name, data)
    return name, hashlib.sha256(data).hexdigest(), number


def folder(run: RunRecord) -> str:
    """Return where the files of a delivery lie, in the container of its kind."""
    return f"{run.new.dataset}/{run.new.digest}"


def kept_deliveries(ledger: Ledger, follow_up: FollowUp) -> list[Kept]:
    """Return what was taken in, in the order in which it was; also of what went since."""
    runs = sorted(ledger.runs(follow_up.dataset, PUBLISHED), key=lambda run: run.publication or 0)
    return [kept for run in runs if (kept := kept_of(ledger, follow_up, run)) is not None]


def kept_of(ledger: Ledger, follow_up: FollowUp, run: RunRecord) -> Kept | None:
    """Return what a run took in; None when it took nothing in, or the event that tells so is past its term."""
    for event in ledger.events(run.run_id):
        if event.handeling == Action.PUBLICEREN and run.published_at is not None:
            name = json.loads(event.details)["bestand"]
            return Kept(follow_up.kind, name, run, run.published_at)
    return None


def read_columns(blobs: BlobStore, kept: Kept) -> pa.Table | None:
    """Return the rows of a delivery; None when they went, by their term or with a person."""
    try:
        return from_parquet(blobs.read(kept.container, kept.name))
    except BlobNotFound:
        return None


def read_rows(blobs: BlobStore, kept: Kept) -> pd.DataFrame | None:
    """Return the same rows as a frame."""
    table = read_columns(blobs, kept)
    return None if table is None else in_rows(table)


def names_in(blobs: BlobStore, kept: Kept) -> frozenset[str]:
    """Return the pseudonyms that the rows of a delivery are about."""
    rows = read_columns(blobs, kept)
    return frozenset() if rows is None else frozenset(rows.column(own_name(rows)).unique().to_pylist())


def rows_about(
    blobs: BlobStore, ledger: Ledger, follow_up: FollowUp, names: Collection[str]
) -> Iterator[tuple[Kept, pd.DataFrame]]:
    """Yield of every delivery the rows that are about one of these pseudonyms of a person or application."""
    for kept in kept_deliveries(ledger, follow_up):
        rows = read_rows(blobs, kept)
        if rows is not None and len(found := about(rows, names)):
            yield kept, found


def rewrite_without(blobs: BlobStore, kept: Kept, names: Collection[str]) -> int:
    """Write the rows of a delivery again without those about these pseudonyms; returns how many went."""
    rows = read_rows(blobs, kept)
    if rows is None:
        return 0
    left = without(rows, names)
    if len(left) < len(rows):
        blobs.write(kept.container, kept.name, to_parquet([in_columns(left)])[0])
    return len(rows) - len(left)


def drop_other_attempts(blobs: BlobStore, kept: Kept) -> int:
    """Delete what other attempts at a delivery wrote that was taken in; returns how many files."""
    others = [name for name in blobs.names(kept.container, f"{folder(kept.run)}/") if name != kept.name]
    return sum(blobs.delete(kept.container, name) for name in others)
