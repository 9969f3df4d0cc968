"""What is lost, doubled, half done or otherwise different, seen from outside: files, and rows by plain SQL."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from shared.events import StoredEvent, verify
from tests.reliability.holding import not_held
from tests.reliability.logbooks import logged, unlogged_attempts, unlogged_runs
from tests.reliability.looking import rows
from tests.shell.workshop import blobs_in

CONTAINERS = ("brievenbus", "terugkoppeling", "uitvoer", "quarantaine", "momentopname")
_OF_RUN = "JOIN verwerkingen v ON v.nr = r.verwerking_nr"
_COUNTED = {
    "publication": "SELECT run, publicatie FROM verwerkingen WHERE publicatie IS NOT NULL",
    "result": f"SELECT v.run, r.regel, r.aanvraagnummer, r.score, r.uitleg FROM resultaten r {_OF_RUN}",
    "contributions": f"SELECT v.run, r.regel, r.bijdragen FROM bijdragen r {_OF_RUN}",
    "current result": "SELECT run, regel, aanvraagnummer, score FROM actuele_resultaten",
    "event of publication": "SELECT run, handeling FROM gebeurtenissen WHERE handeling = 'resultaten gepubliceerd'",
}
_PUBLISHED = "SELECT run, details FROM gebeurtenissen WHERE handeling = 'resultaten gepubliceerd'"
_COMPARED = {
    "run": "SELECT run, toestand, reden FROM verwerkingen ORDER BY nr",
    "delivery": "SELECT digest, plaats, bestanden FROM leveringen ORDER BY nr",
}


@dataclass(frozen=True)
class Found:
    """What a try did wrong, in words; empty is good."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    half: tuple[str, ...] = ()
    different: tuple[str, ...] = ()

    def __or__(self, other: Found) -> Found:
        """Add what was found elsewhere."""
        return Found(
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.half + other.half,
            self.different + other.different,
        )

    def __bool__(self) -> bool:
        """Say whether anything is wrong."""
        return bool(self.lost or self.doubled or self.half or self.different)


@dataclass(frozen=True)
class Stand:
    """Everything that a folder and its administration hold, but for times and numbers of attempts."""

    files: Mapping[str, bytes]
    logs: Counter[tuple[str, str]]
    counted: Mapping[str, Counter[tuple[Any, ...]]]
    compared: Mapping[str, tuple[tuple[Any, ...], ...]]


def files_of(root: Path) -> dict[str, bytes]:
    """Return everything in storage but the run logs, which tell times and tries."""
    found = (path for container in CONTAINERS for path in blobs_in(root / container))
    named = ((path.relative_to(root).as_posix(), path) for path in found)
    return {name: path.read_bytes() for name, path in named if not name.endswith("verwerking.jsonl")}


def stand_of(root: Path) -> Stand:
    """Look at a folder."""
    return Stand(
        files_of(root),
        logged(root),
        {name: Counter(rows(root, query)) for name, query in _COUNTED.items()},
        {name: tuple(rows(root, query)) for name, query in _COMPARED.items()},
    )


def judge(root: Path, expected: Stand, *, staged: bool = False) -> Found:
    """Compare a folder with how it should be; `staged`: a late worker may have staged files, which the next round
    removes."""
    now = stand_of(root)
    if staged:
        now = replace(now, files={name: data for name, data in now.files.items() if "/poging-" not in name})
    lost = [f"file {name}" for name in expected.files.keys() - now.files.keys()]
    doubled = [f"file {name}" for name in now.files.keys() - expected.files.keys()]
    lost += [f"line in {place}" for place, _ in (expected.logs - now.logs).elements()]
    doubled += [f"line in {place}" for place, _ in (now.logs - expected.logs).elements()]
    lost += unlogged_attempts(root)
    lost += unlogged_runs(root)
    for kind, wanted in expected.counted.items():
        lost += [kind] * (wanted - now.counted[kind]).total()
        doubled += [kind] * (now.counted[kind] - wanted).total()
    both = expected.files.keys() & now.files.keys()
    different = [f"file {name}" for name in both if expected.files[name] != now.files[name]]
    different += [
        f"{kind}: {now.compared[kind]}" for kind, said in expected.compared.items() if now.compared[kind] != said
    ]
    return Found(tuple(sorted(lost)), tuple(sorted(doubled)), different=tuple(sorted(different))) | chain(root)


