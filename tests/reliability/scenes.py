"""What lies ready before a worker comes, and the ground on which it is tried: a copy of a folder for every try."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import cast

from shared.adapters.sql.ledger import SqlLedger
from shared.interventions import release, request_run, stop_model
from shared.sweep import run_waiting
from tests.reliability.judging import Stand, files_of, stand_of
from tests.reliability.processes import Job, effects_of
from tests.reliability.workers import installation_of
from tests.shell.workshop import Workshop
from tests.spec.delivery import write_delivery
from tests.spec.worlds import delivery

PERIOD = (datetime(2023, 11, 14), datetime(2023, 11, 17))


def accepted(workshop: Workshop) -> None:
    """A delivery that nothing is wrong with."""
    workshop.deliver()


def rejected(workshop: Workshop) -> None:
    """A delivery that is rejected."""
    workshop.deliver(oordeel="afgekeurd")


def held(workshop: Workshop) -> None:
    """A delivery that is held."""
    workshop.deliver(oordeel="aangehouden")


def released(workshop: Workshop) -> None:
    """A delivery that was held and that a person released."""
    workshop.deliver(oordeel="aangehouden")
    run_waiting(workshop.installation)
    release(workshop.installation, "2026-11-20", "nagekeken")


def requested(workshop: Workshop) -> None:
    """A person's request to judge one application again."""
    workshop.deliver()
    run_waiting(workshop.installation)
    request_run(workshop.installation, "2026-11-20", ["1002"], "bezwaar")


def overlapping(workshop: Workshop) -> None:
    """A delivery with applications of the delivery before it."""
    workshop.deliver("2026-11-19", {"1001": 1, "1002": 2})
    run_waiting(workshop.installation)
    workshop.deliver("2026-11-20", {"1002": 1, "1003": 2}, days=1)


def two_at_once(workshop: Workshop) -> None:
    """Two deliveries of consecutive days, and a rejected one with a name of its own."""
    workshop.deliver("2026-11-19", {"1001": 1, "1002": 2})
    workshop.deliver("2026-11-20", {"1002": 1, "1003": 2}, days=1)
    workshop.deliver("2026-11-21", oordeel="afgekeurd")


def stopped(workshop: Workshop) -> None:
    """A delivery for a model that is stopped."""
    stop_model(workshop.installation, "onderzoek")
    workshop.deliver()


SCENES: tuple[Callable[[Workshop], None], ...] = (accepted, rejected, held, released, requested, overlapping)


@dataclass(frozen=True)
class Ground:
    """A prepared folder, how it ends undisturbed, and by which effects."""

    ready: Path
    job: Job
    end: Stand
    raw: Mapping[str, bytes]
    effects: tuple[str, ...]
    _numbers: count[int]

    def fresh(self) -> Job:
        """Return the job on a copy of the prepared folder."""
        root = self.ready.with_name(f"try-{next(self._numbers)}")
        shutil.copytree(self.ready, root)
        return replace(self.job, root=root)

    def forget(self, job: Job) -> None:
        """Remove the copy."""
        shutil.rmtree(job.root)


def prepare(home: Path, scene: Callable[[Workshop], None] | None = None, task: str = "round") -> Ground:
    """Prepare a folder by a scene, or with a delivery for the real stages, and see how it ends undisturbed."""
    ready = home / "ready"
    job = Job(ready, task=task, real=scene is None)
    installation = installation_of(replace(job, owner="voorbereiding"))
    if scene is None:
        write_delivery(ready / "brievenbus" / "levensonderhoud" / "2026-11-20", delivery(2, 3), PERIOD)
    else:
        scene(Workshop(installation, ready))
    cast(SqlLedger, installation.ledger).engine.dispose()
    undisturbed = home / "undisturbed"
    shutil.copytree(ready, undisturbed)
    effects = effects_of(replace(job, root=undisturbed, owner="ongestoord"))
    raw = {name: data for name, data in files_of(ready).items() if name.startswith("brievenbus/")}
    return Ground(ready, job, stand_of(undisturbed), raw, tuple(effects), count())
