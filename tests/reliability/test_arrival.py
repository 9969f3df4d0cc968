"""R4: the files of a delivery arrive in any order, with events or rounds in between; a description that came first too
soon is rejected, and the same files sent again are processed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Any, cast

import pytest

from shared.adapters.sql.ledger import SqlLedger
from shared.installation import Installation
from shared.interventions import release
from shared.mailbox import DESCRIPTION
from shared.records import DeliveryFiles
from shared.runstates import RunReason, RunState
from shared.stages.inparts import DeliveryInParts
from shared.sweep import process_arrived, run_waiting
from tests.reliability.counting import counted
from tests.reliability.judging import Found, chain, look_halfway
from tests.reliability.looking import rows
from tests.reliability.processes import Job
from tests.reliability.scenes import PERIOD
from tests.reliability.size import number, some
from tests.reliability.workers import installation_of
from tests.shell.tinycore import TABLE, check_in_parts
from tests.shell.workshop import Workshop, blobs_in
from tests.spec.delivery import write_delivery
from tests.spec.worlds import delivery

type File = tuple[str, str]  # delivery and name
ROUNDS: tuple[Callable[[Installation], object], ...] = (process_arrived, run_waiting)


def test_three_deliveries_in_any_order(home: Path) -> None:
    """Their periods join up and their applications overlap; they differ in which comes first."""
    source = Workshop(installation_of(Job(home / "source", owner="leverancier")), home / "source")
    days = ("2026-11-19", "2026-11-20", "2026-11-21")
    for day, at in zip(days, range(1001, 1004), strict=True):
        source.deliver(day, {str(at): 1, str(at + 1): 2})
    files = {(day, name): _read(home / "source", "proef", day, name) for day in days for name in (TABLE, DESCRIPTION)}
    with counted("arrival") as tally:
        for turn, order in enumerate(some(list(permutations(files)), by_day=24)):
            arrival = Arrival(home / f"{turn}", "proef", files, ROUNDS[turn % 2])
            tally.add(f"{order}, {arrival}", arrival.try_in(order, applications=4))
    _close(source.installation)


def test_a_real_delivery_in_any_order(home: Path) -> None:
    day = "2026-11-20"
    write_delivery(home / "source" / day, delivery(2, 3), PERIOD)
    names = sorted(path.name for path in (home / "source" / day).iterdir())
    files = {(day, name): (home / "source" / day / name).read_bytes() for name in names}
    with counted("arrival-real") as tally:
        for turn in range(number(8, 100)):
            order = random.Random(turn).sample(list(files), len(files))
            if turn < 2:  # always: the description first, and last
                order.sort(key=lambda file: (file[1] == DESCRIPTION) == (turn == 1))
            arrival = Arrival(home / f"{turn}", "levensonderhoud", files, ROUNDS[turn // 2 % 2])
            found = arrival.try_in(order, applications=11)
            tally.add(f"the description at {order.index((day, DESCRIPTION))}, {arrival}", found)


@pytest.mark.parametrize("late", ["missing", "other"])
def test_a_table_that_comes_while_its_delivery_is_judged(home: Path, late: str) -> None:
    """What was judged is not what lies there when it is set apart; the same files sent again must not count as done."""
    installation = installation_of(Job(home, owner="werker"))
    workshop = Workshop(installation, home)
    table = home / "brievenbus" / "proef" / "2026-11-20" / TABLE

    def judged_too_soon(files: DeliveryFiles, *given: Any, **named: Any) -> DeliveryInParts:
        whole = table.read_bytes()
        table.unlink() if late == "missing" else table.write_bytes(whole[:-3])
        try:
            return check_in_parts(files, *given, **named)
        finally:
            table.parent.mkdir(parents=True, exist_ok=True)
            table.write_bytes(whole)

    workshop.deliver()
    early = replace(installation, core=replace(installation.core, check_in_parts=judged_too_soon))
    with counted("arrival-judged") as tally:
        run_waiting(early)
        workshop.deliver()
        for _ in range(2):
            process_arrived(installation)
        run_waiting(installation)
        tally.add(late, _all_published(home, {"2026-11-20"}, applications=3))
    _close(installation)


@dataclass(frozen=True)
class Arrival:
    """Files that arrive one by one, and a worker who looks after each: at an event, or in a round."""

    root: Path
    dataset: str
    files: Mapping[File, bytes]
    look: Callable[[Installation], object]

    def __str__(self) -> str:
        """Say how the worker looks."""
        return str(getattr(self.look, "__name__", "looked"))

    def try_in(self, order: Sequence[File], applications: int) -> Found:
        """Let the files arrive in this order; then do what people do, and see that all is published once."""
        installation = installation_of(Job(self.root, owner="werker", real=self.dataset != "proef"))
        found = self._come(installation, order, {})
        run_waiting(installation)
        too_soon = {
            day
            for day, name in order
            if name != DESCRIPTION and order.index((day, DESCRIPTION)) < order.index((day, name))
        }
        found |= _rejected_are(installation, too_soon)
        again = sorted((file for file in order if file[0] in too_soon), key=lambda file: file[1] == DESCRIPTION)
        came = {_path(self.dataset, file): self.files[file] for file in order if file[0] not in too_soon}
        found |= self._come(installation, again, came)
        process_arrived(installation)
        for run in installation.ledger.runs(self.dataset, (RunState.AANGEHOUDEN,)):
            found |= Found() if run.reason is RunReason.CONTROLE_AANGEHOUDEN else Found(different=(str(run.reason),))
            release(installation, run.new.levering, "het gat is bekend")
        run_waiting(installation)
        found |= _all_published(self.root, {day for day, _ in self.files}, applications)
        _close(installation)
        return found

    def _come(self, installation: Installation, order: Sequence[File], came: dict[str, bytes]) -> Found:
        found = Found()
        for file in order:
            path = _path(self.dataset, file)
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(self.files[file])
            came[path] = self.files[file]
            self.look(installation)
            whole = {name: data for name, data in came.items() if _is_complete(name, came, self.files)}
            found |= look_halfway(self.root, whole)
        return found


def _read(root: Path, dataset: str, day: str, name: str) -> bytes:
    return (root / "brievenbus" / dataset / day / name).read_bytes()


def _path(dataset: str, file: File) -> str:
    return f"brievenbus/{dataset}/{file[0]}/{file[1]}"


def _is_complete(name: str, came: Mapping[str, bytes], files: Mapping[File, bytes]) -> bool:
    """Say whether all files of the delivery of this one came; until then it may be set apart, or wait."""
    day = name.split("/")[2]
    return sum(f"/{day}/" in each for each in came) == sum(file[0] == day for file in files)


def _rejected_are(installation: Installation, expected: set[str]) -> Found:
    found = {run.new.levering for run in installation.ledger.runs(installation.dataset, (RunState.AFGEKEURD,))}
    return Found() if found == expected else Found(different=(f"rejected: {found}, expected: {expected}",))


def _all_published(root: Path, days: set[str], applications: int) -> Found:
    runs = rows(root, "SELECT levering, toestand, publicatie FROM verwerkingen WHERE publicatie IS NOT NULL")
    current = rows(root, "SELECT aanvraagnummer FROM actuele_resultaten")
    left = [path.name for box in ("brievenbus", "quarantaine") for path in blobs_in(root / box)]
    return Found(
        lost=tuple(sorted(days - {day for day, _, _ in runs})) + ("results",) * (len(current) < applications),
        doubled=("publication",) * (len(runs) > len(days)) + ("results",) * (len(current) > applications),
        different=tuple(left) + tuple(str(run) for run in runs if run[1] != RunState.AFGEROND),
    ) | chain(root)


def _close(installation: Installation) -> None:
    cast(SqlLedger, installation.ledger).engine.dispose()
