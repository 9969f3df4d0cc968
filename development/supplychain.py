"""`make audit`: which known vulnerabilities there are in what we install, and which of these we live with until when.

pip-audit asks; this judges its answer. A library that could not be looked up is not called safe: pip-audit itself
passes over it and ends well, for example behind a mirror that has no advisories.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXCEPTIONS = ROOT / "tools" / "audit" / "uitzonderingen.toml"
REQUIREMENTS = (
    "requirements.txt",
    "requirements-dev.txt",
    "benchmarks/requirements.txt",
    "bulk/requirements.txt",
    "infra/requirements.txt",
    "tools/audit/requirements.txt",
)
LONGEST = timedelta(days=90)
FOUND, NOT_ASKED = 1, 2  # exit codes
_FIELDS = {"id", "pakket", "reden", "begin", "einde"}


@dataclass(frozen=True)
class Exemption:
    """A vulnerability that we live with for a while, and why."""

    id: str
    package: str
    reason: str
    begin: date
    end: date

    def faults(self, today: date) -> list[str]:
        """Return what is wrong with it on a day, in sentences."""
        wrong = []
        if len(self.reason) < 20:
            wrong.append(f"{self.id} has no reason that somebody else can judge")
        if not self.begin <= self.end <= self.begin + LONGEST:
            wrong.append(f"{self.id} lasts longer than {LONGEST.days} days, or ends before it begins")
        if self.begin > today:
            wrong.append(f"{self.id} begins after today")
        if self.end < today:
            wrong.append(f"{self.id} ended on {self.end}: mend it, or decide anew")
        return wrong


def read_exemptions(text: str) -> list[Exemption]:
    """Return the exceptions in the file; ValueError when one has other fields than agreed."""
    found = []
    for entry in tomllib.loads(text).get("uitzondering", []):
        if set(entry) != _FIELDS or not all(isinstance(entry[name], date) for name in ("begin", "einde")):
            raise ValueError(f"an exception has exactly {', '.join(sorted(_FIELDS))}, with days for begin and einde")
        found.append(Exemption(entry["id"], entry["pakket"], entry["reden"], entry["begin"], entry["einde"]))
    return found


@dataclass(frozen=True)
class Judgement:
    """What the answer of pip-audit comes to: what is vulnerable, what is exempt, and what nobody looked up."""

    vulnerable: tuple[str, ...]
    exempt: tuple[str, ...]
    not_asked: tuple[str, ...]

    @property
    def code(self) -> int:
        """Return the exit code: nothing known is only good when everything was looked up."""
        return FOUND if self.vulnerable else NOT_ASKED if self.not_asked else 0


def judge(report: dict[str, Any], exemptions: Sequence[Exemption], today: date) -> Judgement:
    """Return what a report of pip-audit (`--format json`) comes to on a day."""
    lived_with = {(one.package, one.id) for one in exemptions if not one.faults(today)}
    vulnerable: list[str] = []
    exempt: list[str] = []
    not_asked: list[str] = []
    for library in report["dependencies"]:
        name = str(library["name"])
        if "skip_reason" in library or "vulns" not in library:
            not_asked.append(name)
            continue
        for known in library["vulns"]:
            told = f"{name} {library['version']}: {known['id']}"
            names = {known["id"], *known.get("aliases", [])}
            (exempt if any((name, each) in lived_with for each in names) else vulnerable).append(told)
    return Judgement(tuple(vulnerable), tuple(exempt), tuple(not_asked))


def main() -> int:
    """Ask pip-audit about every file of requirements; 0 when nothing is known, 1 when something is, 2 when unasked."""
    parser = argparse.ArgumentParser(prog="python -m development.supplychain", description=__doc__)
    parser.add_argument("program", type=Path, help="pip-audit, in an environment of its own")
    program = parser.parse_args().program
    exemptions = read_exemptions(EXCEPTIONS.read_text(encoding="utf-8"))
    code = 0
    for name, judged in _asked(program, exemptions):
        code = max(code, judged.code if judged else NOT_ASKED)
        for line in _told(name, judged):
            print(line, file=sys.stderr if judged is None or judged.code else sys.stdout)
    return code


def _asked(program: Path, exemptions: Sequence[Exemption]) -> Iterator[tuple[str, Judgement | None]]:
    for name in REQUIREMENTS:
        ask = [str(program), "--disable-pip", "--require-hashes", "-r", str(ROOT / name), "-f", "json"]
        ran = subprocess.run([*ask, "--progress-spinner", "off"], capture_output=True, text=True, check=False)  # noqa: S603
        try:
            yield name, judge(json.loads(ran.stdout), exemptions, date.today())
        except (ValueError, KeyError, TypeError):
            yield name, None


def _told(name: str, judged: Judgement | None) -> Iterator[str]:
    if judged is None:
        yield f"{name}: pip-audit gave no answer. Can this machine reach the advisories (pypi.org)?"
        return
    yield from (f"{name}: VULNERABLE {one}" for one in judged.vulnerable)
    yield from (f"{name}: exempt for now {one}" for one in judged.exempt)
    if judged.not_asked:
        many = len(judged.not_asked)
        yield f"{name}: {many} libraries were not looked up: nothing is known of them. Run this where pypi.org answers."
    if not judged.code:
        yield f"{name}: no known vulnerability."


if __name__ == "__main__":
    sys.exit(main())
