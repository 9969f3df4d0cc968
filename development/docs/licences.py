"""docs/licenties.md: every library that is installed, with its version, its licence, and whether it is deployed."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"(?m)^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[a-z,]+\])?==([^\s;\\]+)")
# what a library calls its licence itself, where that is no SPDX expression
_SPDX = {
    "MIT License": "MIT",
    "MIT license": "MIT",
    "DFSG approved, MIT License": "MIT",  # Debian calls it free, and it is this
    "BSD License": "BSD",
    "BSD 2-Clause License": "BSD-2-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# told by the licence file of the library, and by nothing in its metadata
_READ_BY_US = {"atheris": "Apache-2.0", "interpret-core": "MIT"}


def pinned(name: str) -> dict[str, str]:
    """Return the version of every library in a file of requirements."""
    return dict(PINNED.findall((ROOT / name).read_text(encoding="utf-8")))


def licence_of(library: str) -> str:
    """Return the licence of an installed library, as SPDX where it can be; "" when it says none."""
    try:
        said = metadata(library)
    except PackageNotFoundError:
        return ""
    listed = [one for one in said.get_all("Classifier") or [] if one.startswith("License")]
    classified = [line.rpartition("::")[2].strip() for line in listed]
    first = next(iter((said.get("License") or "").splitlines()), "")
    own = said.get("License-Expression") or ", ".join(classified) or first or _READ_BY_US.get(library, "")
    return _SPDX.get(own, own)


def render_licences() -> str:
    """Return the page: one row for each library."""
    run_time, all_of_it = pinned("requirements.txt"), pinned("requirements-dev.txt")
    rows = [
        f"| {name} | {version} | {licence_of(name)} | {'ja' if name in run_time else ''} |"
        for name, version in sorted((all_of_it | run_time).items())
    ]
    lines = [
        "# Licenties",
        "",
        "Gemaakt uit de vastgelegde pakketten (`make docs`); wijzig dit bestand niet met de hand.",
        "",
        "De app zelf valt onder de [EUPL-1.2](../LICENSE). Dit zijn de bibliotheken die zij gebruikt, en die bij het",
        "ontwikkelen en testen gebruikt worden. Bij elk pakket hoort ook een onderdelenlijst (CycloneDX).",
        "",
        "| bibliotheek | versie | licentie | in het pakket |",
        "|---|---|---|---|",
        *rows,
    ]
    return "\n".join(lines) + "\n"
