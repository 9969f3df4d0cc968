"""A small real shell on a folder and SQLite, around a tiny core, so that tests of effects take milliseconds.

A delivery is a datapackage.json and `aanvragen.csv` with lines `nummer;resultaattype`. The description says what the
check concludes (`oordeel`); a gap with the delivery before it holds, as in the real check.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow.parquet as pq

from shared.adapters.folder import FolderStore
from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.upgrade import open_embedded
from shared.events import Caller
from shared.installation import Installation
from shared.mailbox import open_delivery
from shared.ports import Container
from shared.runs import Outcome, run_delivery
from shared.stages.pseudonym import PseudonymKey
from tests.shell.tinycore import CORE, DATASET, TABLE

DAY = timedelta(days=1)
START = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)


class Crash(BaseException):
    """The worker is gone, in the middle of what it did: nothing after this line runs."""


def blobs_in(home: Path) -> list[Path]:
    """Return all that readers see in a container, in order; half a file that a dead worker left is none of it."""
    return [path for path in sorted(home.rglob("*")) if path.is_file() and path.parent.name != ".tijdelijk"]


@dataclass
class SetClock:
    """A clock that a test sets; every look takes a microsecond."""

    moment: datetime = START
    ticks: int = 0

    def now(self) -> datetime:
        self.ticks += 1
        return self.moment + timedelta(microseconds=self.ticks)

    def stopwatch(self) -> float:
        return float(self.ticks)

    def pass_by(self, time: timedelta) -> None:
        self.moment += time


@dataclass(frozen=True)
class Worker:
    """A worker of which others cannot see whether it lives: only its lease counts."""

    name: str = "werker"

    def me(self) -> str:
        return self.name

    def is_gone(self, owner: str) -> bool:
        return owner.startswith("dood")


@dataclass(frozen=True)
class Keys:
    """Keys by id; the first is the current one."""

    ids: tuple[str, ...] = ("k-1",)

    def current(self) -> PseudonymKey:
        return self.find(self.ids[0])

    def find(self, key_id: str) -> PseudonymKey:
        return PseudonymKey(key_id, hashlib.sha256(key_id.encode()).digest())

    def special_addresses(self) -> tuple[Mapping[str, str], ...]:
        return ()


def model(version: str = "1.0.0", threshold: float = 0.63) -> Any:
    digest = hashlib.sha256(version.encode()).hexdigest()
    return SimpleNamespace(name="proefmodel", version=version, sha256=digest, threshold=threshold, policy={"bands": {}})


def make_installation(root: Path, template: Path | None = None) -> Installation:
    """Return a shell on a new folder; `template` is an empty database that saves making one."""
    root.mkdir(parents=True, exist_ok=True)
    database = root / "administratie.sqlite"
    if template is not None and not database.exists():
        shutil.copyfile(template, database)
    engine = make_engine(f"sqlite:///{database}", timedelta(seconds=20))
    open_embedded(engine)
    return Installation(
        use_case=cast(Any, SimpleNamespace(dataset=DATASET, follow_up=None, follow_ups=())),
        model=model(),
        core=CORE,
        blobs=FolderStore(root),
        ledger=SqlLedger(engine),
        keys=Keys(),
        clock=SetClock(),
        owner=Worker(),
        caller=Caller("systeem", "test"),
        lease=timedelta(minutes=31),
        quarantine=timedelta(days=14),
        code_version="0",
        settings_digest="0",
    )


@dataclass
class Workshop:
    """An installation and what a test wants to know of it."""

    installation: Installation
    root: Path

    @property
    def clock(self) -> SetClock:
        return cast(SetClock, self.installation.clock)

    def with_(self, **changes: Any) -> Workshop:
        """Return a workshop on the same storage, with something else about it."""
        return Workshop(replace(self.installation, **changes), self.root)

    def deliver(
        self,
        levering: str = "2026-11-20",
        rows: Mapping[str, int] | None = None,
        *,
        oordeel: str = "geaccepteerd",
        van: datetime | None = None,
        days: int = 1,
        table: bytes | None = None,
        created: str = "",
        description: bool = True,
        dataset: str = DATASET,
    ) -> str:
        """Write a delivery the way a supplier does, the description last; return its digest."""
        rows = {"1001": 1, "1002": 2, "1003": 4} if rows is None else rows
        data = "".join(f"{number};{kind}\n" for number, kind in rows.items()).encode()
        begin = van or datetime.fromisoformat(levering[:10]) - DAY
        said = {
            "periode": {"van": begin.isoformat(), "tot": (begin + days * DAY).isoformat()},
            "oordeel": oordeel,
            "sha256": hashlib.sha256(data).hexdigest(),
            "created": created,
            "resources": [{"path": TABLE}],
        }
        raw = json.dumps(said).encode()
        folder = self.root / "brievenbus" / dataset / levering
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TABLE).write_bytes(data if table is None else table)
        if description:
            (folder / "datapackage.json").write_bytes(raw)
        return hashlib.sha256(raw).hexdigest()

    def process(self, levering: str) -> Outcome:
        """Process one complete delivery in the mailbox."""
        folder = f"{DATASET}/{levering}"
        source = open_delivery(self.installation.blobs, Container.BRIEVENBUS, folder, levering)
        assert source is not None, "the delivery is not complete"
        return run_delivery(self.installation, source)

    def states(self) -> dict[str, str]:
        """The state of each delivery's last run."""
        return dict(self.sql("SELECT levering, toestand FROM verwerkingen ORDER BY nr"))  # type: ignore[arg-type]

    def files(self, container: str) -> dict[str, bytes]:
        """Return everything in a container, by name."""
        home = self.root / container
        return {path.relative_to(home).as_posix(): path.read_bytes() for path in blobs_in(home)}

    def everything(self) -> dict[str, bytes]:
        """Return all storage but the run logs, which tell times and tries."""
        containers = ("brievenbus", "terugkoppeling", "uitvoer", "quarantaine", "momentopname")
        return {
            f"{container}/{name}": data
            for container in containers
            for name, data in self.files(container).items()
            if not name.endswith("verwerking.jsonl")
        }

    def current(self, datum: str) -> list[dict[str, Any]]:
        """Return the current results of a date as the reader sees them, checked between the two files."""
        folder = self.root / "uitvoer" / DATASET / datum
        lines = [json.loads(line) for line in (folder / "actueel.jsonl").read_bytes().splitlines()]
        numbers = pq.read_table(folder / "actueel.parquet").column("aanvraagnummer").to_pylist()
        assert numbers == [line["aanvraagnummer"] for line in lines]
        return lines

    def pointer(self) -> dict[str, Any]:
        """Return actueel.json of the dataset."""
        return cast(dict[str, Any], json.loads((self.root / "uitvoer" / DATASET / "actueel.json").read_bytes()))

    def message(self, levering: str) -> dict[str, Any]:
        """Return what the supplier was told."""
        path = self.root / "terugkoppeling" / DATASET / levering / "bericht.json"
        return cast(dict[str, Any], json.loads(path.read_bytes()))

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the administration."""
        ledger = cast(SqlLedger, self.installation.ledger)
        with ledger.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]


def ledger_of(workshop: Workshop) -> SqlLedger:
    """Return the administration of a workshop as what it is: rows in a database."""
    return cast(SqlLedger, workshop.installation.ledger)
