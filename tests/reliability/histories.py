"""A machine of Hypothesis over a small shell: what suppliers, workers, crashes, deploys and people may do in any order.

After every step what is published is whole, once, and never while the model is stopped. At the end everything that
was delivered is done, once.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.adapters.sql.ledger import SqlLedger
from shared.errors import NotKnown, TransitionRefused
from shared.interventions import release, request_run, resume_model, stop_model
from shared.runstates import RunReason, RunState
from shared.sweep import process_arrived, run_waiting
from tests.reliability.judging import chain, files_of, look_halfway, rows
from tests.shell.crashing import Fuse, fused
from tests.shell.workshop import DATASET, Crash, Workshop, make_installation, model

MOMENT = st.integers(1, 24)
VERDICTS = st.sampled_from(["geaccepteerd", "geaccepteerd", "geaccepteerd", "aangehouden", "afgekeurd"])
_FIRST = date(2026, 11, 1)
_ENDED = {RunState.AFGEROND, RunState.AFGEKEURD, RunState.VERVALLEN}


class Histories(RuleBasedStateMachine):
    """One history."""

    home: Path
    steps: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp(dir=self.home))
        self.shop = Workshop(make_installation(self.root, self.home / "leeg.sqlite"), self.root)
        self.sent: dict[str, tuple[str, dict[str, int]]] = {}
        self.stopped = False

    def did(self, what: str) -> None:
        self.steps[what] += 1

    # --- the supplier ---------------------------------------------------------------------------------------------
    @rule(verdict=VERDICTS, first=st.integers(0, 6), size=st.integers(1, 3))
    def deliver(self, verdict: str, first: int, size: int) -> None:
        self.did("deliver")
        name = (_FIRST + timedelta(days=len(self.sent))).isoformat()
        applications = {f"{1000 + first + at}": 1 + at % 2 for at in range(size)}
        self.shop.deliver(name, applications, oordeel=verdict)
        self.sent[name] = (verdict, applications)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        self.did("duplicate")
        name = data.draw(st.sampled_from(sorted(self.sent)))
        verdict, applications = self.sent[name]
        self.shop.deliver(name, applications, oordeel=verdict)

    # --- workers --------------------------------------------------------------------------------------------------
    @rule()
    def night(self) -> None:
        self.did("round")
        run_waiting(self.shop.installation)

    @rule()
    def event(self) -> None:
        self.did("event")
        process_arrived(self.shop.installation)

    @rule(at=MOMENT, after=st.booleans(), work=st.sampled_from([run_waiting, process_arrived]))
    def crash(self, at: int, after: bool, work: Callable[..., object]) -> None:
        self.did("crash")
        with suppress(Crash):
            work(fused(self.shop, Fuse(at, after)))

    @rule()
    def lease_passes(self) -> None:
        self.did("lease passes")
        self.shop.clock.pass_by(timedelta(minutes=32))

    @rule(version=st.sampled_from(["1.0.0", "1.1.0"]))
    def deploy(self, version: str) -> None:
        self.did("deploy")
        self.shop = self.shop.with_(model=model(version), code_version=version, settings_digest=version)

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
            self.shop.clock.pass_by(timedelta(minutes=32))
            assert not run_waiting(installation).failed
            for run in installation.ledger.runs(DATASET, (RunState.AANGEHOUDEN,)):
                if run.reason is RunReason.CONTROLE_AANGEHOUDEN:
                    release(installation, run.new.levering, "nagekeken")
        runs = rows(self.root, "SELECT levering, toestand, verzoek, publicatie FROM verwerkingen")
        assert {state for _, state, _, _ in runs} <= _ENDED, runs
        published = sorted(name for name, _, request, number in runs if number is not None and not request)
        assert published == sorted(name for name, (verdict, _) in self.sent.items() if verdict != "afgekeurd")
        asked = rows(self.root, "SELECT count(*) FROM verzoeken")[0][0]
        assert asked == sum(bool(request) and state == RunState.AFGEROND for _, state, request, _ in runs)
        left = [name for name in files_of(self.root) if name.startswith("brievenbus/")]
        assert not left
        self.current_is_what_was_published_last()

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
