"""The round that removes what is past its term, every night: tombstone and event first, proof at the end.

Killed at any point, the next round does the rest: every step looks at what is there and not at what was done. What is
under legal hold stays, whatever its age.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared import anchors, mailbox
from shared.administration import Removed
from shared.errors import SlimmeCheckError, SnapshotInvalid, StorageUnavailable
from shared.events import Action
from shared.failures import as_told
from shared.followup.stored import kept_deliveries, names_in
from shared.installation import Workplace
from shared.logs import run_log
from shared.ports import Container
from shared.quarantine import destroy_expired
from shared.records import PseudonymisedDelivery
from shared.retention.files import Shredder, drop_leftovers, drop_staged, follow_removals, units
from shared.retention.port import Due, Remover
from shared.retention.proof import write_proof
from shared.retention.terms import Kept, Retention
from shared.runstates import PUBLISHED, RunState
from shared.stored_snapshot import read_whole
from shared.usecase import FollowUpKind

GROUND = "bewaartermijn verstreken"
_DAY = timedelta(days=1)
_TERM_OF = {FollowUpKind.UITKOMSTEN: Kept.UITKOMSTEN, FollowUpKind.GROEPSKENMERKEN: Kept.GROEPEN}


@dataclass
class Purged:
    """What one round removed: how many, by kind, and what could not be done."""

    counts: dict[str, int] = field(default_factory=dict)
    failures: list[SlimmeCheckError] = field(default_factory=list)
    proof: str = ""

    def add(self, what: str, number: int) -> None:
        """Count what was removed."""
        if number:
            self.counts[what] = self.counts.get(what, 0) + number


@dataclass(frozen=True)
class Purge:
    """Everything that one round needs: an identity that may remove, and the terms."""

    remover: Remover
    due: Due
    retention: Retention

    def run(self, installations: Collection[Workplace]) -> Purged:
        """Remove everything that is past its term, of all mailboxes; a step that fails does not stop the others."""
        done = Purged()
        for installation in installations:
            own = (self._rows, self._files, self._snapshots, self._months)
            for step in (*((self._kept,) if installation.use_case.follow_up else own), self._raw, self._logs):
                _guarded(done, lambda step=step, on=installation: step(on, done))  # type: ignore[misc]
        first = next(iter(installations))
        for last in (self._strays, self._keys, self._trail):
            _guarded(done, lambda last=last: last(first, done, {each.dataset for each in installations}))  # type: ignore[misc]
        _guarded(done, lambda: self._prove(first, done))
        _guarded(done, lambda: anchors.drop_anchor(first))
        return done

    def _before(self, installation: Workplace, kept: Kept) -> datetime:
        return installation.clock.now() - self.retention.of(kept)

    def _shredder(self, installation: Workplace) -> Shredder:
        return Shredder(installation.blobs, self.remover, installation.caller, installation.clock.now())

    def _rows(self, installation: Workplace, done: Purged) -> None:
        """Remove old results, and what hangs on them: requests for a run, closed objections."""
        dataset, caller = installation.dataset, installation.caller
        before = self._before(installation, Kept.RESULTATEN)
        gone = self.remover.remove_results(dataset, before, GROUND, caller, installation.clock.now())
        done.add("resultaten", sum(tombstone.aantal for tombstone in gone))
        for soort, keys in (
            (Removed.VERZOEKEN, self.due.requests_before(dataset, before)),
            (Removed.BEZWAREN, self.due.objections_without_result(dataset, before)),
        ):
            one = self.remover.remove_rows(soort, dataset, keys, GROUND, caller, installation.clock.now())
            done.add(str(soort), one.aantal if one else 0)

    def _files(self, installation: Workplace, done: Purged) -> None:
        """Let run files and current files follow what was removed, in this round or in one that died."""
        done.add("datums herschreven", len(follow_removals(installation)))
        done.add("bestanden van pogingen", drop_staged(installation))

    def _snapshots(self, installation: Workplace, done: Purged) -> None:
        """Remove old snapshots; whether one is under legal hold is looked at when it goes, not before."""
        before, dataset = self._before(installation, Kept.MOMENTOPNAME), installation.dataset
        shredder, home = self._shredder(installation), f"{dataset}/"
        names = installation.blobs.names(Container.MOMENTOPNAME, home)
        for unit in units(Container.MOMENTOPNAME, names, 2, "momentopname"):
            folder = unit.called.partition(" ")[2]
            digest = folder.removeprefix(home)
            published = _first_published(installation, digest)
            if published is not None and published >= before:
                drop_leftovers(installation.blobs, folder)
                continue
            of = self._applications_in(installation, digest)
            if published is not None:  # its age counts from then, also when it was rewritten since for one person
                gone = shredder.remove(unit, dataset, GROUND, of)
            else:
                gone = shredder.remove_older(unit, before, dataset, GROUND, of)
            done.add("momentopnamen", gone and 1)
            if not gone:
                drop_leftovers(installation.blobs, folder)

    def _applications_in(self, installation: Workplace, digest: str) -> frozenset[str]:
        """Return the applications of a snapshot: none when it is not complete, all that are held when it is damaged."""
        try:
            snapshot: PseudonymisedDelivery | None = read_whole(installation, digest)
        except SnapshotInvalid:
            return self.due.held(installation.dataset)
        return frozenset() if snapshot is None else frozenset(snapshot.applications["dienst"].astype(str))

    def _kept(self, installation: Workplace, done: Purged) -> None:
        """Remove old deliveries of outcomes and group attributes; outcomes under legal hold stay, with their delivery.

        The age counts from when they were taken in, also when they were rewritten since for one person.
        """
        follow_up, blobs, judged = installation.use_case.follow_up, installation.blobs, installation.use_case.judged
        assert follow_up is not None
        before, shredder = self._before(installation, _TERM_OF[follow_up.kind]), self._shredder(installation)
        since = {f"{kept.run.new.digest}": kept for kept in kept_deliveries(installation.ledger, follow_up)}
        names = blobs.names(follow_up.kind, f"{installation.dataset}/")
        for unit in units(follow_up.kind, names, 2, str(follow_up.kind)):
            kept = since.get(unit.called.rpartition("/")[2])
            if kept is None:
                gone = shredder.remove_older(unit, before, judged, GROUND)
            elif kept.since >= before:
                continue
            else:
                held = follow_up.kind is FollowUpKind.UITKOMSTEN
                gone = shredder.remove(unit, judged, GROUND, names_in(blobs, kept) if held else ())
            done.add(str(follow_up.kind), gone and 1)

    def _months(self, installation: Workplace, done: Purged) -> None:
        """Remove old counts of months, and old reports."""
        dataset, shredder = installation.dataset, self._shredder(installation)
        for container, kept, depth in (
            (Container.TELLING, Kept.TELLING, 3),
            (Container.RAPPORTAGE, Kept.RAPPORTAGE, 2),
        ):
            before = self._before(installation, kept)
            for unit in units(container, installation.blobs.names(container, f"{dataset}/"), depth, container):
                done.add(str(container), shredder.remove_older(unit, before, dataset, GROUND) and 1)

    def _raw(self, installation: Workplace, done: Purged) -> None:
        """Remove what lies too long in mailbox, quarantine and feedback."""
        dataset, blobs, shredder = installation.dataset, installation.blobs, self._shredder(installation)
        done.add("quarantaine", destroy_expired(installation))
        # what was published from there and could not be finished is past its term like anything else
        runs = installation.ledger.runs(dataset, (RunState.GEPUBLICEERD,))
        still = installation.clock.now() - _DAY  # may be at work on it
        published = {run.new.digest for run in runs if run.published_at is not None and run.published_at < still}
        waiting = {
            f"{record.dataset}/{record.levering}/{record.digest}"
            for record in installation.ledger.deliveries(dataset)
            if str(record.plaats) == Container.QUARANTAINE and record.digest not in published
        }
        quarantine = units(Container.QUARANTAINE, blobs.names(Container.QUARANTAINE, f"{dataset}/"), 3, "quarantaine")
        before = self._before(installation, Kept.QUARANTAINE)
        for unit in quarantine:
            if unit.called.partition(" ")[2] not in waiting:
                done.add("quarantaine", shredder.remove_older(unit, before, dataset, GROUND) and 1)
        before = self._before(installation, Kept.TERUGKOPPELING)
        told = blobs.names(Container.TERUGKOPPELING, f"{dataset}/")
        for unit in units(Container.TERUGKOPPELING, told, 2, "terugkoppeling"):
            done.add("terugkoppelingen", shredder.remove_older(unit, before, dataset, GROUND) and 1)

    def _strays(self, installation: Workplace, done: Purged, datasets: Collection[str]) -> None:
        """Remove from the mailbox whatever was left there too long, of a known dataset or not."""
        shredder, before = self._shredder(installation), self._before(installation, Kept.BRIEVENBUS)

        def plain(folder: str) -> bool:
            dataset, _, levering = folder.partition("/")
            return dataset in datasets and mailbox.has_date(levering)

        post = units(Container.BRIEVENBUS, installation.blobs.names(Container.BRIEVENBUS), 2, "brievenbus", plain)
        for unit in post:
            dataset = unit.names[0].partition("/")[0]
            known = dataset if dataset in datasets else ""
            try:
                done.add("brievenbus", shredder.remove_older(unit, before, known, GROUND) and 1)
            except StorageUnavailable as cause:  # who wrote it may have archived it: the rest goes all the same
                next(iter(installation.blobs.names(Container.BRIEVENBUS)), None)  # it may be the storage that is away
                _told(done, cause)

    def _logs(self, installation: Workplace, done: Purged) -> None:
        """Remove old lines of the logboek and the logs of runs; their store keeps them exactly so long."""
        before, dataset = self._before(installation, Kept.AUDIT), installation.dataset
        places = [
            (Container.LOGBOEK, f"{dataset}/", 3, ""),
            (Container.UITVOER, f"{dataset}/", 2, "/verwerking.jsonl"),
            (Container.MODELLOG, f"{installation.in_use()[0]}-", 2, ""),
        ]
        for container, prefix, depth, suffix in places:
            names = (
                name
                for name in installation.blobs.names(container, prefix)
                if name.endswith(suffix) and _old_by_name(name, before)
            )
            for unit in units(container, names, depth, f"{container} van"):
                done.add("logs", self._shredder(installation).remove_older(unit, before - _DAY, dataset, GROUND))

    def _trail(self, installation: Workplace, done: Purged, _: Collection[str]) -> None:
        """Remove old events, the anchors that held them, and requests of persons that are long done."""
        before, caller = self._before(installation, Kept.AUDIT), installation.caller
        gone = self.remover.remove_events(before, GROUND, caller, installation.clock.now())
        done.add("gebeurtenissen", gone.aantal if gone else 0)
        start = next(iter(installation.ledger.events()), None)
        for name in list(installation.blobs.names(Container.LOGBOEK, f"{anchors.FOLDER}/")):
            number = name.removeprefix(f"{anchors.FOLDER}/").removesuffix(".json")
            if start is not None and number.isdigit() and int(number) < start.volgnr - 1:
                unit = next(units(Container.LOGBOEK, [name], 2, "anker"))
                done.add("ankers", self._shredder(installation).remove_older(unit, before - _DAY, "", GROUND))
        keys = self.due.closed_requests_of_persons(before)
        one = self.remover.remove_rows(Removed.PERSOONSVERZOEKEN, "", keys, GROUND, caller, installation.clock.now())
        done.add("persoonsverzoeken", one.aantal if one else 0)

    def _keys(self, installation: Workplace, done: Purged, _: Collection[str]) -> None:
        """Remove what old requests were recognised by; what comes again after this counts as new."""
        before, now = self._before(installation, Kept.VERZOEKSLEUTELS), installation.clock.now()
        one = self.remover.remove_keys(before, GROUND, installation.caller, now)
        done.add(str(Removed.VERZOEKSLEUTELS), one.aantal if one else 0)

    def _prove(self, installation: Workplace, done: Purged) -> None:
        self.due.let_go()
        done.proof = write_proof(installation, self.remover)
        result = "mislukt" if done.failures else "gedaan"
        installation.ledger.note(
            installation.event(
                Action.VERWIJDERRONDE,
                "bewaartermijnen",
                result,
                aantallen=dict(sorted(done.counts.items())),
                fouten=sorted({failure.code for failure in done.failures}),
                bewijs=done.proof,
            )
        )


def _guarded(done: Purged, step: Callable[[], None]) -> None:
    try:
        step()
    except Exception as cause:  # what cannot go tonight may not keep the rest; tomorrow it is tried again
        _told(done, cause)


def _told(done: Purged, cause: Exception) -> None:
    failure = as_told(cause)
    run_log().error("purge: %s", failure)
    done.failures.append(failure)


def _first_published(installation: Workplace, digest: str) -> datetime | None:
    """Return when a delivery was first published; None when it never was."""
    runs = installation.ledger.runs_of_delivery(installation.dataset, digest)
    moments = (run.published_at for run in runs if run.state in PUBLISHED and run.published_at is not None)
    return min(moments, default=None)


def _old_by_name(name: str, before: datetime) -> bool:
    """Say whether a name holds a date of before this moment, or none: only of these the storage need be asked."""
    return all(day < before.date() for day in _dates(name))


def _dates(name: str) -> Iterator[date]:
    for part in name.split("/"):
        try:
            yield date.fromisoformat(part)
        except ValueError:
            continue
