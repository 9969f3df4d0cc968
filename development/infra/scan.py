"""The general rules of checkov, with a written reason for each that does not hold here; and a second parser, pycep.

checkov ends well on a file that it cannot read. Here that is a problem.
"""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from development.infra.places import Place, Problem
from development.infra.template import ROOT

REASONS = "infra/checkov.json"


def check_second_parser(root: Path = ROOT) -> Iterator[Problem]:
    """Yield every file that pycep, which checkov reads by, does not take."""
    parser: Any = importlib.import_module("pycep").BicepParser()
    for path in sorted((root / "infra").rglob("*.bicep")):
        try:
            parser.parse(file_path=path)
        except Exception as cause:  # of lark, which has a dozen kinds
            found = re.search(r"line (\d+)", str(cause))
            at = Place(str(path.relative_to(root)), int(found[1]) if found else 1)
            yield Problem(at, "pycep", "The parser of checkov does not take this; write it more plainly.")


def scan(root: Path = ROOT) -> dict[str, Any]:
    """Return what checkov reports, as it reports it."""
    command = [str(Path(sys.executable).with_name("checkov")), "-d", str(root / "infra"), "--framework", "bicep"]
    command += ["--compact", "--quiet", "--skip-download", "--output", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)  # noqa: S603
    try:
        found = json.loads(done.stdout)
    except json.JSONDecodeError:
        return {"results": {"failed_checks": []}, "summary": {"parsing_errors": 1}}
    return dict(found[0] if isinstance(found, list) else found)


def judge(report: dict[str, Any], reasons: dict[str, dict[str, str]]) -> Iterator[Problem]:
    """Yield every finding without a reason, every reason without a finding, and files that could not be read."""
    if report["summary"]["parsing_errors"]:
        yield Problem(Place("infra", 1), "checkov", "Parsing errors: checkov could not read every file.")
    used = set()
    for found in report["results"]["failed_checks"]:
        file = f"infra{found['file_path']}"
        reason = reasons.get(found["check_id"])
        if reason is not None and file.endswith(reason["where"]) and reason["why"]:
            used.add(found["check_id"])
            continue
        sentence = f"{found['check_id']}: {found['check_name']} ({found['resource']})."
        yield Problem(Place(file, int(found["file_line_range"][0])), "checkov", sentence)
    for check in sorted(reasons.keys() - used):
        yield Problem(Place(REASONS, 1), "checkov", f"{check} is excused, and nothing breaks it.")


def check_scan(root: Path = ROOT) -> Iterator[Problem]:
    """Run checkov and yield what is wrong by it."""
    reasons = json.loads((root / REASONS).read_text(encoding="utf-8"))
    yield from judge(scan(root), reasons)
