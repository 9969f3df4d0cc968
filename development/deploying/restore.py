"""Backs the database up, puts a backup back into an empty one, and says what must be done again since.

On Azure the platform keeps a copy of every moment (`az postgres flexible-server restore`); this is for the copy that is
kept elsewhere, and for what comes after either: rights, the check of the audit log, and removals that the backup
does not know of. The tools of PostgreSQL (pg_dump, pg_restore) must be on the path, of the version of the server.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from shared.adapters.sql.upgrade import upgrade
from shared.errors import SlimmeCheckError
from shared.events import Action
from shared.ports import BlobStore, Container

PROOFS = "verwijderingen/"


class RestoreFailed(SlimmeCheckError):
    """A backup could not be made or put back."""

    code = "SC-691"


@dataclass(frozen=True)
class ToRepeat:
    """A removal that the restored database does not know of: what is in it again must go again."""

    event: int
    what: str
    number: int
    ground: str


def back_up(url: URL, file: Path) -> None:
    """Write the whole database to a file that only this user can read."""
    file.touch(mode=0o600)
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


def put_back(file: Path, url: URL, engine: Engine) -> str:
    """Fill an empty database from a backup, bring it to this version and set everybody's rights; returns the version.

    All of it or nothing. RestoreFailed when the database is not empty.
    """
    with engine.connect() as connection:
        if connection.execute(sa.text("SELECT 1 FROM pg_tables WHERE schemaname = current_schema()")).first():
            raise RestoreFailed(
                "The database is not empty.", where=str(url.database), next_step="Restore into a new one, and switch."
            )
    _run("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(file))
    return upgrade(engine)


def to_repeat(blobs: BlobStore, engine: Engine) -> list[ToRepeat]:
    """Return what was removed after the backup was made, by the proofs of destruction in the logboek.

    Also when it was put on record meanwhile that events are gone: their numbers are never given again.
    """
    with engine.connect() as connection:
        last = connection.execute(sa.text("SELECT coalesce(max(volgnr), 0) FROM gebeurtenissen")).scalar_one()
        known = sa.text("SELECT details FROM gebeurtenissen WHERE handeling = :restored")
        told = [json.loads(row) for row in connection.execute(known, {"restored": str(Action.TERUGZETTEN)}).scalars()]

    def is_gone(event: int) -> bool:
        return event > last or any(each["na"] < event <= each["tot_en_met"] for each in told)

    return [removal for removal in _proven(blobs) if is_gone(removal.event)]


def _proven(blobs: BlobStore) -> Iterator[ToRepeat]:
    for name in blobs.names(Container.LOGBOEK, PROOFS):
        for each in json.loads(blobs.read(Container.LOGBOEK, name))["verwijderd"]:
            yield ToRepeat(int(each["gebeurtenis"]), str(each["soort"]), int(each["aantal"]), str(each["grond"]))


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run a tool of PostgreSQL; the password, if any, goes by the environment and never in a list of processes."""
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    target = url.set(drivername="postgresql", password=None).render_as_string()
    command = [program, f"--dbname={target}", *arguments]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        done = None
    if done is None or done.returncode != 0:
        said = "it is not on the path" if done is None else f"it ended with {done.returncode}"
        raise RestoreFailed(f"{program} did not do it: {said}.", next_step="Try it by hand to see why.")