def chain(root: Path) -> Found:
    """Say whether the chain of events holds, also against the run logs in the output, and whether who brought a run
    further held it."""
    columns = ", ".join(StoredEvent.__annotations__)
    events = [StoredEvent(*row) for row in rows(root, f"SELECT {columns} FROM gebeurtenissen ORDER BY volgnr")]
    anchors: dict[int, str] = {}
    for log in (root / "uitvoer").rglob("verwerking.jsonl"):
        anchors |= {line["volgnr"]: line["hash"] for line in map(json.loads, log.read_bytes().splitlines())}
    broken = verify(events, anchors)
    return Found(different=(*not_held(root), *([f"chain of events: {broken}"] if broken else [])))


def look_halfway(root: Path, raw: Mapping[str, bytes]) -> Found:
    """Say what a reader sees right now that is not whole, and what was deleted before it was safe.

    `raw`: the deliveries that were in the mailbox before.
    """
    return Found(half=(*_half(root), *unlogged_runs(root)), lost=tuple(_deleted_too_early(root, raw)))


def _half(root: Path) -> Iterator[str]:
    published = dict(rows(root, _COUNTED["publication"]))
    stored = Counter(run for run, *_ in rows(root, _COUNTED["result"]))
    yield from (f"results of {run} that are not published" for run in stored.keys() - published.keys())
    files = files_of(root)
    staged = {run: json.loads(details).get("poging") for run, details in rows(root, _PUBLISHED)}
    for run in published:
        places = (f"/runs/{run}/resultaten.jsonl", f"/runs/{run}/poging-{staged[run]}/resultaten.jsonl")
        lines = [data for place in places for name, data in files.items() if name.endswith(place)]
        if not lines or len(lines[0].splitlines()) != stored[run]:
            yield f"run {run} is published without all its results"
    for name, data in files.items():
        if name.startswith("uitvoer/"):
            try:
                yield from _half_file(name, data, files, published)
            except ValueError:  # as JSON or as Parquet
                yield f"{name} is not whole"
        elif name.startswith("terugkoppeling/") and b'"geaccepteerd"' in data and not published:
            yield "the supplier was told before anything was published"


def _half_file(name: str, data: bytes, files: Mapping[str, bytes], published: Mapping[str, int]) -> Iterator[str]:
    folder, _, last = name.rpartition("/")
    if last == "manifest.json":
        if folder.rpartition("/")[2] not in published:
            yield f"{name} before publication"
        for file, said in json.loads(data)["bestanden"].items():
            if hashlib.sha256(files.get(f"{folder}/{file}", b"")).hexdigest() != said["sha256"]:
                yield f"{name} names {file}, which is not there like that"
    elif last == "actueel.jsonl":
        told = [json.loads(line) for line in data.splitlines()]
        if {line.get("run") or line["verwerking"] for line in told} - published.keys():
            yield f"{name} before publication"
    elif last == "actueel.parquet":
        pq.read_table(io.BytesIO(data))
    elif last == "actueel.json":
        for datum, state in json.loads(data)["datums"].items():
            if set(state["verwerkingen"]) - published.keys() or f"{folder}/{datum}/actueel.jsonl" not in files:
                yield f"{name} before publication"


def _deleted_too_early(root: Path, raw: Mapping[str, bytes]) -> Iterator[str]:
    """A file may only be gone from the mailbox when its delivery was published and its snapshot is whole, or when it
    lies in quarantine with the same bytes."""
    now = files_of(root)
    kept = {(Path(name).parent.parent.name, data) for name, data in now.items() if name.startswith("quarantaine/")}
    finished = {digest for (digest, place, _) in rows(root, _COMPARED["delivery"]) if place == "verwijderd"}
    snapshots = {name.split("/")[2] for name in now if name.startswith("momentopname/") and "manifest" in name}
    tables = {digest for (digest,) in rows(root, "SELECT digest FROM verwerkingen WHERE publicatie IS NOT NULL")}
    safe = (tables & snapshots) | finished
    digests = {
        Path(name).parent: hashlib.sha256(data).hexdigest() for name, data in raw.items() if "datapackage" in name
    }
    for name, data in raw.items():
        digest = digests[Path(name).parent]
        if name not in now and digest not in safe and (digest, data) not in kept:
            yield f"{name} was deleted too early"
