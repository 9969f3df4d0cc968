"""Builds the zip that a Function App on Flex Consumption takes: the same bytes from the same commit.

The code is what .funcignore leaves; the requirements lie in .python_packages, as the platform expects of a package that
it need not build, for Linux x86_64 and Python 3.13, each with the hash in requirements.txt. Of a library its own
tests and C headers are left out.
"""

from __future__ import annotations

import fnmatch
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from development.deploying.sbom import describe

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = Path(".python_packages") / "lib" / "site-packages"
PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64", "manylinux_2_34_x86_64")
# not needed to run: tests and headers of libraries, caches, and what pip leaves for itself
LEFT_OUT = ("tests", "include", "__pycache__", "bin")
_MOMENT = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644


@dataclass(frozen=True)
class Package:
    """What was built: the zip, its description (CycloneDX), and how large it is."""

    path: Path
    sbom: Path
    files: int
    bytes_packed: int
    bytes_unpacked: int


def ignored_names(root: Path = ROOT) -> list[str]:
    """Return the patterns of .funcignore; they name files and folders, wherever they lie."""
    lines = (root / ".funcignore").read_text(encoding="utf-8").splitlines()
    return [line.strip("/") for line in lines if line and not line.startswith("#")]


def build(to: Path, root: Path = ROOT) -> Package:
    """Build the package and its description in a folder; what was there under these names is replaced."""
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        app = Path(scratch) / "app"
        take_code(root, app)
        install(root / "requirements.txt", app / LIBRARIES)
        sbom = to / "slimme-check.cdx.json"
        sbom.write_text(json.dumps(describe(app, app / LIBRARIES), indent=2, sort_keys=True) + "\n", encoding="utf-8")
        path = to / "slimme-check.zip"
        sizes = list(pack(app, path))
    return Package(path, sbom, len(sizes), path.stat().st_size, sum(sizes))


def take_code(root: Path, app: Path) -> None:
    """Copy what .funcignore leaves, and of that only what is committed or would be."""
    patterns = ignored_names(root)

    def left_out(_: str, names: list[str]) -> set[str]:
        return {name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)}

    shutil.copytree(root, app, ignore=left_out)
    (app / ".funcignore").unlink(missing_ok=True)


def install(requirements: Path, to: Path) -> None:
    """Install the requirements, by hash, for the platform of the Function App whatever machine this is."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--python-version", "3.13"]
    command += ["--implementation", "cp", "--abi", "cp313", "--abi", "abi3", "--abi", "none"]
    for platform in PLATFORMS:
        command += ["--platform", platform]
    subprocess.run([*command, "--target", str(to), "-r", str(requirements)], check=True)  # noqa: S603
    for folder in sorted(to.rglob("*")):
        if folder.is_dir() and folder.name in LEFT_OUT:
            shutil.rmtree(folder, ignore_errors=True)


def pack(app: Path, path: Path) -> Iterator[int]:
    """Write the zip and yield the size of every file in it; no moment or owner of this machine gets in."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for file in sorted(app.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(file.relative_to(app).as_posix(), _MOMENT)
                entry.external_attr, entry.compress_type = _MODE << 16, zipfile.ZIP_DEFLATED
                data = file.read_bytes()
                packed.writestr(entry, data)
                yield len(data)
