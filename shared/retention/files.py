"""What a removal does to files: current and run files follow the administration, and what is past its term goes.

Everything here looks at how things are, and not at what was done before: after a crash the next round does the rest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from shared.administration import ModelStatus, RunRecord
from shared.errors import BlobNotFound
from shared.events import Caller
from shared.finished_parts import remove_parts
from shared.installation import Workplace
from shared.output import write_date, write_pointer
from shared.ports import BlobStore, Container
from shared.retention.port import Remover
from shared.runfiles import revision_written, run_folder, staged_folder, write_manifest
from shared.runstates import PUBLISHED, RunState
from shared.stages.resultform import LINES

_RESTING = tuple(state for state in RunState if state is not RunState.BEZIG and state not in PUBLISHED)
_FIRST = ("manifest.json", "datapackage.json")  # without these the rest is no snapshot and no delivery


def follow_removals(installation: Workplace) -> list[str]:
    """Bring run files and current files in step with what was removed; returns the dates whose files changed."""
    ledger, dataset = installation.ledger, installation.dataset
    removed: dict[str, int] = {}
    for tombstone in ledger.removals(dataset):
        removed[tombstone.run] = removed.get(tombstone.run, 0) + 1
    behind = [run for run in map(ledger.run, removed) if _is_behind(installation, run, removed[run.run_id])]
    if not behind:
        return []
    # the dates first and the runs last: a crash in between leaves these behind, and the next round does all of it again
    touched = {run.new.datum for run in behind}
    dates = []
    for state in ledger.output_states(dataset):
        # where a row went another may count again: as many rows are no sign of the same ones
        if state.datum in touched or _current(installation, state.datum) != state.aantal:
            write_date(installation, state.datum)
            dates.append(state.datum)
    write_pointer(installation)
    for run in behind:
        write_manifest(installation, run)
    return dates


def _current(installation: Workplace, datum: str) -> int:
    with installation.ledger.current_rows(installation.dataset, datum) as current:
        return current.aantal


def _is_behind(installation: Workplace, run: RunRecord, removals: int) -> bool:
    """Say whether the files of a run still tell of fewer removals; of a shadow there never were any files."""
    if revision_written(installation, run) > removals:
        return False
    return _has_files(installation.blobs, run_folder(run))


def drop_staged(installation: Workplace) -> int:
    """Delete what attempts staged of runs that never published and are not at work now; returns how many files.

    Such a run stages again when it is taken up, as a next attempt; of that one nothing is touched. It may then find no
    finished parts, and judges them again.
    """
    gone = 0
    for status in ModelStatus:
        for run in installation.ledger.runs(installation.dataset, _RESTING, status=status):
            if run.publication is not None:
                continue
            for attempt in range(1, run.attempt + 1):
                for name in list(installation.blobs.names(Container.UITVOER, f"{staged_folder(run, attempt)}/")):
                    gone += installation.blobs.delete(Container.UITVOER, name)
            gone += remove_parts(installation, run)
    return gone


def _has_files(blobs: BlobStore, folder: str) -> bool:
    return f"{folder}/{LINES}" in set(blobs.names(Container.UITVOER, f"{folder}/"))


@dataclass(frozen=True)
class Unit:
    """Files that go together, and what a tombstone calls them; nothing a stranger may have named is in that."""

    container: str
    called: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Shredder:
    """Removes files as the purge does: first the tombstone, then the files, the one that makes them count first."""

    blobs: BlobStore
    remover: Remover
    caller: Caller
    now: datetime

    def remove(self, unit: Unit, dataset: str, grond: str, of: Collection[str] = ()) -> int:
        """Remove the files of a unit and return how many there were; told once, also when it takes two rounds.

        Nothing goes when one of the applications that they are `of` is under legal hold by then.
        """
        written = self._written(unit)
        if not written:
            return 0
        told = self.remover.files_told(unit.called)
        if told is None or told < max(written.values()):
            lines = (f"{name} {self.blobs.sha256(unit.container, name)}\n" for name in sorted(written))
            digest = hashlib.sha256("".join(lines).encode()).hexdigest()
            going = (len(written), digest)
            if self.remover.tell_files(unit.called, dataset, going, grond, self.caller, self.now, of) is None:
                return 0
        elif self.remover.is_held(
            dataset, of
        ):  # the round that told of them was killed, and since then somebody objected
            return 0
        for name in sorted(written, key=lambda name: (not name.endswith(_FIRST), name)):
            self.blobs.delete(unit.container, name)
        return len(written)

    def remove_older(self, unit: Unit, before: datetime, dataset: str, grond: str, of: Collection[str] = ()) -> int:
        """Remove a unit of which every file was written before this moment; returns how many files went."""
        written = self._written(unit)
        if not written or max(written.values()) >= before:
            return 0
        return self.remove(unit, dataset, grond, of)

    def _written(self, unit: Unit) -> dict[str, datetime]:
        found = {}
        for name in unit.names:
            try:
                found[name] = self.blobs.written_at(unit.container, name)
            except BlobNotFound:  # gone since it was listed
                continue
        return found


def units(
    container: str, names: Iterable[str], depth: int, what: str, plain: Callable[[str], bool] = lambda _: True
) -> Iterator[Unit]:
    """Yield the files that have the first `depth` parts of their name in common, called by those parts.

    Where these are not `plain`, because a stranger may have chosen them, a digest stands for them.
    """

    def folder(name: str) -> str:
        return "/".join(name.split("/")[:depth])

    for part, group in groupby(sorted(names, key=folder), key=folder):
        called = part if plain(part) else hashlib.sha256(part.encode()).hexdigest()[:12]
        yield Unit(container, f"{what} {called}", tuple(group))


def drop_leftovers(blobs: BlobStore, folder: str) -> None:
    """Delete the files of a snapshot that its manifest does not name: those of earlier revisions or tries.

    That they go was told with the removal that left them.
    """
    try:
        manifest = json.loads(blobs.read(Container.MOMENTOPNAME, f"{folder}/manifest.json"))
    except BlobNotFound:
        return
    for name in list(blobs.names(Container.MOMENTOPNAME, f"{folder}/")):
        if _is_left(name.removeprefix(f"{folder}/"), manifest):
            blobs.delete(Container.MOMENTOPNAME, name)


def _is_left(name: str, manifest: Mapping[str, object]) -> bool:
    named = manifest["bestanden"]
    if name == "manifest.json" or (isinstance(named, Mapping) and name in named):
        return False
    return revision_of(name) <= int(str(manifest.get("revisie", 1)))


def revision_of(name: str) -> int:
    """Return to which revision of a snapshot a file belongs, by its name: `r2-…/aanvragen.parquet`, or the first."""
    folder, _, file = name.rpartition("/")
    number = folder.removeprefix("r").partition("-")[0]
    return int(number) if file and number.isdigit() else 1
