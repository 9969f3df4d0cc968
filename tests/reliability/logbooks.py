"""What the logboek and the log of the model hold of every run, but for times and versions of code.

Compared with the undisturbed work, and counted by themselves from the rows of the administration: work that never
wrote them would not write them undisturbed either.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.reliability.looking import rows

LOGS = ("logboek", "modellog")
_ATTEMPT = re.compile(r"poging-(\d+)\.jsonl$")
_JUDGED = """SELECT run, volgnr FROM gebeurtenissen
    WHERE handeling IN ('levering afgekeurd', 'verwerking aangehouden') AND details LIKE '%bevindingen%'"""
_ENDED = """SELECT run, volgnr FROM gebeurtenissen
    WHERE handeling IN ('levering afgekeurd', 'verwerking aangehouden', 'verwerking mislukt')"""
_FINISHED = "SELECT run, codeversie FROM verwerkingen WHERE toestand = 'afgerond' AND modelstatus <> 'schaduw'"
_SUBJECTS = """SELECT DISTINCT v.run, coalesce(nullif(r.persoon, ''), r.dienst) FROM resultaten r
    JOIN verwerkingen v ON v.nr = r.verwerking_nr"""


def logged(root: Path) -> Counter[tuple[str, str]]:
    """Return every line of both logs, with where it stands; but of attempts that failed, which are tries."""
    judged = _attempts(root, _JUDGED)
    found: Counter[tuple[str, str]] = Counter()
    for name, lines in _files(root).items():
        attempt = _attempt(name)
        failed = attempt not in judged if attempt else name.endswith("-mislukt.jsonl")
        if not failed:
            place = _ATTEMPT.sub("poging", name)
            found.update((place, json.dumps(_timeless(line, attempt is not None))) for line in lines)
    return found


def _timeless(line: dict[str, Any], of_attempt: bool) -> dict[str, Any]:
    told = {name: value for name, value in line.items() if not name.endswith("_time") and name != "resource"}
    if "fout" in line:
        told |= {"tijdstip": None, "codeversie": None, "seconden": sorted(line["seconden"])}
    if of_attempt:  # its number is a place in the chain of events
        told["span_id"] = None
    return told


def unlogged_attempts(root: Path) -> Iterator[str]:
    """Yield the attempts that rejected or held a delivery and have no line of their own, and lines of no attempt."""
    there = {attempt for name in _files(root) if (attempt := _attempt(name)) is not None}
    for run, number in sorted(_attempts(root, _JUDGED) - there):
        yield f"no line in the logboek of attempt {number} of {run}"
    for run, number in sorted(there - _attempts(root, _ENDED)):
        yield f"a line in the logboek of attempt {number} of {run}, which did not end there"


def _attempts(root: Path, query: str) -> set[tuple[str, int]]:
    return {(run, int(number)) for run, number in rows(root, query)}


def _attempt(name: str) -> tuple[str, int] | None:
    found = _ATTEMPT.search(name)
    return None if found is None else (name.split("/")[-2], int(found[1]))


def unlogged_runs(root: Path) -> Iterator[str]:
    """Yield the runs that count as done and are not in both logs: one line of the run and one for every person."""
    files = _files(root)
    subjects: dict[str, list[str]] = {}
    for run, subject in rows(root, _SUBJECTS):
        subjects.setdefault(run, []).append(subject)
    for run, code in rows(root, _FINISHED):
        lines = [line for name, part in files.items() if f"/{run}/deel-" in name for line in part]
        told = Counter(line["attributes"].get("dpl.core.data_subject_id", "") for line in lines)
        if told != Counter(["", *subjects[run]]):
            yield f"run {run} is done, and the logboek does not have each person of it once"
        if len({line["span_id"] for line in lines}) != len(lines) or {line["trace_id"] for line in lines} != {run}:
            yield f"run {run} is not one trace with as many spans"
        if {line["resource"]["attributes"]["service.version"] for line in lines} != {code}:
            yield f"run {run} was not judged by the code that the logboek names"
        if sum(len(part) for name, part in files.items() if name.endswith(f"/{run}.jsonl")) != 1:
            yield f"run {run} is done, and the model has not one line of it"


def _files(root: Path) -> dict[str, list[dict[str, Any]]]:
    paths = (path for log in LOGS for path in sorted((root / log).rglob("*.jsonl")) if path.is_file())
    return {
        path.relative_to(root).as_posix(): [line for part in path.read_bytes().splitlines() for line in _whole(part)]
        for path in paths
    }


def _whole(line: bytes) -> Iterator[dict[str, Any]]:
    with suppress(ValueError):  # half a line is no line
        yield json.loads(line)
