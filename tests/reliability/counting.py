"""The experiments by name, and how often each was tried: a JSON file per series of tries, a folder per test run."""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.reliability.judging import Found
from tests.reliability.size import NIGHT

HOME = Path(tempfile.gettempdir()) / "slimme-check-reliability"
_THIS_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex


@dataclass(frozen=True)
class Experiment:
    """One row of docs/reliability.md. `fails`: a control, in which things must go wrong."""

    goal: str
    what: str
    test: str
    fails: bool = False


_FAULTS, _ARRIVAL, _MACHINE = "test_faults.py", "test_arrival.py", "test_machine.py"
_SAME, _PARTS = "test_same_again.py", "test_real_parts.py"
_KILL, _DEPLOYS, _FROZEN, _EVENTS = "test_kill.py", "test_deploys.py", "test_frozen.py", "test_events.py"
EXPERIMENTS = {
    "killed-once": Experiment(
        "R1", "`kill -9` before and after every effect of a run, then recovery by a fresh process", _KILL
    ),
    "killed-twice": Experiment("R1", "`kill -9` at pairs of effects: the recovery is killed too", _KILL),
    "killed-inside": Experiment(
        "R1", "`kill -9` inside the adapters: at every file touched and every statement and commit sent", _KILL
    ),
    "killed-real": Experiment("R1", "`kill -9` after the effects of a run with the real stages and model", _KILL),
    "control-mark-first": Experiment("R1", "naive order: mark done, insert, write, delete", _KILL, fails=True),
    "control-mark-last": Experiment(
        "R1", "naive order: insert under a number of its own, write, delete, mark done", _KILL, fails=True
    ),
    "killed-azure": Experiment("R1", "`kill -9` after an effect, on Azurite and PostgreSQL", _PARTS),
    "restarted-storage": Experiment("R1", "Azurite restarted while a worker is in the middle of its work", _PARTS),
    "restarted-database": Experiment("R1", "PostgreSQL crashed and recovered in the middle of a transaction", _PARTS),
    "deploy-code": Experiment("R1", "other code and settings deployed between `kill -9` and recovery", _DEPLOYS),
    "deploy-thawed": Experiment(
        "R1", "a stopped worker thawed while other code does its run, or has done it", _DEPLOYS
    ),
    "deploy-model": Experiment("R1", "another model package deployed between `kill -9` and recovery", _DEPLOYS),
    "fault-once": Experiment("R2", "one call of a port fails, in five ways: see below", _FAULTS),
    "fault-lasting": Experiment("R2", "a port fails at every call of a method for two rounds, in five ways", _FAULTS),
    "disk-full": Experiment("R2", "the operating system refuses files beyond a size", _FAULTS),
    "control-half-write": Experiment(
        "R2", "storage whose writes are not one step, on a full disk", _FAULTS, fails=True
    ),
    "at-once": Experiment("R3", "the same event for 16 processes at once", _EVENTS),
    "at-once-taken-over": Experiment("R3", "such processes, to whom the leases of the others are over", _EVENTS),
    "at-once-azure": Experiment("R3", "the same event for 16 processes at once, on Azurite and PostgreSQL", _PARTS),
    "control-no-claim": Experiment("R3", "16 processes at once that do not claim", _EVENTS, fails=True),
    "same-event": Experiment("R3", "the same event 100 times in a row", _EVENTS),
    "same-delivery": Experiment("R3", "the same delivery written and announced 100 times in a row", _EVENTS),
    "arrival": Experiment("R4", "files of three deliveries in any order, an event after each file", _ARRIVAL),
    "arrival-real": Experiment("R4", "files of a real delivery in any order, an event after each file", _ARRIVAL),
    "arrival-judged": Experiment("R4", "a table that arrives while its delivery is being judged", _ARRIVAL),
    "frozen": Experiment(
        "R5", "a worker stopped by SIGSTOP before an effect, its run taken over after the lease, then thawed", _FROZEN
    ),
    "frozen-twice": Experiment("R5", "two workers stopped at one run, and thawed in turn", _FROZEN),
    "late-and-killed": Experiment(
        "R5", "a late worker killed after its next effect, when others have finished and published more", _FROZEN
    ),
    "frozen-azure": Experiment("R5", "a worker stopped past its lease and thawed, on Azurite and PostgreSQL", _PARTS),
    "shuffled": Experiment("R6", "rows, columns and files of a delivery shuffled: one hash of the results", _SAME),
    "replay": Experiment("R7", "a stored decision made again from its snapshot: score and contributions by bit", _SAME),
    "control-replay": Experiment("R7", "the same, with one bit of one stored score changed", _SAME, fails=True),
    "machine": Experiment("R8", "histories of any steps that Hypothesis makes up, crashes among them", _MACHINE),
    "control-machine": Experiment(
        "R8", "such histories on a shell that forgets what was done or stopped", _MACHINE, fails=True
    ),
}


@dataclass
class Tally:
    """Counts tries of one experiment, and keeps what went wrong."""

    name: str
    tries: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def add(self, what: str, found: Found) -> None:
        """Count one try."""
        self.tries += 1
        self.wrong.update(kind for kind, told in vars(found).items() if told)
        if found:
            self.told.append(f"{what}: {found}")

    def as_json(self) -> str:
        """Return what is kept of it."""
        counted = {"experiment": self.name, "night": NIGHT, "tries": self.tries, **self.wrong}
        return json.dumps(counted)


@contextmanager
def counted(name: str) -> Iterator[Tally]:
    """Count tries; at the end they are written down, and must all have gone well (or not, for a control)."""
    tally = Tally(name)
    experiment = EXPERIMENTS[name]
    try:
        yield tally
    finally:
        folder = HOME / _THIS_RUN
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}-{uuid.uuid4().hex}.json").write_text(tally.as_json(), encoding="utf-8")
    assert tally.tries > 0
    if experiment.fails:
        assert tally.told, "the trial does not find what is wrong on purpose"
    else:
        assert not tally.told, "\n".join([f"{len(tally.told)} of {tally.tries}", *tally.told[:5]])
