"""What the Dataverkenner reads: the log of each run, and files and pointers that say what is current.

A reader never sees half a run: its manifest is written when all its files are there and it is published, and the
current files are replaced in one step each, after that.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

from shared.administration import CurrentRows, OutputState, RunRecord
from shared.chosen_rows import Chooser, ChosenLines, ChosenRows
from shared.digests import Digesting, digest_of
from shared.errors import BlobNotFound
from shared.events import SYSTEM, Action, moment_text
from shared.feedback import pretty_json
from shared.installation import Installation, Workplace
from shared.ports import Container
from shared.runfiles import put_in_place, run_folder
from shared.runstates import PUBLISHED, RunReason, RunState
from shared.stages.resultform import LINES, PARQUET

CURRENT = {PARQUET: "actueel.parquet", LINES: "actueel.jsonl"}
_CODES = frozenset(map(str, RunReason))  # a reason that is none of these was typed by a person


def write_run_log(installation: Workplace, run: RunRecord) -> None:
    """Write verwerking.jsonl: the run's events so far. Who did something, and a reason that was typed, stay behind.

    Each line carries its place in the chain of events and its hash, which anchors the chain outside the database.
    """
    lines = []
    for event in installation.ledger.events(run.run_id):
        line: dict[str, Any] = {**vars(event), "details": json.loads(event.details)}
        if line["details"].get("reden") not in _CODES:
            line["details"].pop("reden", None)
        if event.actor != SYSTEM:  # which employee it was is nobody's business here
            line |= {"actor": "medewerker", "herkomst": "intern"}
        lines.append(json.dumps(line, ensure_ascii=False))
    log = "".join(f"{line}\n" for line in lines).encode("utf-8")
    installation.blobs.write(Container.UITVOER, f"{run_folder(run)}/verwerking.jsonl", log)


def write_current(installation: Workplace, run: RunRecord) -> list[str]:
    """Rewrite the current files of every date that won or lost rows by this run; returns the dates."""
    dates = installation.ledger.dates_touched(run.run_id)
    for datum in dates:
        write_date(installation, datum, run.run_id)
    write_pointer(installation)
    return dates


def write_date(installation: Workplace, datum: str, run_id: str = "") -> None:
    """Rewrite the current files of one date, and record what they hold."""
    while True:  # until no other run was published between our look and our writing
        with installation.ledger.current_rows(installation.dataset, datum) as current:
            state = OutputState(
                datum=datum,
                stand=current.stand,
                aantal=current.aantal,
                runs=tuple(current.runs),
                bestanden=_write_files(installation, datum, current, run_id),
            )
        event = installation.event(
            Action.ACTUEEL_SCHRIJVEN, f"datum {datum}", "geschreven", run_id, aantal=state.aantal, stand=state.stand
        )
        if installation.ledger.record_output(installation.dataset, state, event):
            return


def mend_current(installation: Installation) -> None:
    """Rewrite current files of late that are not what was recorded: a worker that stood still overwrote them, and died.

    A worker that lives sees that newer ones were recorded, and writes again itself.
    """
    since = installation.late_since()
    published = installation.ledger.runs(installation.dataset, PUBLISHED)
    late = [run.run_id for run in published if run.published_at is not None and run.published_at > since]
    dates = {datum for run_id in late for datum in installation.ledger.dates_touched(run_id)}
    removed_from = {
        removal.run for removal in installation.ledger.removals(installation.dataset) if removal.tijdstip > since
    }
    dates |= {run.new.datum for run in published if run.run_id in removed_from}
    for state in installation.ledger.output_states(installation.dataset):
        if state.datum in dates and _overwritten(installation, state):
            write_date(installation, state.datum)
            installation.ledger.note(
                installation.event(Action.ACTUEEL_SCHRIJVEN, f"datum {state.datum}", "hersteld", stand=state.stand)
            )


def _overwritten(installation: Workplace, state: OutputState) -> bool:
    folder = f"{installation.dataset}/{state.datum}"
    return any(
        digest_of(installation.blobs, Container.UITVOER, f"{folder}/{name}") != sha256
        for name, sha256 in state.bestanden.items()
    )


def write_pointer(workplace: Workplace) -> None:
    """Write actueel.json of the dataset: what is current, and whether the model is stopped, since when and why."""
    name = f"{workplace.dataset}/actueel.json"
    while True:  # until what was written is what holds
        document = _pointer(workplace)
        data = pretty_json(document)
        if _now_there(workplace, name) != data:
            workplace.blobs.write(Container.UITVOER, name, data)
        if _pointer(workplace) == document:
            return


def _now_there(workplace: Workplace, name: str) -> bytes:
    try:
        return workplace.blobs.read(Container.UITVOER, name)
    except BlobNotFound:
        return b""


def _pointer(workplace: Workplace) -> dict[str, object]:
    model, version = workplace.in_use()
    stop = workplace.ledger.stop_state(model)
    states = workplace.ledger.output_states(workplace.dataset)
    return {
        "dataset": workplace.dataset,
        "model": {
            "naam": model,
            "versie": version,
            "gestopt": stop.stopped,
            "sinds": moment_text(stop.since) if stop.stopped and stop.since else None,
            "reden": stop.reason if stop.stopped else None,
        },
        "stand": max((state.stand for state in states), default=0),
        "datums": {
            state.datum: {
                "aantal": state.aantal,
                "stand": state.stand,
                "verwerkingen": list(state.runs),
                "bestanden": {name: {"sha256": digest} for name, digest in sorted(state.bestanden.items())},
            }
            for state in states
        },
    }


def _write_files(installation: Workplace, datum: str, current: CurrentRows, own: str) -> dict[str, str]:
    """Write the current files of a date, row by row from the files of the runs; returns their sha256 by name.

    `own`: the run whose tail this is, if any.
    """
    folder = f"{installation.dataset}/{datum}"
    runs = list(current.runs)
    if not runs:  # every row was won by another date: empty files, in the form of the runs of this date
        runs = [run.run_id for run in installation.ledger.published_on(installation.dataset, datum)][:1]
    for run in map(installation.ledger.run, runs):
        if run.run_id != own and run.state is RunState.GEPUBLICEERD:  # its worker may be busy with that, or gone
            put_in_place(installation, run)
    if len(runs) == 1 and _is_whole(installation, runs[0], current.aantal):
        return {  # by far the most: one run, all of it current
            target: installation.blobs.copy(
                Container.UITVOER, f"{folder}/runs/{runs[0]}/{name}", Container.UITVOER, f"{folder}/{target}"
            )
            for name, target in CURRENT.items()
        }

    folders = {run_id: f"{folder}/runs/{run_id}" for run_id in runs}
    targets = {name: f"{folder}/{target}" for name, target in CURRENT.items()}

    def fill(lines: Digesting, table: Digesting) -> dict[str, str]:
        with ExitStack() as stack:
            files: list[Chooser] = [
                ChosenRows(stack, installation.blobs, folders, table),
                ChosenLines(stack, installation.blobs, folders, lines),
            ]
            for row in current.rows:
                for file in files:
                    file.add(row.run_id, row.aanvraagnummer)
            for file in files:
                file.finish()
        return {CURRENT[PARQUET]: table.sha256, CURRENT[LINES]: lines.sha256}

    return installation.blobs.write_by(
        Container.UITVOER,
        targets[LINES],
        lambda lines: installation.blobs.write_by(
            Container.UITVOER, targets[PARQUET], lambda table: fill(Digesting(lines), Digesting(table))
        ),
    )


def _is_whole(installation: Workplace, run_id: str, number: int) -> bool:
    """Say whether so many rows are all that a run published; of its files a part may still have to go otherwise."""
    removed = installation.ledger.removals(installation.dataset, run_id)
    return not removed and installation.ledger.how_many(run_id) == number
