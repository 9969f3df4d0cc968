"""Writes deliveries in the form of domain.md §2: a file per table and datapackage.json when all are complete."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from .files import as_table, loosely_typed, write_csv, write_parquet
from .frames import Frame
from .moments import Period
from .world import World, cut, make_world

FORMATS: Final = ("csv", "csv;", "parquet", "mixed")
_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_EXPORT_HOURS: Final = 5
_PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"

type Tables = dict[str, pa.Table]


def write_delivery(
    folder: Path, *, applications: int, period: tuple[datetime, datetime], seed: int, format: str = "csv"
) -> Path:
    """Writes one delivery of so many applications by newly invented people; returns its datapackage.json.

    The delivery is made five hours after the period: what the registers learn later is not in it.
    """
    world = make_world(seed, applications, Period.between(*period))
    return write_tables(folder, delivery_tables(world, world.period), period=world.period, format=format)


def exported(period: Period) -> np.datetime64:
    """Says when the delivery of a period is made."""
    return np.datetime64(period.tot + np.timedelta64(_EXPORT_HOURS, "h"), "s")


def delivery_tables(world: World, period: Period) -> Tables:
    """Gives the twelve tables about the people who applied in the period."""
    frames: Mapping[str, Frame] = cut(world, period, exported(period))
    return {name: as_table(name, frame, world.seed) for name, frame in frames.items()}


def write_tables(
    folder: Path, tables: Tables, *, period: Period, format: str = "csv", dataset: str = "levensonderhoud"
) -> Path:
    """Writes tables and, last, the datapackage.json that describes them.

    Format: `csv`, `csv;` (semicolons), `parquet`, or `mixed`: each table in another one.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}: choose one of {', '.join(FORMATS)}")
    folder.mkdir(parents=True, exist_ok=True)
    resources = [
        _write(folder, name, table, FORMATS[place % 3] if format == "mixed" else format, loose=format == "mixed")
        for place, (name, table) in enumerate(tables.items())
    ]
    package = {
        "$schema": _PROFILE,
        "name": f"{dataset}-{period.tot.astype('M8[D]')}",
        "created": exported(period).item().replace(tzinfo=_AMSTERDAM).isoformat(),
        "dataset": dataset,
        "schemaversie": "1.0.0",
        "periode": {"van": period.van.item().isoformat(), "tot": period.tot.item().isoformat()},
        "resources": resources,
    }
    target = folder / "datapackage.json"
    target.write_text(json.dumps(package, indent=2) + "\n", encoding="utf-8")
    return target


def _write(folder: Path, name: str, table: pa.Table, format: str, *, loose: bool) -> dict[str, Any]:
    kind = "parquet" if format == "parquet" else "csv"
    path = folder / f"{name}.{kind}"
    described: dict[str, Any] = {"name": name, "path": path.name, "format": kind}
    if kind == "parquet":
        write_parquet(loosely_typed(table) if loose else table, path)
    else:
        delimiter = ";" if format == "csv;" else ","
        write_csv(table, path, delimiter, eol="\r\n" if loose else "\n")
        described |= {"encoding": "utf-8", "dialect": {"delimiter": delimiter}}
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return described | {"bytes": path.stat().st_size, "hash": f"sha256:{digest}", "rijen": table.num_rows}
