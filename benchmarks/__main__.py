"""`python -m benchmarks [NAME …]`: runs the benchmarks, each in a process of its own, and writes docs/performance.md.

`python -m benchmarks page`: writes the page from what was found last. One that cannot run here is told and left out.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.all_of_them import NAMES
from benchmarks.measuring import BENCH_PYTHON, ROOT
from benchmarks.page import filled
from benchmarks.running import KEPT, kept

PAGE = ROOT / "docs" / "performance.md"
_PICTURE = ROOT / "docs" / "performance.svg"


def main(asked: list[str]) -> int:
    """Run what is asked, all without a name; return 1 when one of them failed."""
    failed = []
    for name in () if asked == ["page"] else asked or NAMES:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode:
            failed.append(name)
    found = {name: one for name in NAMES if (one := kept(name)) is not None}
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    if not drawn():
        failed.append("the picture")
    print(f"{PAGE.relative_to(ROOT)} is written" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def drawn(picture: Path = _PICTURE) -> bool:
    """Draw the cost of a night anew, where it was measured and can be drawn; False if that failed."""
    outcome = KEPT / "cost_of_a_night.json"
    if not (outcome.exists() and BENCH_PYTHON.exists()):
        return True
    command = [str(BENCH_PYTHON), "-m", "benchmarks.drawing", str(outcome), str(picture)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
