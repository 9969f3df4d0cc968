"""Readers under atheris: whatever the bytes, they are taken or refused with a code, and no value of them is told.

Some thousands of inputs for each reader at every change and many more at night, in a process of its own with 512 MB.
What was found so is in test_found.py.
"""

from __future__ import annotations

import importlib
import platform
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.oracle import Target
from tests.reliability.size import NIGHT

GROUPS = ("deliveries", "packages", "identity", "web")
ROOT = Path(__file__).parents[2]
# no other machine has it ready-made; the checks of every change run on this one
HERE = sys.platform == "linux" and platform.machine() == "x86_64"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HERE and find_spec("atheris") is None, reason="there is no atheris for this machine"),
]


def targets(group: str) -> dict[str, Target]:
    """The readers of a group."""
    found: dict[str, Target] = importlib.import_module(f"tests.fuzz.{group}").TARGETS
    return found


READERS = [(group, name) for group in GROUPS for name in targets(group)]
SEEDS = ("20261122", "7", "1987") if NIGHT else ("20261122",)


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a fresh interpreter."""
    # by way of a shell: a process begins with the largest memory of who made it, and this one may be large
    python = [sys.executable, "-W", "ignore::DeprecationWarning", *arguments]
    command = ["sh", "-c", '"$@"; exit $?', "sh", *python]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)


def done(ran: subprocess.CompletedProcess[str], runs: int) -> None:
    """Fail unless so many inputs were read, and nothing was found."""
    told = (ran.stdout + ran.stderr)[-4000:]
    assert ran.returncode == 0, told
    assert f"Done {runs} runs" in told, told


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("group", "name"), READERS)
def test_no_input_of_any_reader_falls_through_or_is_told(group: str, name: str, seed: str, tmp_path: Path) -> None:
    runs = targets(group)[name].runs[NIGHT]
    options = [f"-runs={runs}", f"-seed={seed}", "-timeout=300"]
    done(run(["-m", "tests.fuzz.fuzzing", group, name, str(tmp_path / "op"), *options]), runs)


def test_every_reader_of_bytes_from_outside_is_tried() -> None:
    """Each is a module of the product that a supplier, a browser, a platform or a file of somebody reaches first."""
    tried = {
        line.split()[1]
        for group in GROUPS
        for line in (ROOT / "tests" / "fuzz" / f"{group}.py").read_text(encoding="utf-8").splitlines()
        if line.startswith("from shared.")
    }
    assert tried >= {
        "shared.stages.describe",
        "shared.stages.read",
        "shared.stages.values",
        "shared.mailbox",
        "shared.modelpackage.package",
        "shared.cli.tablefiles",
        "shared.monitoring.publishedcounts",
        "shared.adapters.identity.caller",
        "shared.adapters.identity.keyset",
    }


# a reader with a fault that only changed inputs meet: no seed has such a period, and none has a number as a name
SPOILED = """
import json, sys
from dataclasses import replace
from pathlib import Path
from tests.fuzz.fuzzing import fuzz, targets

target = targets("deliveries")["description"]
from tests.fuzz import deliveries
from shared.errors import SlimmeCheckError
right = deliveries.read_description

def read_description(raw, schema):
    try:
        period = json.loads(raw)["periode"]
    except Exception:
        return right(raw, schema)
    if not isinstance(period, dict):
        {FAULT}
    return right(raw, schema)

deliveries.read_description = read_description
fuzz(target, Path(sys.argv[1]), ["-runs=1000", "-seed=20261122"])
"""


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("return period['van']", "Uncaught Python exception"),
        ("return None, []", "neither taken nor refused"),
        ("held = bytearray(600 << 20); held[::4096] = b'x' * len(held[::4096])", "out-of-memory"),
        ("import os; os.abort()", "deadly signal"),
        (
            "from shared.stages.rules import finding; return None, [finding('LEV-102', plaats=raw.decode())]",
            "Told: LEV-102",
        ),
    ],
    ids=["falls", "says nothing", "takes too much", "ends the process", "tells a value"],
)
def test_a_reader_with_a_fault_is_found(fault: str, says: str, tmp_path: Path) -> None:
    ran = run(["-c", SPOILED.replace("{FAULT}", fault), str(tmp_path / "op")])
    assert ran.returncode != 0 and says in ran.stdout + ran.stderr, (ran.stdout + ran.stderr)[-3000:]
    assert list((tmp_path / "op").glob("*-*")), "the input is kept, to find the cause with"


def test_a_reader_without_a_fault_is_not_found(tmp_path: Path) -> None:
    done(run(["-c", SPOILED.replace("{FAULT}", "pass"), str(tmp_path / "op")]), 1_000)
