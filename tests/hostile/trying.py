"""Tries damaged deliveries one after another, each in a process of its own, so that time and memory are its own.

`python -m tests.hostile.trying FIRST BEYOND [MAILBOX]` writes a line of JSON per seed. A process is a copy of one that
has all modules loaded; what it needs more than that is the delivery's.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from shared.sweep import run_waiting
from tests.hostile.mailboxes import CASES, MAIN, heavy_in, sound
from tests.reliability.workers import PACKAGE, REAL_CORE
from tests.shell.workshop import Workshop, make_installation
from tests.stages.deliveries import CANARIES, Delivery
from tests.stages.mutations import MUTATIONS, draw

DAY = "2026-11-20"
MAILBOX = f"brievenbus/{MAIN}/{DAY}"
OWN_NUMBERS = ("uitvoer",)  # an accepted delivery's own application numbers are published, in clear (domain.md §3)
RAW = ("brievenbus", "quarantaine")
_LONGEST = 300  # seconds; whatever stands still ends, and is told as a process that did
# in very many of these any five digits stand some time: digests, spans of the logboek, pseudonyms, our own moments
_BY_CHANCE = re.compile(rb"[0-9a-f]{16,}|k-[0-9]:[a-z0-9_-]{43}|(?<=[0-9]:[0-9]{2}\.)[0-9]{6}(?=z)")


def names_of(seed: int, dataset: str = MAIN) -> list[str]:
    """Return the damage of a seed: some of the usual kinds, and in one of eight a heavy one, among other things."""
    turn = random.Random(seed)
    names = draw(turn)
    if seed % 8 == 0:
        kinds = list(heavy_in(dataset))
        heavy = kinds[seed // 8 % len(kinds)]
        return [heavy, *(names if seed % 16 else [])]
    return names


def hostile(seed: int, dataset: str = MAIN) -> Delivery:
    """Return the delivery of a seed."""
    turn, delivery, heavy = random.Random(seed), sound(dataset), heavy_in(dataset)
    for name in names_of(seed, dataset):
        (heavy.get(name) or MUTATIONS[name])(delivery, turn)
    return delivery


def write(delivery: Delivery, root: Path) -> None:
    """Write a delivery in its mailbox, the description last."""
    folder = root / "brievenbus" / delivery.schema.id / DAY
    folder.mkdir(parents=True)
    for path, data in delivery.files.items():
        if path == Path(path).name:
            (folder / path).write_bytes(data)
    (folder / "datapackage.json").write_bytes(delivery.read("datapackage.json"))


def workshop(root: Path, dataset: str = MAIN) -> Workshop:
    """Return the shell on this folder, with the real stages and model."""
    made = make_installation(root)
    return Workshop(replace(made, use_case=CASES[dataset], model=PACKAGE, core=REAL_CORE), root)


def process(root: Path, dataset: str = MAIN) -> dict[str, Any]:
    """Process what lies in the mailbox, and say what it came to and what it took."""
    began, before = time.process_time(), _megabytes()
    shop = workshop(root, dataset)
    outcomes = run_waiting(shop.installation).outcomes
    return {
        "failures": [str(outcome.failure) for outcome in outcomes if outcome.failure],
        "states": sorted(str(outcome.run.state) for outcome in outcomes if outcome.run),
        "codes": sorted({found.code for outcome in outcomes for found in outcome.findings}),
        "seconds": round(time.process_time() - began, 2),
        "megabytes": _megabytes(),
        "more_megabytes": _megabytes() - before,
    }


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _apart(work: Callable[[], dict[str, Any]], log: Path) -> dict[str, Any]:
    """Do work in a copy of this process; what it says on the terminal goes to the log."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(_LONGEST)
        with log.open("ab") as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        logging.basicConfig(level=logging.DEBUG, force=True)
        try:
            said = work()
        except BaseException as cause:
            said = {"escaped": f"{type(cause).__name__}: {traceback.extract_tb(cause.__traceback__)[-1]}"}
            traceback.print_exc()
        with os.fdopen(writing, "w") as out:
            json.dump(said, out)
            out.flush()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    return json.loads(text) if text else {"escaped": f"the process ended with status {status}"}


def told_values(root: Path, published: bool, files: Collection[str]) -> list[str]:
    """Return where a value of a row stands outside what may hold it: path and canary.

    The names of its `files` are the supplier's own, and are on record: without them nothing could be removed.
    """
    allowed = (*RAW, *(OWN_NUMBERS if published else ()))
    found = []
    for path in root.rglob("*"):
        place = path.relative_to(root).as_posix()
        named = _BY_CHANCE.sub(b"", place.lower().encode())
        if place.split("/")[0] in allowed:
            continue
        data = _BY_CHANCE.sub(b"", path.read_bytes().lower()) if path.is_file() else b""
        for name in files:
            data = data.replace(name.lower().encode(), b"")
        if path.name.startswith("administratie.sqlite") and published:
            continue  # holds the results, with their application numbers
        found += [f"{place}: {canary}" for canary in CANARIES if canary.lower().encode() in data + named]
    return found


def attempt(seed: int, dataset: str = MAIN) -> dict[str, Any]:
    """Try the delivery of one seed."""
    with tempfile.TemporaryDirectory(prefix="vijandig-") as name:
        root = Path(name)
        log = root / "log.txt"

        def write_it() -> dict[str, Any]:
            write(hostile(seed, dataset), root)
            return {}

        said = _apart(write_it, root / "schrijven.txt") or _apart(lambda: process(root, dataset), log)
        (root / "schrijven.txt").unlink()
        published = dataset == MAIN and said.get("states") == ["afgerond"]
        return {
            "seed": seed,
            "names": names_of(seed, dataset),
            "told": told_values(root, published, list(hostile(seed, dataset).files)),
            **said,
        }


def main(first: int, beyond: int, dataset: str = MAIN) -> None:
    """Try the seeds; before that one sound delivery, which loads every module."""
    with tempfile.TemporaryDirectory() as name:
        write(sound(dataset), Path(name))
        process(Path(name), dataset)
    for seed in range(first, beyond):
        print(json.dumps(attempt(seed, dataset)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
