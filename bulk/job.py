"""What one job is: which deliveries it judges and by what, and where it writes; named by its content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from shared.administration import NewRun
from shared.events import canonical
from shared.ports import Container

OUTPUT = Container.UITVOER
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Job:
    """Everything a worker on another machine is told; no secret, and no value of a row, is in it.

    `runs`: what a night would make of each delivery, in the order of their names, all by one model, contract and key.
    `released`: names of deliveries that are judged although the check holds them. `part_size`: applications in a part.
    `proof`: by which a worker knows that it reads the same key as who made the job.
    """

    runs: tuple[NewRun, ...]
    released: frozenset[str]
    part_size: int
    proof: str

    @property
    def job_id(self) -> str:
        """Return the id: a hash of all that decides which files there are and what is in them."""
        deliveries = [[run.levering, run.run_id, run.levering in self.released] for run in self.runs]
        parts = [deliveries, self.part_size, self.runs[0].code_version]
        return hashlib.sha256(canonical(parts).encode()).hexdigest()[:32]

    @property
    def folder(self) -> str:
        """Return the folder of the job in the container uitvoer."""
        return f"{self.runs[0].dataset}/bulk/{self.job_id}"

    def part_file(self, place: int, part: int) -> str:
        """Return the name of the results of a part."""
        return f"{self.folder}/{self.runs[place].levering}/deel-{part:05d}.parquet"

    def part_record(self, place: int, part: int) -> str:
        """Return the name of the record of a part, written when its results are in place."""
        return f"{self.folder}/{self.runs[place].levering}/deel-{part:05d}.json"

    def check_record(self, place: int) -> str:
        """Return the name of the record of a check: what was concluded, and how many parts there are."""
        return f"{self.folder}/{self.runs[place].levering}/controle.json"


def as_json(document: dict[str, Any]) -> bytes:
    """Return a record as JSON, the same bytes for the same record."""
    return f"{canonical(document)}\n".encode()


def from_json(data: bytes) -> dict[str, Any]:
    """Return a record that `as_json` wrote."""
    document: dict[str, Any] = json.loads(data)
    return document
