"""R6 and R7: shuffled, a delivery gives the same hash; every stored decision, made again, is the same by bit."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from shared.adapters.sql.ledger import SqlLedger
from shared.installation import Installation
from shared.interventions import request_run
from shared.runstates import PUBLISHED
from shared.stages.resultfiles import result_files
from shared.stored_snapshot import read_snapshot
from shared.sweep import run_waiting
from tests.reliability.counting import counted
from tests.reliability.judging import Found
from tests.reliability.looking import rows
from tests.reliability.processes import Job
from tests.reliability.scenes import PERIOD
from tests.reliability.size import number
from tests.reliability.workers import PACKAGE, installation_of
from tests.results.conftest import judge_folder
from tests.spec.delivery import FORMS, write_delivery
from tests.spec.worlds import delivery

DECISION = """SELECT r.aanvraagnummer, r.resultaattype, r.reden, r.score, r.intercept, b.bijdragen, r.kenmerken
FROM resultaten r JOIN verwerkingen v ON v.nr = r.verwerking_nr
LEFT JOIN bijdragen b ON b.verwerking_nr = r.verwerking_nr AND b.regel = r.regel WHERE v.run = '{}'"""


def test_twenty_shuffled_runs_give_one_hash(home: Path) -> None:
    expected = ""
    with counted("shuffled") as tally:
        for seed in range(number(1, 10)):
            for turn in range(20):
                folder = home / f"{seed}-{turn}" / "2026-11-20"
                write_delivery(folder, delivery(12, seed), PERIOD, form=FORMS[turn % 3], shuffle=turn or None)
                files = result_files([judge_folder(folder, PACKAGE).results])
                found = hashlib.sha256(b"".join(data for _, data in sorted(files.items()))).hexdigest()
                expected = found if turn == 0 else expected
                tally.add(f"seed {seed}, turn {turn}", Found(different=() if found == expected else (found,)))


def administration(root: Path) -> Installation:
    """A few nights with the real stages and model, and a request for one application."""
    installation = installation_of(Job(root, owner="werker", real=True))
    for day in range(number(2, 10)):
        name = f"2026-11-{11 + day}"
        write_delivery(root / "brievenbus" / "levensonderhoud" / name, delivery(number(6, 40), 20 + day), PERIOD)
    assert not run_waiting(installation).failed
    scored = rows(root, "SELECT aanvraagnummer FROM resultaten WHERE score IS NOT NULL AND verwerking_nr = 1")
    request_run(installation, "2026-11-11", [scored[0][0]], "bezwaar")
    assert not run_waiting(installation).failed
    return installation


def bits(value: Any) -> object:
    """A value of which equality is equality of bits."""
    return struct.pack("<d", value) if isinstance(value, float) else value


def stored(root: Path, run_id: str) -> dict[str, tuple[object, ...]]:
    """The decisions of a run in the administration."""
    return {row[0]: tuple(map(bits, row[1:])) for row in rows(root, DECISION.format(run_id))}


def replayed(installation: Installation, run_id: str) -> dict[str, tuple[object, ...]]:
    """The decisions of a run made again from its snapshot."""
    run = installation.ledger.run(run_id)
    numbers = dict(installation.ledger.application_numbers(run.new.dataset, run.new.digest))
    if run.new.request_id:
        wanted = installation.ledger.request(run.new.request_id).aanvraagnummers
        numbers = {dienst: each for dienst, each in numbers.items() if each in wanted}
    core, key = installation.core, installation.keys.find(run.new.key_id)
    given = read_snapshot(installation, run.new.digest, numbers)
    table = core.features(given, installation.use_case, key, installation.keys.special_addresses())
    results = core.judge(table, installation.use_case, installation.identity(run), key).results
    names = ["resultaattype", "reden", "score", "intercept", "bijdragen", "kenmerken"]
    plain = results[names].astype(object).where(results[names].notna(), None)
    lines = plain.itertuples(index=False, name=None)
    return {each: tuple(map(bits, line)) for each, line in zip(results["aanvraagnummer"], lines, strict=True)}


def compared(installation: Installation, root: Path) -> Iterator[tuple[str, Found]]:
    """Compare every stored decision with the same decision made again."""
    for run in installation.ledger.runs(installation.dataset, PUBLISHED):
        before, again = stored(root, run.run_id), replayed(installation, run.run_id)
        for each in sorted(before.keys() | again.keys()):
            same = before.get(each) == again.get(each)
            yield f"{run.run_id} {each}", Found(different=() if same else ("another decision",))


def test_every_stored_decision_made_again_is_the_same(home: Path) -> None:
    installation = administration(home)
    with counted("replay") as tally:
        for what, found in compared(installation, home):
            tally.add(what, found)
    scored = rows(home, "SELECT count(*) FROM resultaten WHERE score IS NOT NULL")[0][0]
    assert tally.tries > 20 and scored > 5
    engine = cast(SqlLedger, installation.ledger).engine
    _spoil(home)
    with counted("control-replay") as control:
        for what, found in compared(installation, home):
            control.add(what, found)
    assert control.wrong["different"] == 1
    engine.dispose()


def _spoil(root: Path) -> None:
    """Change one score by its last bit, as no part of the product may."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(root / "administratie.sqlite")) as connection:
        for (trigger,) in list(connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            connection.execute(f"DROP TRIGGER {trigger}")
        found = connection.execute("SELECT verwerking_nr, regel, score FROM resultaten WHERE score IS NOT NULL")
        nr, line, score = found.fetchone()
        (whole,) = struct.unpack("<q", struct.pack("<d", score))
        (other,) = struct.unpack("<d", struct.pack("<q", whole + 1))
        changed = (other, nr, line)
        connection.execute("UPDATE resultaten SET score = ? WHERE verwerking_nr = ? AND regel = ?", changed)
        connection.commit()
