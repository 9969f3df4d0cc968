"""`python -m benchmarks [NAME …]`: runs the benchmarks, each in a process of its own, and writes docs/performance.md.

`python -m benchmarks page`: writes the page from what was found last. One that cannot run here is told and left out.
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.all_of_them import NAMES
from benchmarks.measuring import ROOT
from benchmarks.page import filled
from benchmarks.running import kept

PAGE = ROOT / "docs" / "performance.md"


def main(asked: list[str]) -> int:
    """Run what is asked, all without a name; return 1 when one of them failed."""
    failed = []
    for name in () if asked == ["page"] else asked or NAMES:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=False).returncode:
            failed.append(name)
    found = {name: one for name in NAMES if (one := kept(name)) is not None}
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
