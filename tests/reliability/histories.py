"""A machine of Hypothesis over a small shell: what suppliers, workers, crashes, deploys and people may do in any order.

After every step what is published is whole, once, and never while the model is stopped. At the end everything that
was delivered is done, once.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.adapters.sql.ledger import SqlLedger
from shared.errors import NotKnown, TailStandsStill, TransitionRefused
from shared.events import Caller
from shared.installation import Installation
from shared.interventions import release, request_run, resume_model, stop_model
from shared.runs import Outcome
from shared.runstates import RunReason, RunState
from shared.sweep import finish_standing, process_arrived, run_waiting
from tests.reliability.judging import chain, files_of, look_halfway
from tests.reliability.logbooks import unlogged_attempts, unlogged_runs
from tests.reliability.looking import rows
from tests.reliability.othercode import OTHER_CORE, disagreements
from tests.shell.crashing import Fuse, fused
from tests.shell.workshop import CORE, DATASET, TABLE, Crash, Keys, Worker, Workshop, make_installation, model

MOMENT = st.integers(1, 24)
DEATH = st.integers(0, 18)
CODES = {"1.0.0": CORE, "1.1.0": OTHER_CORE}
VERDICTS = st.sampled_from(["geaccepteerd", "geaccepteerd", "geaccepteerd", "aangehouden", "afgekeurd"])
_FIRST = date(2026, 11, 1)
_LEASE = timedelta(minutes=32)
_WRITTEN = 1_700_000_000  # the clock of the storage, which is not ours
_ENDED = {RunState.AFGEROND, RunState.AFGEKEURD, RunState.VERVALLEN}


@dataclass
class Slow(Fuse):
    """Stands still before an effect while others act, and goes on."""

    others: Callable[[], None] = lambda: None

    def burn(self, name: str, effect: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        self.seen.append(name)
        if len(self.seen) == self.at:
            self.others()
        return effect(*arguments, **named)


def end_of_night(installation: Installation) -> list[Outcome]:
    """Try what was left for last."""
    return finish_standing([lambda: installation])


class Histories(RuleBasedStateMachine):
    """One history."""

    home: Path
    steps: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp(dir=self.home))
        self.shop = Workshop(make_installation(self.root, self.home / "leeg.sqlite"), self.root)
        self.sent: dict[str, tuple[str, dict[str, int]]] = {}
        self.written = count(1)
        self.keys = 1

    def did(self, what: str) -> None:
        self.steps[what] += 1

    # --- the supplier ---------------------------------------------------------------------------------------------
    @rule(verdict=VERDICTS, first=st.integers(0, 6), size=st.integers(1, 3))
    def deliver(self, verdict: str, first: int, size: int) -> None:
        self.did("deliver")
        name = (_FIRST + timedelta(days=len(self.sent))).isoformat()
        applications = {f"{1000 + first + at}": 1 + at % 2 for at in range(size)}
        self.sent[name] = (verdict, applications)
        self.send(name)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        self.did("duplicate")
        self.send(data.draw(st.sampled_from(sorted(self.sent))))

    def send(self, name: str) -> None:
        """Write a delivery, every time later than the time before by the clock of the storage."""
        verdict, applications = self.sent[name]
        self.shop.deliver(name, applications, oordeel=verdict)
        for path in (self.root / "brievenbus" / DATASET / name).iterdir():
            moment = _WRITTEN + next(self.written)
            os.utime(path, (moment, moment))

    # --- workers --------------------------------------------------------------------------------------------------
    @rule()
    def night(self) -> None:
        self.did("round")
        self.a_night()

    def a_night(self) -> None:
        """Do a round and what is left for after it; all that is told is that a tail stands still, until then."""
        told = [one.failure for one in run_waiting(self.shop.installation).told if one.failure is not None]
        assert {type(failure) for failure in told} <= {TailStandsStill}, told
        if told:
            self.did("tail stands still")
        assert not [one.failure for one in end_of_night(self.shop.installation) if one.failure is not None]

    @rule()
    def event(self) -> None:
        self.did("event")
        process_arrived(self.shop.installation)

    @rule(at=MOMENT, after=st.booleans(), work=st.sampled_from([run_waiting, process_arrived, end_of_night]))
    def crash(self, at: int, after: bool, work: Callable[..., object]) -> None:
        self.did("crash")
        with suppress(Crash):
            work(fused(self.shop, Fuse(at, after)))

    @rule()
    def lease_passes(self) -> None:
        self.did("lease passes")
        self.shop.clock.pass_by(_LEASE)

    @rule(version=st.sampled_from(sorted(CODES)))
    def deploy(self, version: str) -> None:
        self.did("deploy")
        core = CODES[version]
        self.shop = self.shop.with_(model=model(version), code_version=version, settings_digest=version, core=core)

    @rule()
    def rotate(self) -> None:
        self.did("rotate")
        self.keys += 1
        self.shop = self.shop.with_(keys=Keys(tuple(f"k-{number}" for number in range(self.keys, 0, -1))))

    @rule()
    def quarantine_passes(self) -> None:
        self.did("quarantine passes")
        self.shop.clock.pass_by(self.shop.installation.quarantine + timedelta(days=1))

    @rule(
        at=MOMENT,
        lease=st.sampled_from([True, True, False]),
        act=st.sampled_from(["", "release", "send", "stop"]),
        dies_at=DEATH,
        data=st.data(),
    )
    def slow(self, at: int, lease: bool, act: str, dies_at: int, data: st.DataObject) -> None:
        """A worker stands still in the middle of a round; what it read before is no longer so when it goes on."""
        if not any((self.root / "brievenbus").rglob("datapackage.json")):
            self.deliver("geaccepteerd", at % 7, 2)
        name = data.draw(st.sampled_from(sorted(self.sent))) if self.sent else ""

        def others() -> None:
            self.did("slow worker")
            if lease:
                self.shop.clock.pass_by(_LEASE)
            if act == "stop":
                stop_model(self.shop.installation, "onderzoek")
            if act == "send" and name:
                self.send(name)
            if act == "release" and name:
                with suppress(NotKnown, TransitionRefused):
                    release(self.shop.installation, name, "nagekeken")
            with suppress(Crash):
                run_waiting(fused(self.as_worker("ander"), Fuse(dies_at)))
            self.all_is_whole_and_once()

        run_waiting(fused(self.as_worker("traag"), Slow(at=at, others=others)))

    def as_worker(self, name: str) -> Workshop:
        """Return the shop of a worker that others can tell from the next, in leases and in events."""
        return self.shop.with_(owner=Worker(name), caller=Caller("systeem", f"test {name}"))

    # --- people ---------------------------------------------------------------------------------------------------
    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        self.did("release")
        with suppress(NotKnown, TransitionRefused):
            release(self.shop.installation, data.draw(st.sampled_from(sorted(self.sent))), "nagekeken")

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), alone=st.booleans())
    def reprocess(self, data: st.DataObject, alone: bool) -> None:
        self.did("reprocess")
        name = data.draw(st.sampled_from(sorted(self.sent)))
        numbers = sorted(self.sent[name][1])[:1] if alone else None
        with suppress(NotKnown, TransitionRefused):
            request_run(self.shop.installation, name, numbers, "bezwaar")

    @rule(on=st.booleans())
    def switch(self, on: bool) -> None:
        self.did("stop" if on else "resume")
        (stop_model if on else resume_model)(self.shop.installation, "onderzoek")

    # --- what always holds ----------------------------------------------------------------------------------------
    @invariant()
    def all_is_whole_and_once(self) -> None:
        if not hasattr(self, "root"):
            return
        found = chain(self.root) | look_halfway(self.root, {})
        assert not found, found
        doubled = rows(
            self.root,
            "SELECT digest, verzoek FROM verwerkingen WHERE publicatie IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1",
        )
        assert not doubled
        assert not rows(self.root, "SELECT 1 FROM actuele_resultaten GROUP BY aanvraagnummer HAVING count(*) > 1")
        assert not self.published_while_stopped()
        assert not self.published_and_nothing_left()

    def published_and_nothing_left(self) -> list[str]:
        """Return the published deliveries of which neither the snapshot is there nor the raw files are."""
        published = {digest for (digest,) in rows(self.root, "SELECT digest FROM verwerkingen WHERE publicatie > 0")}
        raw = set()
        for box in ("brievenbus", "quarantaine"):
            for path in (self.root / box).rglob("datapackage.json"):
                said, table = path.read_bytes(), path.with_name(TABLE)
                if table.exists() and hashlib.sha256(table.read_bytes()).hexdigest() == json.loads(said)["sha256"]:
                    raw.add(hashlib.sha256(said).hexdigest())
        kept = {path.parent.name for path in (self.root / "momentopname" / DATASET).rglob("manifest.json")}
        return sorted(published - raw - kept)

    def published_while_stopped(self) -> bool:
        stopped = False
        for (action,) in rows(self.root, "SELECT handeling FROM gebeurtenissen ORDER BY volgnr"):
            stopped = action == "model gestopt" or (stopped and action != "model hervat")
            if stopped and action == "resultaten gepubliceerd":
                return True
        return False

    def teardown(self) -> None:
        if hasattr(self, "root"):
            try:
                self.finish()
            finally:
                cast(SqlLedger, self.shop.installation.ledger).engine.dispose()
                shutil.rmtree(self.root)

    def finish(self) -> None:
        """Let everybody do what is theirs until nothing waits, and look whether all was done once."""
        installation = self.shop.installation
        resume_model(installation, "klaar")
        for _ in range(2 + len(self.sent)):  # a release may show that the next one is held for a gap
            self.shop.clock.pass_by(_LEASE)
            self.a_night()
            for run in installation.ledger.runs(DATASET, (RunState.AANGEHOUDEN,)):
                if run.reason is RunReason.CONTROLE_AANGEHOUDEN:
                    release(installation, run.new.levering, "nagekeken")
        runs = rows(self.root, "SELECT levering, toestand, verzoek, publicatie FROM verwerkingen")
        assert {state for _, state, _, _ in runs} <= _ENDED, runs
        published = sorted(name for name, _, request, number in runs if number is not None and not request)
        wanted = {name for name, (verdict, _) in self.sent.items() if verdict != "afgekeurd"}
        assert published == sorted(wanted - self.destroyed())
        asked = rows(self.root, "SELECT count(*) FROM verzoeken")[0][0]
        assert asked == sum(bool(request) and state == RunState.AFGEROND for _, state, request, _ in runs)
        left = [name for name in files_of(self.root) if name.startswith("brievenbus/")]
        assert not left
        told = [*unlogged_attempts(self.root), *unlogged_runs(self.root), *disagreements(self.root)]
        assert not told, told
        self.current_is_what_was_published_last()

    def destroyed(self) -> set[str]:
        """Return the deliveries that lay in quarantine for their full time; none of them was ever published."""
        query = """SELECT levering FROM leveringen l WHERE plaats = 'verwijderd' AND NOT EXISTS
            (SELECT 1 FROM verwerkingen v WHERE v.digest = l.digest AND v.publicatie IS NOT NULL)"""
        gone = {name for (name,) in rows(self.root, query)}
        told = "SELECT object FROM gebeurtenissen WHERE handeling = 'levering in quarantaine vernietigd'"
        assert gone <= {name.removeprefix("levering ") for (name,) in rows(self.root, told)}
        return gone

    def current_is_what_was_published_last(self) -> None:
        """For every application, by files and by table."""
        query = """SELECT r.aanvraagnummer, v.run FROM resultaten r JOIN verwerkingen v ON v.nr = r.verwerking_nr
            ORDER BY v.publicatie"""
        last = dict(rows(self.root, query))
        assert last == dict(rows(self.root, "SELECT aanvraagnummer, run FROM actuele_resultaten"))
        shown: dict[str, Any] = {}
        for datum in self.sent:
            if (self.root / "uitvoer" / DATASET / datum / "actueel.jsonl").exists():
                for line in self.shop.current(datum):
                    assert line["aanvraagnummer"] not in shown
                    shown[line["aanvraagnummer"]] = line["run"]
        assert shown == last


def empty_database(home: Path) -> None:
    """Make the database that every history begins with."""
    engine = cast(SqlLedger, make_installation(home / "leeg").ledger).engine
    engine.dispose()
    with closing(sqlite3.connect(home / "leeg" / "administratie.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(home / "leeg" / "administratie.sqlite", home / "leeg.sqlite")
