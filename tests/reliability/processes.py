"""Real processes for workers that must really die: forked from a server that has imported everything already."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.reliability.workers import FAILED, Job, work

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")  # a process with threads is not to be forked
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.reliability.workers"])
_PATIENCE = 120
KILLED = -signal.SIGKILL
DONE = 0

__all__ = ["DONE", "FAILED", "KILLED", "Job", "begun", "effects_of", "ended", "frozen", "run", "start"]


def start(job: Job) -> BaseProcess:
    """Start a worker."""
    return begun(work, job)


def begun(what: Callable[..., object], *arguments: object) -> BaseProcess:
    """Start a process that does something else: never by forking this one, which has threads and their locks."""
    process = _FORKED.Process(target=what, args=arguments, daemon=True)
    process.start()
    return process


def ended(process: BaseProcess) -> int:
    """Wait for the end of a worker and return its exit code, negative for the signal that ended it."""
    process.join(_PATIENCE)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
        raise TimeoutError("a worker did not end")
    process.close()
    return code


def run(job: Job) -> int:
    """Let a worker do a job and return its exit code."""
    return ended(start(job))


def effects_of(job: Job) -> list[str]:
    """Return the effects of a job in order; it is done."""
    told = job.root.with_name(f"{job.root.name}-effects.json")
    code = run(replace(job, tell=told))
    assert code == DONE, f"the undisturbed job ended with {code}"
    return list(json.loads(told.read_text()))


@contextmanager
def frozen(job: Job) -> Iterator[BaseProcess]:
    """Start a worker that freezes by itself; inside the block it stands still (or has ended)."""
    process = start(job)
    until = time.monotonic() + _PATIENCE
    while process.is_alive() and not _stands_still(process.pid or 0):
        assert time.monotonic() < until
        time.sleep(0.002)
    try:
        yield process
    finally:
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGCONT)


def _stands_still(number: int) -> bool:
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "T"
